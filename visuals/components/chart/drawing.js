// The picture of a chart: axes, curves, levels, and the curves' names at their ends.
// `scene` = { view, points, shown, cursor, read, files }: Chart's value, the points of each series, the series that are
// shown, the place that is read, the point of each that is read there, and whether it is drawn for a file; `tall`, where
// it is given: the height in px.
import { LINE, drawMarker, make, scale, spread, ticks, write } from '../shared/axes.js';
import { beside, crossOf, INDENT, inkOf, linesOf, settle } from './labels.js';

const WIDE = 620, WIDE_AND_TALL = 560; // px: from which width curves are named at their ends
const MOST = .42; // of the width, for those names
const EARLY = 24; // px: a curve that ends so much before another has ended early
const MARK = 5; // px: half of a mark
const LEADER = 54, SAMPLE = 22; // px: from the axes to a curve's name and from there to the edge; of the curve before its name

export const isCurve = s => s.line && !s.detail;
const isMarked = (s, k) => s.marker && !s.detail && (k + 1) % s.every === 0;

// What has a place on the axes: null stands for a number that is not finite, and 0 has no logarithm.
const hasPlace = view => ([x, y]) => x !== null && y !== null && (x > 0 || !view.x.log) && (y > 0 || !view.y.log);

const inside = (axis, level) => level.at >= axis.low && level.at <= axis.high;
const upright = view => view.levels.filter(level => level.upright && inside(view.x, level));

// px that the longest name at a curve's end takes, with the longest number that it may get: on a logarithmic axis no end
// of it, but one with all digits.
const longest = ({ view, shown }, into) => {
  const text = make('text', { visibility: 'hidden' }, into), numbers = [view.y.low, view.y.high].map(end => write(view.y, view.y.log ? 8.88 * end : end));
  const widths = shown.filter(isCurve).flatMap(s => [view.ended[s.id] ?? '', ...numbers].map(end => {
    text.textContent = `${s.label} ${end}`;
    return text.getComputedTextLength();
  }));
  text.remove();
  return Math.max(0, ...widths);
};

// Where things stand in a picture of this width in px. In a wide one there is room on the right for the curves' names.
export const layout = (scene, into, width) => {
  const { view, files } = scene, room = LEADER + longest(scene, into), named = files || (width >= (scene.tall ? WIDE_AND_TALL : WIDE) && room <= MOST * width);
  const height = scene.tall || Math.round(Math.min(430, Math.max(250, width * .5)));
  const guessed = upright(view).length; // their names stand above the curves, each on a line of its own
  const area = { left: 60, right: width - (named ? room : 20), top: 10 + guessed * LINE, bottom: height - 46, width, height, named };
  return { ...area, px: scale(view.x, area.left, area.right), py: scale(view.y, area.bottom, area.top) };
};

const drawAxes = (into, { left, right, top, bottom, px, py }, view) => {
  for (const [y, text] of ticks(view.y)) {
    make('line', { class: 'grid', x1: left, x2: right, y1: py(y), y2: py(y) }, into);
    make('text', { class: 'tick', x: left - 8, y: py(y) + 4, 'text-anchor': 'end' }, into, text);
  }
  for (const [x, text] of ticks(view.x)) make('text', { class: 'tick', x: px(x), y: bottom + 18, 'text-anchor': 'middle' }, into, text);
  make('text', { x: (left + right) / 2, y: bottom + 39, 'text-anchor': 'middle' }, into, view.x.label);
  const middle = (top + bottom) / 2;
  make('text', { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` }, into, view.y.label);
};

// The parts of a series' line: a point without a place interrupts it.
const pieces = (points, view) => {
  const parts = [[]];
  for (const point of points) {
    if (hasPlace(view)(point)) parts.at(-1).push(point);
    else parts.push([]);
  }
  return parts.filter(part => part.length);
};

const drawLine = (into, { px, py }, s, part) => {
  const path = part.length === 1 ? [...part, ...part] : part; // a point alone is a dot
  make('polyline', {
    points: path.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' '), fill: 'none',
    'stroke-linejoin': 'round', 'stroke-linecap': part.length === 1 ? 'round' : 'butt', 'data-series': s.id,
    style: `stroke:${s.colour};stroke-width:${s.detail ? 1 : s.width};stroke-dasharray:${s.dash ? '6 4' : 'none'}`,
  }, into);
};

const drawSeries = (into, area, { view, points }, s) => {
  const { px, py } = area, own = points[s.id], fits = hasPlace(view);
  if (s.line) for (const part of pieces(own, view)) drawLine(into, area, s, part);
  for (const [k, point] of own.entries()) {
    if (isMarked(s, k) && fits(point)) drawMarker(s.marker, px(point[0]), py(point[1]), s.dash, s.colour, into, s.line ? 4 : 3);
  }
  const last = own.findLast(fits);
  if (!(s.id in view.ended) || !last) return;
  const [x, y] = [px(last[0]), py(last[1])];
  make('path', { class: 'cross', d: `M${x - 6},${y - 6} l12,12 m0,-12 l-12,12`, style: `stroke:${s.colour}` }, into);
  if (area.named) return;
  const word = make('text', { class: 'halo', x: x + 10, y: y + 4 }, into, view.ended[s.id]), cut = x + 10 + word.getComputedTextLength() > area.width;
  if (cut) for (const [key, value] of Object.entries({ x: x - 10, 'text-anchor': 'end' })) word.setAttribute(key, value);
};

// Where there is ink in the picture: on the lines of all series, under their marks, and on upright lines.
const inkIn = ({ px, py, top, bottom }, { view, points, shown }) => inkOf([...upright(view).map(({ at }) => [[px(at), top], [px(at), bottom]]), ...shown.flatMap(s => {
  const place = ([x, y]) => [px(x), py(y)], marked = points[s.id].filter((point, k) => isMarked(s, k) && hasPlace(view)(point));
  return [...s.line ? pieces(points[s.id], view).map(part => part.map(place)) : [], ...marked.flatMap(point => crossOf(place(point), MARK))];
})]);

// Levels of the height: dotted lines with their names, which stand clear of the curves, of one another and of the lines `taken`.
const drawHeights = (into, area, scene, taken) => {
  const { left, right, py } = area, { view } = scene;
  const levels = view.levels.filter(level => !level.upright && inside(view.y, level)).map(level => ({ ...level, place: py(level.at) }))
    .sort((a, b) => a.place - b.place);
  if (!levels.length) return;
  for (const { place, colour } of levels) make('line', { class: 'level', x1: left, x2: right, y1: place, y2: place, style: `stroke:${colour}` }, into);
  const names = levels.map(level => {
    const name = make('text', { class: 'halo' }, into, `${level.label}, ${write(view.y, level.at)}`);
    return { name, colour: level.colour, place: level.place, width: name.getComputedTextLength() };
  });
  for (const { name, colour, place, x, at, leader } of settle(names, [...inkIn(area, scene), ...inkOf(taken)], area)) {
    name.setAttribute('x', x);
    name.setAttribute('y', at);
    if (leader !== null) make('path', { class: 'leader', d: `M${x + INDENT},${leader} V${place}`, style: `stroke:${colour}` }, into);
  }
};

// Levels of the place: upright lines with their names above, moved where the picture's edge would cut them off.
const drawPlaces = (into, { left, right, top, bottom, px }, view) => {
  const marks = upright(view).map((level, k, all) =>
    ({ ...level, x: px(level.at), y: top - 4 - (all.length - 1 - k) * LINE, text: `${level.label}, ${write(view.x, level.at)}` }));
  for (const mark of marks) make('line', { class: 'level', x1: mark.x, x2: mark.x, y1: mark.y + 3, y2: bottom, style: `stroke:${mark.colour}` }, into);
  for (const mark of marks) {
    const name = make('text', { class: 'halo', y: mark.y, 'text-anchor': 'middle' }, into, mark.text), half = name.getComputedTextLength() / 2;
    name.setAttribute('x', Math.max(left + half, Math.min(mark.x, right - half)));
  }
};

// A piece of a curve as it is drawn, with its marker in the middle.
const drawSample = (into, s, from, to, y) => {
  make('line', { x1: from, x2: to, y1: y, y2: y, style: `stroke:${s.colour};stroke-width:${s.width};stroke-dasharray:${s.dash ? '6 4' : 'none'}` }, into);
  if (s.marker) drawMarker(s.marker, (from + to) / 2, y, s.dash, s.colour, into);
};

// A curve's name with its last number. Among things with names one that ends early has none: it would seem that of the last.
const nameOf = (view, { s, value, early }) => `${s.label} ${view.ended[s.id] ?? (early ? '' : write(view.y, value))}`.trim();

// The last points of the curves in px, from above to below. For good, not only until it is measured again, a curve ends early
// where it broke off and among things with names.
const endsOf = ({ px, py }, { view, points, shown }) => {
  const fits = hasPlace(view);
  const ends = shown.filter(s => isCurve(s) && points[s.id].some(fits)).map(s => {
    const [x, y] = points[s.id].findLast(fits);
    return { s, value: y, x: px(x), y: py(y), at: py(y) };
  }).sort((a, b) => a.y - b.y);
  const farthest = Math.max(...ends.map(end => end.x));
  return ends.map(end => ({ ...end, early: farthest - end.x > EARLY && (end.s.id in view.ended || view.x.names?.length > 0) }));
};

// Names at the right, beside the last points to which a line leads, moved apart where curves end close together: a piece of the
// curve stands before each.
const nameEnds = (into, { right, bottom }, view, ends) => {
  spread(ends, bottom + 4);
  for (const end of ends.reverse()) {
    const { s, x, y, at } = end, from = right + 20, to = from + SAMPLE;
    make('path', { class: 'leader', d: `M${x},${y} L${right + 4},${y} L${from},${at}`, style: `stroke:${s.colour}` }, into);
    drawSample(into, s, from, to, at);
    make('text', { x: to + 6, y: at + 4 }, into, nameOf(view, end));
  }
};

// Names of curves that end early, at their last points: a line to the right would cross those that go on. Returns the names as lines.
const nameEarly = (into, area, scene, ends) => {
  if (!ends.length) return [];
  const names = ends.map(end => {
    const text = make('text', { class: 'halo' }, into, nameOf(scene.view, end));
    return { s: end.s, text, point: [end.x, end.y], width: text.getComputedTextLength() };
  });
  return beside(names, inkIn(area, scene), area).flatMap(name => {
    make('path', { class: 'leader', d: `M${name.point} L${name.lead}`, style: `stroke:${name.s.colour}` }, into);
    name.text.setAttribute('x', name.x);
    name.text.setAttribute('y', name.at);
    return linesOf(name);
  });
};

// Dots at the points whose numbers are read: a curve that is measured seldom is read where it was measured last.
const drawRead = (into, { px, py }, { view, shown, read }) => {
  for (const s of shown.filter(isCurve)) {
    const point = read(s.id);
    if (point && hasPlace(view)(point)) make('circle', { class: 'read', cx: px(point[0]), cy: py(point[1]), r: 4.5, style: `fill:${s.colour}`, 'data-series': s.id }, into);
  }
};

// Draws all of it and returns where things stand.
export const paint = (scene, into, width) => {
  const { view, shown, cursor } = scene;
  into.replaceChildren();
  const area = layout(scene, into, width);
  into.setAttribute('viewBox', `0 0 ${area.width} ${area.height}`);
  drawAxes(into, area, view);
  if (cursor !== null) make('line', { class: 'cursor', x1: area.px(cursor), x2: area.px(cursor), y1: area.top, y2: area.bottom }, into);
  for (const s of shown.filter(s => s.detail)) drawSeries(into, area, scene, s); // below the curves that they belong to
  for (const s of shown.filter(s => !s.detail)) drawSeries(into, area, scene, s);
  if (cursor !== null) drawRead(into, area, scene);
  const ends = area.named ? endsOf(area, scene) : [];
  nameEnds(into, area, view, ends.filter(end => !end.early));
  drawHeights(into, area, scene, nameEarly(into, area, scene, ends.filter(end => end.early)));
  drawPlaces(into, area, view);
  return area;
};

// A curve as the legend shows it.
export const swatch = (s, into) => {
  const svg = make('svg', { viewBox: '0 0 44 14', 'aria-hidden': true }, into);
  drawSample(svg, s, 1, 43, 7);
};
