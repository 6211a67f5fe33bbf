// Draws props.value (see chart.py) and keeps the points of a run, of which each value brings only the new ones.
const figure = element.querySelector('figure'), plot = element.querySelector('.plot'),
  svg = plot.querySelector('svg'), slider = element.querySelector('input'), reading = element.querySelector('output'),
  legend = element.querySelector('.legend'), note = element.querySelector('.note'),
  details = element.querySelector('details'), table = element.querySelector('.table');
const WIDE = 620, LINE = 17; // px: from which width curves are labelled at their ends; height of such a label
let view = null, points = {}, places = [], cursor = null, pending = false;

const make = (name, attributes, parent, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};
const write = (axis, value) => value.toFixed(axis.decimals) + (axis.unit ? ' ' + axis.unit : '');
const curves = () => view.series.filter(s => s.line);
// The last point at or before x: what had been measured by then.
const at = (id, x) => points[id].findLast(p => p[0] <= x);

const take = () => {
  const value = props.value;
  if (!value || !value.series || (view && value.run < view.run)) return; // the last words of a superseded run
  if (!view || value.run !== view.run) { points = {}; cursor = null; }
  view = value;
  for (const s of view.series) points[s.id] ??= [];
  for (const [id, part] of Object.entries(view.new)) part.points.forEach((p, k) => { points[id][part.start + k] = p; });
  places = [...new Set(curves().flatMap(s => points[s.id].map(p => p[0])))].sort((a, b) => a - b);
  fillLegend();
  refresh();
};

// At most one drawing per frame, however fast values arrive.
const refresh = () => {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; if (view && plot.clientWidth) { draw(); read(); fillTable(); } });
};

const ticks = axis => {
  const rough = (axis.high - axis.low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find(m => m * power >= rough);
  const found = [];
  for (let k = Math.ceil(axis.low / step - 1e-9); k * step <= axis.high * (1 + 1e-9); k++) found.push(+(k * step).toPrecision(6));
  return found;
};

const drawMarker = (shape, x, y, hollow, colour, parent, r = 4) => {
  const corners = { square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], triangle: [[0, -1.2], [1.15, .9], [-1.15, .9]],
    diamond: [[0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]] }[shape];
  const style = `stroke:${colour};fill:${hollow ? 'var(--background-fill-primary)' : colour}`;
  if (!corners) return make('circle', { class: 'mark', cx: x, cy: y, r, style }, parent);
  const path = corners.map(([a, b]) => `${x + a * r * .9},${y + b * r * .9}`).join(' ');
  return make('polygon', { class: 'mark', points: path, style }, parent);
};

// The area of the curves in px. In a wide chart there is room on its right for the labels of the curves.
const box = () => {
  const width = plot.clientWidth, height = Math.round(Math.min(430, Math.max(250, width * .5)));
  return { left: 56, right: width - (width >= WIDE ? 200 : 12), top: 10, bottom: height - 44, width, height };
};

const draw = () => {
  const area = box();
  const px = x => area.left + (x - view.x.low) / (view.x.high - view.x.low) * (area.right - area.left);
  const py = y => area.bottom - (y - view.y.low) / (view.y.high - view.y.low) * (area.bottom - area.top);
  svg.replaceChildren();
  svg.setAttribute('viewBox', `0 0 ${area.width} ${area.height}`);
  svg.style.height = area.height + 'px';
  svg.setAttribute('aria-label', view.label);
  drawAxes(area, px, py);
  if (cursor !== null) make('line', { class: 'cursor', x1: px(cursor), x2: px(cursor), y1: area.top, y2: area.bottom }, svg);
  for (const s of view.series) {
    const path = points[s.id].map(p => `${px(p[0]).toFixed(1)},${py(p[1]).toFixed(1)}`).join(' ');
    if (s.line) make('polyline', { points: path, fill: 'none', 'stroke-linejoin': 'round', 'data-series': s.id,
      style: `stroke:${s.colour};stroke-width:${s.width};stroke-dasharray:${s.dash ? '6 4' : 'none'}` }, svg);
    points[s.id].forEach((p, k) => {
      if (s.marker && (k + 1) % s.every === 0) drawMarker(s.marker, px(p[0]), py(p[1]), s.dash, s.colour, svg, s.line ? 4 : 3);
    });
  }
  if (area.width >= WIDE) labelEnds(area, px, py);
  if (places.length) { // the slider lies below the places that it reads
    slider.style.marginLeft = px(places[0]) - 8 + 'px';
    slider.style.width = Math.max(120, px(places.at(-1)) - px(places[0]) + 16) + 'px';
  }
  figure.dataset.run = view.run;
  figure.dataset.points = curves().reduce((sum, s) => sum + points[s.id].length, 0);
};

const drawAxes = (area, px, py) => {
  for (const y of ticks(view.y)) {
    make('line', { class: 'grid', x1: area.left, x2: area.right, y1: py(y), y2: py(y) }, svg);
    make('text', { class: 'tick', x: area.left - 8, y: py(y) + 4, 'text-anchor': 'end' }, svg, y);
  }
  for (const x of ticks(view.x)) make('text', { class: 'tick', x: px(x), y: area.bottom + 18, 'text-anchor': 'middle' }, svg, x);
  make('text', { x: (area.left + area.right) / 2, y: area.bottom + 38, 'text-anchor': 'middle' }, svg, view.x.label);
  const middle = (area.top + area.bottom) / 2;
  make('text', { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` }, svg, view.y.label);
};

// Labels beside the last points, moved apart where curves end close together.
const labelEnds = (area, px, py) => {
  const ends = curves().filter(s => points[s.id].length).map(s => {
    const [x, y] = points[s.id].at(-1);
    return { s, x: px(x), y: py(y), text: `${s.label} ${write(view.y, y)}`, at: py(y) };
  }).sort((a, b) => a.y - b.y);
  for (let k = 1; k < ends.length; k++) ends[k].at = Math.max(ends[k].at, ends[k - 1].at + LINE);
  let floor = area.bottom + 4;
  for (const end of ends.reverse()) { end.at = Math.min(end.at, floor); floor = end.at - LINE; }
  for (const { s, x, y, text, at: label } of ends) {
    make('path', { class: 'leader', d: `M${x},${y} L${area.right + 8},${y} L${area.right + 22},${label} h6`, style: `stroke:${s.colour}` }, svg);
    make('text', { x: area.right + 32, y: label + 4 }, svg, text);
  }
};

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

const read = () => {
  const x = cursor ?? places.at(-1);
  slider.max = Math.max(0, places.length - 1);
  slider.disabled = !places.length;
  slider.value = x === undefined ? 0 : places.indexOf(x);
  reading.textContent = x === undefined ? '' : `${view.x.label} ${write(view.x, x)}`;
  slider.setAttribute('aria-valuetext', reading.textContent);
  curves().forEach((s, k) => {
    const point = x === undefined ? undefined : at(s.id, x);
    legend.children[k].querySelector('b').textContent = point ? write(view.y, point[1]) : '–';
  });
  note.textContent = view.note;
};

const fillTable = () => {
  if (!details.open) return;
  const cell = (name, text, scope) => {
    const node = Object.assign(document.createElement(name), { textContent: text });
    if (scope) node.scope = scope;
    return node;
  };
  const head = document.createElement('tr'), body = document.createElement('tbody');
  head.append(cell('th', view.x.label, 'col'), ...curves().map(s => cell('th', s.label, 'col')));
  const columns = curves().map(s => new Map(points[s.id]));
  for (const x of places) {
    const row = document.createElement('tr');
    row.append(cell('th', write(view.x, x), 'row'),
      ...columns.map(c => cell('td', c.has(x) ? write(view.y, c.get(x)) : '')));
    body.append(row);
  }
  const whole = document.createElement('table'), top = document.createElement('thead');
  top.append(head);
  whole.append(top, body);
  table.replaceChildren(whole);
};

const point = event => {
  if (!view || !places.length) return;
  const { left, right } = box();
  const x = view.x.low + (event.offsetX - left) / (right - left) * (view.x.high - view.x.low);
  cursor = places.reduce((best, p) => Math.abs(p - x) < Math.abs(best - x) ? p : best);
  refresh();
};
svg.addEventListener('pointermove', point);
svg.addEventListener('pointerdown', point);
svg.addEventListener('pointerleave', () => { cursor = null; refresh(); });
slider.addEventListener('input', () => { cursor = places[+slider.value] ?? null; refresh(); });
details.addEventListener('toggle', refresh);
new ResizeObserver(refresh).observe(plot);
watch('value', take);
take();
