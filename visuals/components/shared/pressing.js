// What is pressed acts on what is shown. Until the settings of a link are in their places, the press of a button that
// starts a run waits for them. And a run that was under way when the page was loaded anew is asked for again: meanwhile it
// went on (see page/shared_runs.py). What downloads is pressed by nobody but the visitor; its button is no NAME-go.
import { here } from './way.js';

const NAME = 'run-under-way', STARTS = '[id$="-go"]';
const GRACE = 60_000, PATIENCE = 10_000; // ms

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null; // a browser may keep nothing
  }
};

const keep = mark => {
  try {
    if (mark) sessionStorage.setItem(NAME, JSON.stringify(mark));
    else sessionStorage.removeItem(NAME);
  } catch { /* then a reload loses the run */ }
};

// The run that this place had before the page was loaded anew.
const lost = () => {
  const mark = kept(), { tab, at } = here(), anew = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  keep(null);
  return anew && mark?.tab === tab && mark.at === at && Date.now() - mark.left < GRACE ? mark : null;
};

// Clicks the button that this selects, once it is on the page.
export const press = (selector, signal) => {
  const found = () => {
    const button = document.querySelector(selector);
    button?.click();
    return button;
  };
  if (found()) return;
  const looking = new MutationObserver(() => found() && looking.disconnect());
  looking.observe(document.body, { childList: true, subtree: true });
  signal.addEventListener('abort', () => looking.disconnect());
};

// `linked`: whether a link's settings are on their way.
export const watchPresses = (linked, signal) => {
  const runs = new Map(); // under way, by the button that started them
  let waiting = linked, pressed = null, followed = 0;
  const back = lost();
  let again = back;

  const settled = () => {
    if (!waiting) return;
    waiting = false;
    delete document.documentElement.dataset.linked;
    if (pressed) press(`#${pressed}`, signal);
  };
  document.addEventListener('link-followed', ({ detail: { tab, events } }) => {
    if (tab === here().tab && ++followed === events) settled();
  }, { signal });
  window.addEventListener('click', event => {
    const button = waiting && event.target.closest?.(STARTS);
    if (!button) return;
    event.stopImmediatePropagation();
    pressed = button.id;
  }, { signal, capture: true });

  document.addEventListener('run-begun', ({ detail: button }) => {
    runs.set(button, (runs.get(button) ?? 0) + 1);
    if (document.getElementById(button)?.matches(STARTS)) keep({ ...here(), button, left: Date.now() });
  }, { signal });
  document.addEventListener('run-ended', ({ detail: button }) => {
    runs.set(button, runs.get(button) - 1);
    if (runs.get(button) === 0 && kept()?.button === button) keep(null);
    // Where no guess was made the first press only asks for one.
    const asked = again?.button === button && document.querySelector(`#${again.tab}-${again.at} [data-state=urged]`);
    again = null;
    if (asked) press(`#${button}`, signal);
  }, { signal });
  window.addEventListener('pagehide', () => { if (kept()) keep({ ...kept(), left: Date.now() }); }, { signal });

  if (waiting) {
    pressed = back?.button;
    setTimeout(settled, PATIENCE);
  } else if (back) press(`#${back.button}`, signal);
};
