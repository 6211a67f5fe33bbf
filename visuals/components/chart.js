// Draws props.value (see chart.py) and keeps the points of a run, of which each value brings only the new ones.
const figure = element.querySelector('figure'), plot = element.querySelector('.plot'),
  svg = plot.querySelector('svg'), slider = element.querySelector('.reading input'),
  moment = element.querySelector('.moment'), time = moment.querySelector('input'),
  reading = element.querySelector('.reading output'), legend = element.querySelector('.legend'),
  seeds = element.querySelector('.seeds'), note = element.querySelector('.note'),
  details = element.querySelector('details'), table = element.querySelector('.table');
const WIDE = 620; // px: from which width curves are labelled at their ends
const FILE = 800; // px: least width of a saved picture
let view = null, points = {}, places = [], cursor = null, pending = false;
let received = {}, looks = []; // the same with holes, where a value has not arrived
let moments = [], chosen = null; // [[when, points], ...] of a chart with a time of its own; null: the newest

const curves = () => view.series.filter(s => s.line && !s.detail);
const shown = () => view.series.filter(s => !s.detail || seeds.querySelector('input').checked);
// The last point at or before x: what had been measured by then.
// Not beyond the curve's end by more than its own last distance: what has no point there has no value.
const at = (id, x) => {
  const found = points[id].findLast(p => p[0] <= x), [before, last] = points[id].slice(-2);
  return found !== last || !last || x - last[0] <= last[0] - before[0] ? found : undefined;
};

// --- values that arrive ---

const take = () => {
  const value = props.value;
  if (!value || !value.series || (view && value.run < view.run)) return; // the last words of a superseded run
  if (!view || value.run !== view.run) { points = {}; received = {}; cursor = null; looks = []; chosen = null; }
  view = { ...value, new: JSON.parse(value.new), moments: JSON.parse(value.moments), ended: JSON.parse(value.ended) };
  for (const s of view.series) points[s.id] ??= [];
  for (const [id, part] of Object.entries(view.new)) {
    received[id] ??= [];
    part.points.forEach((p, k) => { received[id][part.start + k] = p; });
    points[id] = received[id].filter(p => p); // a value that another run's has overtaken leaves a hole for a while
  }
  view.moments.new.forEach((m, k) => { looks[view.moments.start + k] = m; });
  moments = looks.filter(m => m);
  moment.hidden = !view.moments.label;
  moment.querySelector('span').textContent = view.moments.label;
  choose();
  seeds.hidden = !view.series.some(s => s.detail);
  fillLegend();
  refresh();
};

// The points of the chosen moment, in a chart that has moments.
const choose = () => {
  if (moments.length) for (const s of view.series) points[s.id] = moments[chosen ?? moments.length - 1][1][s.id] ?? [];
  places = [...new Set(curves().flatMap(s => points[s.id].map(p => p[0])))].sort((a, b) => a - b);
};

// At most one drawing per frame, however fast values arrive.
const refresh = () => {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; if (view && plot.clientWidth) { draw(); read(); fillTable(); } });
};

// --- the picture ---

// What has a place on the axes: null stands for a number that is not finite, and 0 has no logarithm.
const fits = ([x, y]) => x !== null && y !== null && (x > 0 || !view.x.log) && (y > 0 || !view.y.log);

const inside = (axis, l) => l.at >= axis.low && l.at <= axis.high;
const upright = () => view.levels.filter(l => l.upright && inside(view.x, l));

// Where things stand in a picture of this width in px. In a wide one there is room on the right for the curves' labels.
const layout = width => {
  const height = Math.round(Math.min(430, Math.max(250, width * .5)));
  const longest = Math.max(...curves().map(s => s.label.length)) + 8; // letters, with the number
  const room = width < WIDE ? 20 : Math.min(width * .4, 40 + 6.6 * longest);
  const guessed = upright().length; // their names stand above the curves, each on a line of its own
  const area = { left: 56, right: width - room, top: 10 + guessed * LINE, bottom: height - 44, width, height };
  return { ...area, px: scale(view.x, area.left, area.right), py: scale(view.y, area.bottom, area.top) };
};

const paint = (into, area, x) => {
  into.replaceChildren();
  into.setAttribute('viewBox', `0 0 ${area.width} ${area.height}`);
  drawAxes(into, area);
  if (x !== null) make('line', { class: 'cursor', x1: area.px(x), x2: area.px(x), y1: area.top, y2: area.bottom }, into);
  const later = shown().filter(s => !s.detail); // thin lines lie below the curves that they belong to
  for (const s of [...shown().filter(s => s.detail), ...later]) drawSeries(into, area, s);
  drawLevels(into, area);
  if (area.width >= WIDE) labelEnds(into, area);
};

const draw = () => {
  const area = layout(plot.clientWidth);
  paint(svg, area, cursor);
  svg.style.height = area.height + 'px';
  svg.setAttribute('aria-label', [view.label, ...view.levels.map(l => `${l.label}: ${write(l.upright ? view.x : view.y, l.at)}.`)].join(' '));
  if (places.length) { // the slider lies below the places that it reads
    const [first, last] = [places[0], places.at(-1)].map(area.px);
    slider.style.marginLeft = first - 8 + 'px';
    slider.style.width = Math.max(120, last - first + 16) + 'px';
  }
  figure.dataset.run = view.run;
  figure.dataset.points = curves().reduce((sum, s) => sum + points[s.id].length, 0);
};

const drawAxes = (into, area) => {
  const { left, right, top, bottom, px, py } = area;
  for (const [y, text] of ticks(view.y)) {
    make('line', { class: 'grid', x1: left, x2: right, y1: py(y), y2: py(y) }, into);
    make('text', { class: 'tick', x: left - 8, y: py(y) + 4, 'text-anchor': 'end' }, into, text);
  }
  for (const [x, text] of ticks(view.x)) make('text', { class: 'tick', x: px(x), y: bottom + 18, 'text-anchor': 'middle' }, into, text);
  make('text', { x: (left + right) / 2, y: bottom + 38, 'text-anchor': 'middle' }, into, view.x.label);
  const middle = (top + bottom) / 2;
  make('text', { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` }, into, view.y.label);
};

// A point without a place interrupts the line.
const drawSeries = (into, { px, py, width }, s) => {
  const whole = [[]];
  for (const p of points[s.id]) fits(p) ? whole.at(-1).push(p) : whole.push([]);
  const style = `stroke:${s.colour};stroke-width:${s.detail ? 1 : s.width};stroke-dasharray:${s.dash ? '6 4' : 'none'}`;
  for (const part of whole) {
    if (!s.line || !part.length) continue;
    const path = [...part, ...(part.length === 1 ? part : [])]; // a point alone is a dot
    make('polyline', { points: path.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' '), fill: 'none',
      'stroke-linejoin': 'round', 'stroke-linecap': part.length === 1 ? 'round' : 'butt', 'data-series': s.id, style }, into);
  }
  points[s.id].forEach((p, k) => {
    if (s.marker && !s.detail && (k + 1) % s.every === 0 && fits(p)) drawMarker(s.marker, px(p[0]), py(p[1]), s.dash, s.colour, into, s.line ? 4 : 3);
  });
  const last = points[s.id].findLast(fits);
  if (!(s.id in view.ended) || !last) return;
  const [x, y] = [px(last[0]), py(last[1])];
  make('path', { class: 'cross', d: `M${x - 6},${y - 6} l12,12 m0,-12 l-12,12`, style: `stroke:${s.colour}` }, into);
  if (width < WIDE) make('text', { class: 'halo', x: x + 10, y: y + 4 }, into, view.ended[s.id]);
};

const drawLevels = (into, { left, right, top, bottom, px, py }) => {
  const lines = view.levels.filter(l => !l.upright && inside(view.y, l))
    .map(l => ({ ...l, text: `${l.label}, ${write(view.y, l.at)}`, place: py(l.at), at: Math.max(top + 12, py(l.at) - 5) })).sort((a, b) => a.place - b.place);
  lines.forEach((l, k) => { // a name that has no room above its line goes below it
    if (k && l.at < lines[k - 1].at + LINE) l.at = l.place + LINE - 4;
  });
  spread(lines, bottom - 5);
  for (const l of lines) make('line', { class: 'level', x1: left, x2: right, y1: l.place, y2: l.place, style: `stroke:${l.colour}` }, into);
  for (const l of lines) make('text', { class: 'halo', x: left + 8, y: l.at }, into, l.text);
  const marks = upright().map((l, k, all) => ({ ...l, x: px(l.at), y: top - 4 - (all.length - 1 - k) * LINE, text: `${l.label}, ${write(view.x, l.at)}` }));
  for (const l of marks) make('line', { class: 'level', x1: l.x, x2: l.x, y1: l.y + 3, y2: bottom, style: `stroke:${l.colour}` }, into);
  for (const l of marks) { // above its line, moved where the picture's edge would cut it off
    const name = make('text', { class: 'halo', y: l.y, 'text-anchor': 'middle' }, into, l.text), half = name.getComputedTextLength() / 2;
    name.setAttribute('x', Math.max(left + half, Math.min(l.x, right - half)));
  }
};

// Labels beside the last points, moved apart where curves end close together.
const labelEnds = (into, { right, bottom, px, py }) => {
  const ends = curves().filter(s => points[s.id].some(fits)).map(s => {
    const [x, y] = points[s.id].findLast(fits);
    return { s, x: px(x), y: py(y), text: `${s.label} ${view.ended[s.id] ?? write(view.y, y)}`, at: py(y) };
  }).sort((a, b) => a.y - b.y);
  spread(ends, bottom + 4);
  for (const { s, x, y, text, at: label } of ends.reverse()) {
    make('path', { class: 'leader', d: `M${x},${y} L${right + 8},${y} L${right + 22},${label} h6`, style: `stroke:${s.colour}` }, into);
    make('text', { x: right + 32, y: label + 4 }, into, text);
  }
};

// --- the same in words and numbers ---

const fillLegend = () => {
  const key = JSON.stringify(view.series);
  if (legend.dataset.key === key) return;
  legend.dataset.key = key;
  legend.replaceChildren(...curves().map(s => {
    const item = document.createElement('li'), swatch = make('svg', { viewBox: '0 0 44 14', 'aria-hidden': true }, item);
    make('line', { x1: 1, x2: 43, y1: 7, y2: 7, style: `stroke:${s.colour};stroke-width:${s.width};stroke-dasharray:${s.dash ? '6 4' : 'none'}` }, swatch);
    if (s.marker) drawMarker(s.marker, 22, 7, s.dash, s.colour, swatch);
    item.append(Object.assign(document.createElement('span'), { textContent: s.label }), document.createElement('b'));
    return item;
  }));
};

const told = (s, x) => {
  const point = x === undefined ? undefined : at(s.id, x);
  if (s.id in view.ended && !(x <= points[s.id].at(-1)?.[0])) return view.ended[s.id];
  return point && point[1] !== null ? write(view.y, point[1]) : '–';
};

const read = () => {
  const x = cursor ?? places.at(-1);
  slider.max = Math.max(0, places.length - 1);
  slider.disabled = !places.length;
  slider.value = x === undefined ? 0 : places.indexOf(x);
  reading.textContent = x === undefined ? '' : `${view.x.label} ${write(view.x, x)}`;
  slider.setAttribute('aria-valuetext', reading.textContent);
  curves().forEach((s, k) => { legend.children[k].querySelector('b').textContent = told(s, x); });
  time.max = Math.max(0, moments.length - 1);
  time.value = chosen ?? time.max;
  moment.querySelector('output').textContent = moments.length ? moments[+time.value][0] : '';
  time.setAttribute('aria-valuetext', moment.innerText);
  note.textContent = view.note;
};

const fillTable = () => {
  if (!details.open) return;
  table.setAttribute('aria-label', 'The numbers as a table: ' + view.label);
  const cell = (name, text, scope) => {
    const node = Object.assign(document.createElement(name), { textContent: text });
    if (scope) node.scope = scope;
    return node;
  };
  const columns = shown().filter(s => s.line), values = columns.map(s => new Map(points[s.id]));
  const head = document.createElement('tr'), body = document.createElement('tbody');
  head.append(cell('th', view.x.label, 'col'), ...columns.map(s => cell('th', s.label, 'col')));
  for (const x of places) {
    const row = document.createElement('tr');
    row.append(cell('th', write(view.x, x), 'row'),
      ...values.map(c => cell('td', c.get(x) == null ? '' : write(view.y, c.get(x)))));
    body.append(row);
  }
  const whole = document.createElement('table'), top = document.createElement('thead');
  top.append(head);
  whole.append(top, body);
  table.replaceChildren(whole);
};

// --- reading and saving ---

const point = event => {
  if (!view || !places.length) return;
  const { px } = layout(plot.clientWidth), far = place => Math.abs(px(place) - event.offsetX);
  cursor = places.reduce((best, place) => far(place) < far(best) ? place : best);
  refresh();
};
svg.addEventListener('pointermove', point);
svg.addEventListener('pointerdown', point);
svg.addEventListener('pointerleave', () => { cursor = null; refresh(); });
slider.addEventListener('input', () => { cursor = places[+slider.value] ?? null; refresh(); });
// Charts of one run, such as signal and gradient, are looked at in the same moment.
time.addEventListener('input', () => {
  const moment = time.value === time.max ? null : +time.value;
  dispatchEvent(new CustomEvent('moment-of-run', { detail: { run: view.run, moment } }));
});
addEventListener('moment-of-run', ({ detail }) => {
  if (!moments.length || detail.run !== view.run) return;
  chosen = detail.moment;
  choose();
  refresh();
});
// A chart over the time of the player goes along with it, and is drawn while it can be seen.
let seen = true;
document.addEventListener('timechange', ({ detail }) => {
  if (!view?.clock) return;
  cursor = places.findLast(place => place <= detail.t) ?? places[0];
  if (seen) refresh();
});
new IntersectionObserver(entries => { seen = entries.at(-1).isIntersecting; if (seen) refresh(); }).observe(plot);
seeds.addEventListener('change', refresh);
details.addEventListener('toggle', refresh);

// The picture once more for a file: as wide as is needed for the labels, without the cursor.
const picture = () => {
  const copy = make('svg', {}, plot);
  paint(copy, layout(Math.max(FILE, plot.clientWidth)), null);
  return copy;
};

const rows = () => {
  if (!moments.length) return rowsOf(view, points);
  const all = moments.map(([when, then]) => rowsOf(view, then).map((row, k) => [k ? when : view.moments.label, ...row]));
  return [all[0][0], ...all.flatMap(part => part.slice(1))];
};
downloads(element.querySelector('.downloads'), () => view.label, {
  PNG: () => pngFile(picture(), view.label), SVG: () => svgFile(picture(), view.label), CSV: () => csvFile(rows()),
});
new ResizeObserver(refresh).observe(plot);
watch('value', take);
take();
