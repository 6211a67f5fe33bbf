// Draws props.value (see player.py). Once a message has arrived everything happens here, without the server.
// Comes after player_frames.js; buttons and keys are in player.js.
const $ = selector => element.querySelector(selector);
const root = $('.player'), slider = $('input[type=range]'), playButton = $('.play'), large = $('canvas.xt'), grid = $('canvas.grid');
const buttons = [...element.querySelectorAll('.bar button')], strip = $('.strip');
const FRAMES_PER_SECOND = 24, THUMBS = 18, REST = 250, MOST_TRIES = 8; // ms after which a place counts as chosen

let run = null, value = null, frames = [], recipe = '', at = 0, closed = false;
let sample = 0; // the one that is shown large; null: all of them
let cursor = null; // {row, column} of the pixel that is looked at; in the view of all, of the sample
let untouched = true; // a run that opens in its middle is played from its start
let playing = false, waited = 0, before = 0, resting = 0, asking = 0, asked = 0, inquiries = 0, inquiring = 0, mending = 0, heard = 0, tries = 0;

const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const across = () => sample === null ? Math.sqrt(value.samples) : SIDE; // cells in a row of the large picture

const here = () => frames.filter(Boolean).length; // frames that have arrived

// A panel's image and the sample of it to draw. Of several samples some panels come of one alone, once it is looked at.
const panel = (frame, name) => frame[name] ? [frame[name], sample] : [(frame.alone?.sample === sample && frame.alone[name]) || null, null];
const drawn = name => frames.some(frame => panel(frame, name)[0]);

// --- one frame on the screen ---

// The frame of the step after this one, where it is here.
const following = () => {
  const [frame, next] = [frames[at], frames[at + 1]];
  return next && next.way === frame.way && next.step === frame.step + 1 ? next : null;
};

// What this step leaves behind, also where only the next frame tells it.
const after = frame => {
  const own = panel(frame, 'before'), next = following();
  return own[0] || !next ? own : panel(next, 'xt');
};

function show(index) {
  if (!here()) return;
  at = Math.max(0, Math.min(index, frames.length - 1));
  while (!frames[at]) at = at ? at - 1 : frames.findIndex(Boolean); // it may not have arrived yet
  const frame = frames[at], there = frame.way === 'there', none = [null, null];
  const inOneGo = panel(frame, 'closed'), swapped = Boolean(there && closed && frame.t > 0 && inOneGo[0]);
  const said = captions(frame, there ? null : following(), swapped, sample === null);
  const panels = {
    xt: swapped ? inOneGo : panel(frame, 'xt'), eps: frame.t ? panel(frame, 'eps') : none, x0: panel(frame, 'x0'),
    other: swapped ? panel(frame, 'xt') : there ? inOneGo : frame.t ? after(frame) : none,
  };
  for (const [name, [image, which]] of Object.entries(panels)) {
    const canvas = $('canvas.' + name);
    paint(canvas, image, which);
    canvas.closest('figure').classList.toggle('none', !image && (frame.t > 0 || value.samples > 1));
    $(`.${name}-caption`).textContent = said[name];
  }
  $('.eps').closest('figure').hidden = !drawn('eps');
  $('.forms').hidden = !drawn('closed');
  write($('.formula'), formula(frame));
  for (const share of ['signal', 'noise']) {
    $(`.share.${share} i`).style.transform = `scaleX(${frame[share]})`;
    $(`b.${share}`).textContent = frame[share].toFixed(3);
  }
  if (!$('.samples').hidden) paint(grid, frame.xt, null);
  slider.value = at;
  slider.setAttribute('aria-valuetext', position(frame));
  $('.where').textContent = there || !frame.t ? `t = ${frame.t}` : `step ${frame.step + 1}, t = ${frame.t}`; // the step that comes next
  $('.mark').style.transform = `translateX(${100 * (at / Math.max(1, value.total - 1) * (THUMBS - 1) + .5) / THUMBS}cqw)`;
  root.dataset.at = at;
  document.dispatchEvent(new CustomEvent('timechange', { detail: { t: frame.t } })); // charts over t go along
  rest();
}

const position = frame => (frame.way === 'there' ? 'adding noise' : 'removing noise') + `, t = ${frame.t}`;

// The film below: some of the frames, as small pictures at their places on the timeline.
function film(from = 0) {
  const pen = strip.getContext('2d'), whole = document.createElement('canvas');
  for (let k = 0; k < THUMBS; k++) {
    const index = Math.round(k / (THUMBS - 1) * (value.total - 1));
    if (index < from) continue;
    pen.clearRect(k * SIDE, 0, SIDE, SIDE);
    if (!frames[index]) continue;
    paint(whole, frames[index].xt, sample);
    pen.drawImage(whole, k * SIDE, 0, SIDE, SIDE);
  }
}

// --- playing: one clock, which waits where frames have not arrived yet ---

function play(on) {
  if (on && !playing && (at >= value.total - 1 || untouched)) show(0);
  if (on && !playing) { before = performance.now(); waited = 0; requestAnimationFrame(tick); }
  playing = on;
  if (on) untouched = false;
  playButton.textContent = on ? 'Pause' : 'Play';
  if (!on) rest();
}

function tick(now) {
  if (!playing || !element.isConnected) return;
  waited += (now - before) / 1000 * FRAMES_PER_SECOND * Number($('select').value);
  before = now;
  if (waited >= 1) {
    if (at + 1 < frames.length) show(at + Math.floor(waited)); // else it has not arrived yet
    waited %= 1;
  }
  if (at >= value.total - 1) play(false);
  else requestAnimationFrame(tick);
}

function go(index) { play(false); untouched = false; show(index); }

// --- one sample, one pixel ---

function look() { // after another sample or pixel was chosen
  const one = value.samples > 1 && sample !== null, hint = $('.hint');
  $('.samples').hidden = !one;
  $('.shares').hidden = one;
  $('.which').textContent = one ? `Sample ${sample + 1} of ${value.samples}` : '';
  root.classList.toggle('pointed', cursor !== null);
  const cell = sample === null ? 'sample' : 'pixel';
  large.setAttribute('aria-label', sample === null ? `The ${value.samples} pictures at the current time. Arrow keys choose one, Enter shows it alone.`
    : 'The picture at the current time. Arrow keys choose a pixel' + (one ? ', Escape shows all samples.' : '.'));
  hint.textContent = sample === null ? 'Press a picture to see it alone; then its pixels can be pressed, too.' : cursor
    ? `Row ${cursor.row + 1}, column ${cursor.column + 1} is marked in every panel.` : 'Press a pixel to mark it in every panel and to follow it through the equation.';
  if (cursor) for (const [name, number] of [['--x', cursor.column], ['--y', cursor.row], ['--cells', across()]]) root.style.setProperty(name, number);
  if (one) {
    const cells = Math.sqrt(value.samples), own = $('.samples .cell').style;
    for (const [name, number] of [['--x', sample % cells], ['--y', Math.floor(sample / cells)], ['--cells', cells]]) own.setProperty(name, number);
  }
  if (sample === null) hint.textContent += ' The noise, and the picture by Eq. 4, are shown of one picture alone.';
  root.dataset.sample = sample ?? 'all';
  root.dataset.pixel = cursor ? `${cell} ${cursor.row} ${cursor.column}` : '';
}

function choose(number) { // a sample, or null for all
  sample = number;
  cursor = null;
  look();
  film();
  show(at);
  inquire();
}

function point(row, column) {
  const cells = across(), inside = n => Math.max(0, Math.min(n, cells - 1));
  cursor = { row: inside(row), column: inside(column) };
  look();
  rest();
  clearTimeout(asking);
  if (sample !== null) asking = setTimeout(() => trigger('probe', { run, index: at, sample, ...cursor }), REST);
}

function inquire() { asked = inquiries = 0; askForPanels(); } // after there is something new to ask for

// The other panels of the sample that is looked at, once frames have stopped coming: the run has ended or was stopped.
// Again after longer and longer while a frame lacks them, as a busy page may miss the answer.
function askForPanels() {
  clearTimeout(inquiring);
  if (value.samples === 1 || sample === null || inquiries === MOST_TRIES || frames.every(frame => frame.alone?.sample === sample)) return;
  const now = performance.now(), pause = 4 * REST, quiet = here() < value.total ? heard + pause : 0;
  if (now >= Math.max(quiet, asked)) {
    trigger('alone', { run, sample });
    asked = now + pause * 2 ** inquiries++; // not again before
  }
  inquiring = setTimeout(askForPanels, Math.max(quiet, asked) - now);
}

// The cell of a picture under the pointer.
const under = (event, cells) => {
  const box = event.currentTarget.getBoundingClientRect();
  return [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width].map(f => Math.max(0, Math.min(cells - 1, Math.floor(f * cells))));
};

// Once the place has not changed for a moment a screen reader hears it.
function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (playing || !here()) return;
    $('.said').textContent = position(frames[at]) + (cursor && sample !== null ? `, row ${cursor.row + 1}, column ${cursor.column + 1}` : '');
    fillTable();
  }, REST);
}

// --- frames that arrive ---

function receive() {
  const next = props.value;
  if (next?.sample !== undefined) return receiveAlone(next);
  if (!next || next.run == null || (run !== null && next.run < run)) return; // a smaller run is an old one's last words
  const fresh = next.run !== run, had = fresh ? 0 : here();
  if (fresh) {
    run = next.run;
    frames = [];
    recipe = '';
    untouched = true;
    play(false);
    if (!value || value.samples !== next.samples) { sample = next.samples === 1 ? 0 : null; cursor = null; }
  }
  value = next;
  recipe = next.recipe || recipe;
  JSON.parse(next.frames).forEach((frame, k) => {
    const images = ['xt', 'eps', 'x0', 'before', 'closed'].map(name => [name, decoded(frame[name], next.samples, next.channels)]);
    frames[next.start + k] = { ...frame, ...Object.fromEntries(images) };
  });
  slider.max = value.total - 1;
  slider.disabled = false;
  buttons.forEach(button => { button.disabled = false; });
  $('.there').style.flexBasis = 100 * (value.turn - .5) / Math.max(1, value.total - 1) + '%';
  Object.assign(root.dataset, { run, frames: here(), total: value.total });
  if (here() > had) tries = 0;
  heard = performance.now();
  mending ||= setTimeout(mend, REST);
  film(fresh ? 0 : next.start);
  offer();
  look();
  if (fresh && value.play && !still()) { show(0); play(true); }
  else if (fresh || (still() && value.play && here() === value.total)) show(value.open ?? frames.length - 1);
  if (here() > had) inquire();
}

function receiveAlone({ run: of, sample: one, channels, frames: panels }) {
  if (of !== run || one !== sample) return; // it was asked for before another was chosen
  JSON.parse(panels).forEach((panel, k) => {
    const images = Object.entries(panel).map(([name, pixels]) => [name, decoded(pixels, 1, channels)]);
    if (frames[k]) frames[k].alone = { sample: one, ...Object.fromEntries(images) };
  });
  show(at);
}

// Where messages come faster than the page draws, only the newest of them arrives here. What is missing is asked for: holes
// at once, the end after a silence, and again after longer and longer, as the answer could be missed or the run be slow.
function mend() {
  const hole = frames.findIndex(frame => !frame), start = hole < 0 ? frames.length : hole, pause = 4 * REST * 2 ** tries;
  mending = 0;
  if (here() === value.total || tries === MOST_TRIES || !element.isConnected) return;
  if (hole >= 0 || performance.now() - heard >= pause) {
    tries++;
    trigger('missing', { run, start, end: hole < 0 ? value.total : start + frames.slice(start).findIndex(Boolean) });
  }
  mending = setTimeout(mend, pause);
}
