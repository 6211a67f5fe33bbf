// Asks the server for what did not arrive: again after longer and longer, as an answer can be missed and a run be slow.

export const REST = 250; // ms after which a place counts as chosen
const MOST = 8, QUIET = 4 * REST; // tries; ms without a message after which no more are expected

// `state()` gives { run, frames, total, sample, samples } as they are now.
export const asking = (state, trigger, signal) => {
  let heard = 0; // when the last message came
  let tries = 0, waiting = 0; // to ask for frames
  let due = 0, inquiries = 0, inquiring = 0; // to ask for the panels of one sample
  signal.addEventListener('abort', () => { clearTimeout(waiting); clearTimeout(inquiring); });

  const arrived = frames => frames.filter(Boolean).length;

  // Where messages come faster than the page draws, only the newest of them arrives. Holes are asked for at once, the end
  // after a silence.
  const askForFrames = () => {
    const { run, frames, total } = state(), pause = QUIET * 2 ** tries;
    const hole = frames.findIndex(frame => !frame), start = hole < 0 ? frames.length : hole;
    waiting = 0;
    if (arrived(frames) === total || tries === MOST) return;
    if (hole >= 0 || performance.now() - heard >= pause) {
      tries++;
      trigger('missing', { run, start, end: hole < 0 ? total : start + frames.slice(start).findIndex(Boolean) });
    }
    waiting = setTimeout(askForFrames, pause);
  };

  // The other panels of the sample that is looked at, once frames have stopped coming: the run has ended or was stopped.
  const askForPanels = () => {
    const { run, frames, total, sample, samples } = state();
    clearTimeout(inquiring);
    if (samples === 1 || sample === null || inquiries === MOST || frames.every(frame => frame.alone?.sample === sample)) return;
    const now = performance.now(), quiet = arrived(frames) < total ? heard + QUIET : 0;
    if (now >= Math.max(quiet, due)) {
      trigger('alone', { run, sample });
      due = now + QUIET * 2 ** inquiries++; // not again before
    }
    inquiring = setTimeout(askForPanels, Math.max(quiet, due) - now);
  };

  const panels = () => { due = inquiries = 0; askForPanels(); }; // after there is something new to ask for

  // After each message; `more`: it brought frames.
  const message = more => {
    heard = performance.now();
    if (more) tries = 0;
    if (!waiting) waiting = setTimeout(askForFrames, REST);
    if (more) panels();
  };
  return { message, panels };
};
