// Draws props.value (see __init__.py). Once a flow has arrived everything happens here, without the server.
import { fixed, make } from '../shared/axes.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { LONGEST, unpacked, canvasPen, svgPen, palette, drawPlane, drawField, drawPoints, planeOf } from './cloud_drawing.js';
import { onResize, onTheme } from '../shared/watching.js';

export default ({ element, props, watch, signal }) => {
  const $ = selector => element.querySelector(selector);
  const root = $('.cloud'), canvas = $('canvas'), slider = $('input[type=range]'), playButton = $('.play'), follow = $('.followed');
  const buttons = [...element.querySelectorAll('.bar button')], radios = [...element.querySelectorAll('[type=radio]')];
  const FRAMES_PER_SECOND = 13, TWEEN = 300; // ms from one quick sample of a learning network to the next

  let view = null, data = {}, at = 0, playing = false, ticking = 0, before = 0, followed = 0, sampler = 'ddpm', wheelOf = [];
  let untouched = false; // it opens on the way back, and nothing was played or chosen yet
  let last = null, changed = 0, pending = false; // the points before the newest of a learning network
  const name = `way-back-${Math.random()}`; // radio buttons of one component belong together
  radios.forEach(radio => { radio.name = name; });

  const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const flowing = () => view?.stage === 'flow';
  const turn = () => view.times.length - 1; // the frame at which the way back begins
  const end = () => 2 * turn();
  const back = place => place > turn();
  const level = place => back(place) ? end() - place : place; // which of the times, perhaps between two

  // --- what is where at a place of the timeline, between two frames on the straight line from one to the other ---

  const between = (array, place, length) => {
    const first = Math.floor(place), share = place - first, from = first * length;
    if (!share) return array.subarray(from, from + length);
    return array.subarray(from, from + length).map((v, k) => v + (array[from + length + k] - v) * share);
  };
  const count = () => data.true.length / 2;
  const points = place => back(place) ? between(data[sampler], place - turn(), 2 * count()) : between(data.there, place, 2 * count());
  const arrows = place => between(data.eps, level(place), 2 * view.arrows ** 2);
  const particle = place => [...points(place).subarray(2 * followed, 2 * followed + 2)];

  const learned = () => {
    const share = last && !still() ? Math.min(1, (performance.now() - changed) / TWEEN) : 1;
    return share < 1 ? data.now.map((v, k) => last[k] + (v - last[k]) * share) : data.now;
  };

  // --- drawing ---

  const paint = (pen, size) => {
    const area = planeOf(size, view.reach), colours = palette(root);
    drawPlane(pen, area, colours);
    if ($('.field').checked && flowing() && level(at) > .02) drawField(pen, area, colours, arrows(at), view.arrows);
    if ($('.truth').checked) drawPoints(pen, area, data.true, () => colours.quiet, size / 240, colours.dark ? .75 : .45);
    const now = flowing() ? points(at) : learned();
    drawPoints(pen, area, now, k => colours.wheel[wheelOf[k]], size / 190, .9);
    if (!flowing()) return;
    const [x, y] = particle(at);
    for (let from = back(at) ? turn() : 0; from < at; from++) { // its way, paler the longer ago
      const piece = [from, Math.min(from + 1, at)].map(particle).map(([a, b]) => [area.px(a), area.py(b)]);
      pen.line(piece, colours.text, 2, Math.max(colours.dark ? .6 : .4, .9 - .05 * (at - from)));
    }
    pen.dot(area.px(x), area.py(y), size / 75, colours.text, 1);
    pen.dot(area.px(x), area.py(y), size / 110, colours.wheel[wheelOf[followed]], 1);
  };

  const draw = () => {
    pending = false;
    const size = canvas.clientWidth, dots = window.devicePixelRatio || 1;
    if (!view || !size) return;
    canvas.width = canvas.height = Math.round(size * dots);
    const context = canvas.getContext('2d');
    context.scale(dots, dots);
    paint(canvasPen(context), size);
    if (!flowing() && last && performance.now() - changed < TWEEN) refresh();
  };
  const refresh = () => { // at most one drawing a frame
    if (pending || signal.aborted) return;
    pending = true;
    requestAnimationFrame(draw);
  };

  // --- the same in words ---

  const time = place => Math.round(between(Float32Array.from(view.times), level(place), 1)[0]);
  const pair = place => { const [x, y] = particle(place); return `(${fixed(x, 2)}, ${fixed(y, 2)})`; };
  const where = () => `t = ${time(at)} of ${view.times.at(-1)}, ` + (back(at) ? 'noise is removed' : 'noise is added');

  const tell = () => {
    if (!flowing()) {
      $('.formula').textContent = view.step ? `After ${view.step.toLocaleString('en')} training steps` : 'Before training';
      $('.reading').textContent = 'What the network makes of the same noise in a few quick steps, again and again while it learns.';
      return;
    }
    const alpha_bar = between(Float32Array.from(view.alpha_bar), level(at), 1)[0], noise = Math.sqrt(Math.max(0, 1 - alpha_bar));
    $('.formula').textContent = `${where()}: ${Math.sqrt(alpha_bar).toFixed(3)} · x₀ + ${noise.toFixed(3)} · ε`;
    const way = back(at) ? `It left the noise at ${pair(turn())}.` : `It started at ${pair(0)}.`;
    const field = $('.field').checked && level(at) <= .02 ? ' No noise is left, so there are no arrows.' : '';
    canvas.title = field || !$('.field').checked ? '' : `The longest arrows stand for a score of ${(LONGEST / noise).toFixed(1)} or more.`;
    $('.reading').textContent = `Point ${followed + 1} is at ${pair(at)}. ${way}${field}`;
    slider.value = at;
    slider.setAttribute('aria-valuetext', where());
  };

  const show = place => {
    at = Math.max(0, Math.min(place, end()));
    root.dataset.at = Math.round(at * 100) / 100;
    tell();
    refresh();
  };

  const rows = () => {
    const table = [['way', 't', ...['x', 'y'].map(axis => `${axis} of point ${followed + 1}`), 'mean x', 'mean y', 'standard deviation of x', 'of y']];
    for (let place = 0; place <= end(); place++) {
      const now = points(place), one = [0, 1].map(axis => now.filter((_, k) => k % 2 === axis));
      const means = one.map(values => values.reduce((sum, v) => sum + v, 0) / values.length);
      const spreads = one.map((values, axis) => Math.sqrt(values.reduce((sum, v) => sum + (v - means[axis]) ** 2, 0) / values.length));
      table.push([back(place) ? 'back' : 'there', time(place), ...[...particle(place), ...means, ...spreads].map(v => fixed(v, 3))]);
    }
    return table;
  };

  const fillTable = () => {
    if (!$('details').open || !flowing()) return;
    const whole = document.createElement('table');
    rows().forEach((cells, row) => {
      const line = whole.insertRow();
      cells.forEach((text, column) => {
        const cell = document.createElement(row && column > 1 ? 'td' : 'th');
        if (cell.tagName === 'TH') cell.scope = row ? 'row' : 'col';
        cell.textContent = text;
        line.append(cell);
      });
    });
    $('.table').replaceChildren(whole);
  };

  const everyPoint = () => {
    if (!flowing()) return [['point', 'x', 'y'], ...Array.from({ length: count() }, (_, k) => [k + 1, data.now[2 * k], data.now[2 * k + 1]])];
    const table = [['way', 't', 'point', 'x', 'y']];
    for (let place = 0; place <= end(); place++) {
      const now = points(place);
      for (let k = 0; k < count(); k++) table.push([back(place) ? sampler : 'there', time(place), k + 1, ...[now[2 * k], now[2 * k + 1]].map(v => +v.toFixed(4))]);
    }
    return table;
  };

  // --- playing and choosing ---

  const again = () => { cancelAnimationFrame(ticking); ticking = requestAnimationFrame(tick); }; // one clock, however often one presses
  function play(on) {
    if (on && (untouched || at >= end())) show(0);
    if (on) untouched = false;
    if (on && !playing) { before = 0; again(); }
    playing = on;
    playButton.textContent = on ? 'Pause' : 'Play';
  }

  function tick(now) {
    if (!playing || signal.aborted) return;
    show(at + (before && now - before) / 1000 * FRAMES_PER_SECOND * Number($('select').value));
    before = now;
    if (at >= end()) play(false);
    else again();
  }

  const go = place => { play(false); untouched = false; show(place); };
  const choose = number => {
    followed = Math.max(0, Math.min(count() - 1, number));
    follow.value = followed + 1;
    root.dataset.followed = followed + 1;
    tell();
    fillTable();
    refresh();
  };

  // --- values that arrive ---

  const receive = () => {
    const next = props.value;
    if (!next || next.run == null || (view && next.run < view.run)) return; // a superseded run's last words
    const fresh = !view || next.run !== view.run, span = next.span, arrived = next.stage === 'flow';
    last = !fresh && view.stage === 'learning' && !arrived ? learned() : null;
    changed = performance.now();
    view = next;
    data = Object.fromEntries(['true', 'now', 'there', 'ddpm', 'ddim', 'eps'].map(key => [key, unpacked(next[key], span)]));
    const place = arrived ? data.ddpm : data.now; // a point's colour is the direction in which it starts, or for now stands
    if (fresh || arrived) wheelOf = Array.from({ length: count() }, (_, k) => Math.floor((Math.atan2(place[2 * k + 1], place[2 * k]) / (2 * Math.PI) + 1) * 48) % 48);
    [slider, follow, $('.field'), ...buttons, ...radios].forEach(control => { control.disabled = !arrived; });
    canvas.setAttribute('aria-label', next.label);
    Object.assign(root.dataset, { run: next.run, stage: next.stage, step: next.step, points: count() });
    play(false);
    if (!arrived) { tell(); refresh(); return; }
    slider.max = end();
    follow.max = count();
    choose(followed);
    if (next.play && !still()) { show(0); play(true); }
    else show(next.play ? end() : next.opening);
    untouched = !next.play;
  };

  slider.oninput = () => go(Number(slider.value));
  $('.first').onclick = () => go(0);
  $('.last').onclick = () => go(end());
  $('.before').onclick = () => go(Math.ceil(at) - 1);
  $('.after').onclick = () => go(Math.floor(at) + 1);
  playButton.onclick = () => play(!playing);
  follow.onchange = () => choose(Math.round(Number(follow.value) || 1) - 1);
  for (const control of ['.field', '.truth']) $(control).onchange = () => { tell(); refresh(); };
  radios.forEach(radio => { radio.onchange = () => { sampler = radio.value; root.dataset.sampler = sampler; tell(); fillTable(); refresh(); }; });
  $('details').ontoggle = fillTable;
  canvas.onclick = event => {
    if (!flowing()) return;
    const { px, py } = planeOf(canvas.clientWidth, view.reach), now = points(at);
    const far = k => Math.hypot(px(now[2 * k]) - event.offsetX, py(now[2 * k + 1]) - event.offsetY);
    choose([...Array(count()).keys()].reduce((best, k) => far(k) < far(best) ? k : best));
  };
  root.addEventListener('keydown', event => {
    const keys = { ' ': () => play(!playing), ArrowLeft: () => go(Math.ceil(at) - 1), ArrowRight: () => go(Math.floor(at) + 1),
      Home: () => go(0), End: () => go(end()) };
    if (!flowing() || !keys[event.key] || event.target.matches('select, button, input, summary')) return;
    event.preventDefault();
    keys[event.key]();
  });
  const picture = () => {
    const svg = make('svg', { viewBox: '0 0 600 600', style: 'position:absolute' }, root);
    paint(svgPen(svg), 600);
    return svg;
  };
  const title = () => flowing() ? `${view.label} ${where()}` : view.label;
  downloads($('.downloads'), title, { PNG: () => pngFile(picture(), title()), SVG: () => svgFile(picture(), title()), CSV: () => csvFile(everyPoint()) });
  onResize(canvas, refresh, signal);
  onTheme(refresh, signal);
  watch('value', receive);
  receive();
};
