// Draws props.value (see __init__.py) and lets it be read, place by place and moment by moment.
import { rowsOf, write } from '../shared/axes.js';
import { csvFile, downloads, pngFile, svgFile } from '../shared/downloads.js';
import { onResize, onSight } from '../shared/watching.js';
import { isCurve, layout, paint, swatch } from './drawing.js';
import { collected, nearest } from './points.js';
import { tableOf } from './table.js';

const FILE = 800, PAPER = 640; // px: least width of a saved picture, greatest of a printed one

export default ({ element, props, watch, signal }) => {
  const $ = selector => element.querySelector(selector);
  const figure = $('figure'), plot = $('.plot'), svg = $('.plot svg'), slider = $('.reading input'), reading = $('.reading output');
  const moment = $('.moment'), time = $('.moment input'), legend = $('.legend'), seeds = $('.seeds'), details = $('details'), table = $('.table');
  const run = collected();
  let cursor = null, pending = false, seen = true, printed = false;

  const shown = () => run.view.series.filter(s => !s.detail || seeds.querySelector('input').checked);
  const curves = () => run.view.series.filter(isCurve);
  const scene = (files = false) => ({ view: run.view, points: run.points, shown: shown(), cursor: files ? null : cursor, read: id => run.at(id, cursor), files, tall: files ? 0 : given() });

  // The height that there is on a projector; elsewhere it follows from the width.
  const given = () => document.documentElement.hasAttribute('data-present') ? plot.clientHeight : 0;

  const take = () => {
    const before = run.view?.run;
    if (!run.take(props.value)) return;
    const { view } = run, name = view.label.split(/[:.](?:\s|$)/)[0];
    if (view.run !== before) cursor = null;
    moment.hidden = !view.moments.label;
    moment.querySelector('span').textContent = view.moments.label;
    time.setAttribute('aria-label', `${view.moments.label}: ${name}`);
    slider.setAttribute('aria-label', `Read the curves at: ${name}`);
    seeds.hidden = !view.series.some(s => s.detail);
    fillLegend();
    refresh();
  };

  // At most one drawing per frame, however fast values arrive.
  const refresh = () => {
    if (pending || !run.view || signal.aborted) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; if (plot.clientWidth) { draw(); read(); fillTable(); } });
  };

  // Paper is narrower than most screens, where the picture would be made smaller, letters and all.
  const width = () => printed ? Math.min(PAPER, plot.clientWidth) : plot.clientWidth;

  const draw = () => {
    const { view, places, points } = run, { px, height, named } = paint(scene(), svg, width());
    svg.style.height = height + 'px';
    figure.classList.toggle('named', named); // then the legend says nothing more
    svg.setAttribute('aria-label', [view.label, ...view.levels.map(l => `${l.label}: ${write(l.upright ? view.x : view.y, l.at)}.`)].join(' '));
    if (places.length) { // the slider lies below the places that it reads
      const [first, last] = [places[0], places.at(-1)].map(px);
      slider.style.marginLeft = first - 4 + 'px';
      slider.style.width = Math.max(40, last - first + 8) + 'px';
    }
    figure.dataset.run = view.run;
    figure.dataset.points = curves().reduce((sum, s) => sum + points[s.id].length, 0);
  };

  // --- the same in words and numbers ---

  const fillLegend = () => {
    const key = JSON.stringify(run.view.series);
    if (legend.dataset.key === key) return;
    legend.dataset.key = key;
    legend.replaceChildren(...curves().map(s => {
      const item = document.createElement('li');
      swatch(s, item);
      item.append(Object.assign(document.createElement('span'), { textContent: s.label }), document.createElement('b'));
      return item;
    }));
  };

  const told = (s, x) => {
    const { view, points } = run, point = x === undefined ? undefined : run.at(s.id, x);
    if (s.id in view.ended && !(x <= points[s.id].at(-1)?.[0])) return view.ended[s.id];
    if (!point || point[1] === null) return '–';
    return write(view.y, point[1]) + (point[0] === x ? '' : ` (${view.x.label} ${write(view.x, point[0])})`);
  };

  const read = () => {
    const { view, places, moments, chosen } = run, x = cursor ?? run.first();
    slider.max = Math.max(0, places.length - 1);
    slider.disabled = places.length < 2;
    slider.value = x === undefined ? 0 : places.indexOf(x);
    reading.textContent = x === undefined ? '' : `${view.x.label} ${write(view.x, x)}`;
    window.dispatchEvent(new CustomEvent('cursor-of-run', { detail: { run: view.run, x: cursor } }));
    slider.setAttribute('aria-valuetext', reading.textContent);
    for (const [k, s] of curves().entries()) legend.children[k].querySelector('b').textContent = told(s, x);
    time.max = Math.max(0, moments.length - 1);
    time.value = chosen ?? time.max;
    const when = moments.length ? String(moments[+time.value][0]) : '';
    moment.querySelector('output').textContent = when;
    time.setAttribute('aria-valuetext', `${view.moments.label} ${when}`);
    $('.note').textContent = view.note;
  };

  const fillTable = () => {
    if (!details.open) return;
    table.setAttribute('aria-label', 'The numbers as a table: ' + run.view.label);
    table.replaceChildren(tableOf(run.view, shown().filter(s => s.line), run.points, run.places));
  };

  // --- reading ---

  const point = event => {
    if (!run.places.length) return;
    const { px } = layout(scene(), svg, width()), far = place => Math.abs(px(place) - event.offsetX);
    cursor = nearest(run.places, far);
    refresh();
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointerleave', () => { cursor = null; refresh(); });
  slider.addEventListener('input', () => { cursor = run.places[+slider.value] ?? null; refresh(); });
  seeds.addEventListener('change', refresh);
  details.addEventListener('toggle', refresh);

  // Charts of one run, such as signal and gradient, are looked at in the same moment.
  time.addEventListener('input', () => {
    const chosen = time.value === time.max ? null : +time.value;
    window.dispatchEvent(new CustomEvent('moment-of-run', { detail: { run: run.view.run, moment: chosen } }));
  });
  window.addEventListener('moment-of-run', ({ detail }) => {
    if (!run.moments.length || detail.run !== run.view.run) return;
    run.choose(detail.moment);
    refresh();
  }, { signal });

  // A chart over the time of the player goes along with it, and is drawn while it can be seen.
  document.addEventListener('timechange', ({ detail }) => {
    if (!run.view?.clock) return;
    cursor = run.places.findLast(place => place <= detail.t) ?? run.places[0];
    if (seen) refresh();
  }, { signal });
  onSight(plot, sight => { seen = sight; if (seen) refresh(); }, signal);
  onResize(plot, refresh, signal);
  window.addEventListener('beforeprint', () => {
    printed = true;
    if (run.view && plot.clientWidth) draw();
  }, { signal });
  window.addEventListener('afterprint', () => {
    printed = false;
    refresh();
  }, { signal });

  // --- saving ---

  // The picture once more for a file: as wide as is needed for the names of the curves, without the cursor.
  const picture = () => {
    const copy = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    plot.append(copy);
    paint(scene(true), copy, Math.max(FILE, plot.clientWidth));
    return copy;
  };

  const rows = () => {
    const { view, moments, points } = run;
    if (!moments.length) return rowsOf(view, points);
    const all = moments.map(([when, then]) => rowsOf(view, then).map((row, k) => [k ? when : view.moments.label, ...row]));
    return [all[0][0], ...all.flatMap(part => part.slice(1))];
  };
  downloads($('.downloads'), () => run.view.label, {
    PNG: () => pngFile(picture(), run.view.label), SVG: () => svgFile(picture(), run.view.label), CSV: () => csvFile(rows()),
  });
  watch('value', take);
  take();
};
