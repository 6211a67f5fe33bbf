// Draws props.value (Player's docstring says what is in it). What has arrived is played here, without the server.
import { downloads } from '../shared/downloads.js';
import { REST, asking } from './asking.js';
import { drawFilm, placeOf, scrub } from './film.js';
import { SIDE, decoded, paint } from './pixels.js';
import { fileOf, filmOf, numbersFile, numbersTable, stripFile } from './saving.js';
import { captions, formula, lowered, position, write } from './words.js';

const FRAMES_PER_SECOND = 24;

export default ({ element, props, watch, trigger, server, signal, still: early }) => {
  const $ = selector => element.querySelector(selector);
  const root = $('.player'), slider = $('input[type=range]'), playButton = $('.play'), large = $('canvas.xt'), grid = $('canvas.grid');
  const buttons = [...element.querySelectorAll('.bar button')], strip = $('.strip');
  let run = null, value = null, frames = [], recipe = '', at = 0, closed = false;
  let sample = 0; // the one that is shown large; null: all of them
  let cursor = null; // {row, column} of the pixel that is looked at; in the view of all, of the sample
  let untouched = true; // a run that opens in its middle is played from its start
  let playing = false, ticking = 0, waited = 0, before = 0, resting = 0, probing = 0;
  const ask = asking(() => ({ run, frames, total: value.total, sample, samples: value.samples }), trigger, signal);

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
      write($(`.${name}-caption`), lowered(said[name]));
    }
    $('.eps').closest('figure').hidden = !drawn('eps');
    $('.forms').hidden = !drawn('closed');
    write($('.formula'), formula(frame));
    for (const part of ['signal', 'noise']) {
      $(`.factor.${part} i`).style.transform = `scaleX(${frame[part]})`;
      $(`b.${part}`).textContent = frame[part].toFixed(3);
    }
    if (!$('.samples').hidden) paint(grid, frame.xt, null);
    slider.value = at;
    slider.setAttribute('aria-valuetext', position(frame));
    $('.where').textContent = there || !frame.t ? `t = ${frame.t}` : `step ${frame.step + 1}, t = ${frame.t}`; // the step that comes next
    $('.mark').style.transform = `translateX(${placeOf(at, value.total)}cqw)`;
    root.dataset.at = at;
    document.dispatchEvent(new CustomEvent('timechange', { detail: { t: frame.t } })); // charts over t go along
    rest();
  }

  // --- playing: one clock, which waits where frames have not arrived yet ---

  const again = () => { cancelAnimationFrame(ticking); ticking = requestAnimationFrame(tick); }; // one clock, however often one presses
  function play(on) {
    if (on && !playing) { if (at >= value.total - 1 || untouched) show(0); before = waited = 0; again(); }
    playing = on;
    if (on) untouched = false;
    playButton.textContent = on ? 'Pause' : 'Play';
    if (!on) rest();
  }

  function tick(now) {
    if (!playing || signal.aborted) return;
    waited += (before && now - before) / 1000 * FRAMES_PER_SECOND * Number($('select').value);
    before = now;
    if (waited >= 1) {
      if (at + 1 < frames.length) show(at + Math.floor(waited)); // else it has not arrived yet
      waited %= 1;
    }
    if (at >= value.total - 1) play(false);
    else again();
  }

  function go(index) { play(false); untouched = false; show(index); }

  // --- one sample, one pixel ---

  function look() { // after another sample or pixel was chosen
    const one = value.samples > 1 && sample !== null, hint = $('.hint');
    $('.samples').hidden = !one;
    $('.factors').hidden = one;
    $('.which').textContent = one ? `Sample ${sample + 1} of ${value.samples}` : '';
    root.classList.toggle('pointed', cursor !== null);
    const cell = sample === null ? 'sample' : 'pixel';
    large.setAttribute('aria-label', sample === null ? `The ${value.samples} pictures at the current time. Arrow keys choose one, Enter shows it alone.`
      : 'The picture at the current time. Arrow keys choose a pixel' + (one ? ', Escape shows all samples.' : '.'));
    hint.textContent = sample === null ? 'Press a picture to see it alone; then its pixels can be pressed, too.' : cursor
      ? `Row ${cursor.row + 1}, column ${cursor.column + 1} is marked everywhere.` : '';
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
    drawFilm(strip, frames, value.total, sample, 0);
    show(at);
    ask.panels();
  }

  function point(row, column) {
    const cells = across(), inside = n => Math.max(0, Math.min(n, cells - 1));
    cursor = { row: inside(row), column: inside(column) };
    look();
    rest();
    clearTimeout(probing);
    if (sample !== null) probing = setTimeout(() => trigger('probe', { run, index: at, sample, ...cursor }), REST);
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
      if (!frame) return;
      const images = ['xt', 'eps', 'x0', 'before', 'closed'].map(name => [name, decoded(frame[name], next.samples, next.channels)]);
      frames[next.start + k] = { ...frame, ...Object.fromEntries(images) };
    });
    slider.max = value.total - 1;
    slider.disabled = false;
    buttons.forEach(button => { button.disabled = false; });
    $('.there').style.flexBasis = 100 * (value.turn - .5) / Math.max(1, value.total - 1) + '%';
    Object.assign(root.dataset, { run, frames: here(), total: value.total });
    drawFilm(strip, frames, value.total, sample, fresh ? 0 : next.start);
    offer();
    look();
    if (fresh && value.play && !still()) { show(0); play(!early); }
    else if (fresh || (still() && value.play && here() === value.total)) show(value.open ?? frames.length - 1);
    ask.message(here() > had);
  }

  function receiveAlone({ run: of, sample: one, channels, frames: panels }) {
    if (of !== run || one !== sample) return; // it was asked for before another was chosen
    JSON.parse(panels).forEach((panel, k) => {
      const images = Object.entries(panel).map(([name, pixels]) => [name, decoded(pixels, 1, channels)]);
      if (frames[k]) frames[k].alone = { sample: one, ...Object.fromEntries(images) };
    });
    show(at);
  }

  // --- files ---

  const arrived = () => frames.filter(Boolean);
  const shown = () => arrived().map(frame => frame.way === 'there' && closed && panel(frame, 'closed')[0] ? panel(frame, 'closed') : panel(frame, 'xt'));

  function fillTable() {
    if ($('details').open && here()) $('.table').replaceChildren(numbersTable(arrived(), sample));
  }

  // GIF and MP4 are written by the server, from the pixels that are on the screen.
  const filmed = (kind, type) => async () => {
    $('.trouble').textContent = '';
    const made = await server[kind](filmOf(shown(), value.channels)).catch(() => null);
    if (made?.file) return fileOf(made.file, type);
    $('.trouble').textContent = made?.sentence ?? 'The server did not answer, so there is no file. Please try again.';
    return null;
  };

  const noFilm = () => {
    $('.trouble').textContent = 'An MP4 needs the program ffmpeg on the computer that serves this page. The GIF shows the same.';
    return null;
  };

  let offered = '';
  function offer() {
    const makers = { PNG: () => stripFile(arrived(), sample, element), CSV: () => numbersFile(arrived(), value.samples) };
    if (server?.gif) makers.GIF = filmed('gif', 'image/gif');
    if (server?.gif) makers.MP4 = server.mp4 ? filmed('mp4', 'video/mp4') : noFilm;
    if (recipe) makers.PY = () => new Blob([recipe], { type: 'text/x-python' });
    const kinds = Object.keys(makers).join();
    if (kinds !== offered) downloads($('.makers'), () => 'there and back', makers);
    offered = kinds;
  }

  // --- buttons, pointer and keys ---

  slider.oninput = () => go(Number(slider.value));
  $('.first').onclick = () => go(0);
  $('.last').onclick = () => go(frames.length - 1);
  $('.bar .before').onclick = () => go(at - 1);
  $('.after').onclick = () => go(at + 1);
  playButton.onclick = () => play(!playing);
  $('details').addEventListener('toggle', fillTable);

  scrub(strip, place => { if (here()) go(Math.round(place * (value.total - 1))); });

  element.querySelectorAll('[data-form]').forEach(button => button.addEventListener('click', () => {
    closed = button.dataset.form === 'closed';
    element.querySelectorAll('[data-form]').forEach(b => b.setAttribute('aria-pressed', String((b.dataset.form === 'closed') === closed)));
    show(at);
  }));

  element.querySelectorAll('.picture canvas').forEach(canvas => canvas.addEventListener('click', event => {
    if (!here()) return;
    const [row, column] = under(event, canvas === grid ? Math.sqrt(value.samples) : across());
    if (canvas === grid) choose(row * Math.sqrt(value.samples) + column);
    else if (sample === null) choose(row * across() + column);
    else point(row, column);
  }));
  $('.all').onclick = () => { choose(null); large.focus(); };

  // On the large picture the arrow keys choose a pixel, or in the view of all a sample; elsewhere they step in time.
  const pictureKeys = () => {
    const move = (down, right) => () => cursor ? point(cursor.row + down, cursor.column + right) : point(...(sample === null ? [0, 0] : [SIDE / 2, SIDE / 2]));
    return { ArrowLeft: move(0, -1), ArrowRight: move(0, 1), ArrowUp: move(-1, 0), ArrowDown: move(1, 0),
      ...(sample === null && cursor && { Enter: () => choose(cursor.row * across() + cursor.column) }),
      ...(sample !== null && value.samples > 1 && { Escape: () => choose(null) }) };
  };
  root.addEventListener('keydown', event => {
    const pressed = event.target.matches('button') && event.key === ' '; // that key means the button
    if (!here() || pressed || event.target.matches('select, input, summary, .table')) return;
    const keys = { ' ': () => play(!playing), ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1),
      Home: () => go(0), End: () => go(frames.length - 1), ...(event.target === large && pictureKeys()) };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- full screen ---

  const full = $('.enlarge');
  full.hidden = !document.fullscreenEnabled;
  full.onclick = async () => {
    $('.trouble').textContent = '';
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
      root.focus(); // so that its keys work
    } catch {
      $('.trouble').textContent = 'This browser does not allow full screen here.';
    }
  };
  root.addEventListener('fullscreenchange', () => { full.textContent = document.fullscreenElement === root ? 'Leave full screen' : 'Full screen'; });

  watch('value', receive);
  receive();
};
