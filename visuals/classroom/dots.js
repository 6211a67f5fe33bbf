// A dot for each guess along what it was about, their median, what came out, and one's own guess.
import { make as node, written } from '../components/predict/controls.js';
import { make, scale, ticks } from '../components/shared/axes.js';

// `of` = {values, median}; `found` as in Outcome; `mine` one's own guess: both may not be there.
export const figure = (ask, of, found, mine) => {
  const place = node('figure', { class: 'dots' }, node('figcaption', {}, ask.label));
  place.style.setProperty('--colour', ask.colour || 'var(--primary-700)');
  if (ask.options) place.append(options(ask, of, found, mine));
  else {
    const drawing = make('svg', { role: 'img', 'aria-label': words(ask, of, found, mine) }, place);
    new ResizeObserver(() => draw(drawing, ask, of, found, mine)).observe(place);
  }
  return place;
};

// What is marked on the axis, from top to bottom: [words, from, to, class].
const marks = (ask, { median }, found, mine) => [
  [found, 'outcome', 'found'], [median, 'median', 'median'], [mine, 'you', 'mine'],
].filter(([value]) => value !== undefined && value !== null).map(([value, word, kind]) => {
  const [from, to] = Array.isArray(value) ? value : [value, value];
  const between = from === to ? written(ask, from) : `${written(ask, from)} to ${written(ask, to)}`;
  return [`${word} ${between}`, from, to, kind];
});

const words = (ask, of, found, mine) =>
  `${ask.label}: ${of.values.length} guesses from ${ask.low} to ${ask.high} ${ask.unit}. ${marks(ask, of, found, mine).map(([said]) => said).join(', ')}`;

// Places with a level each, from 0: the lowest on which no other is nearer than `wide`. They come sorted.
const pile = (places, wide) => {
  const ends = [];
  return places.map(place => {
    const free = ends.findIndex(end => place - end >= wide), level = free < 0 ? ends.length : free;
    ends[level] = place;
    return [place, level];
  });
};

const draw = (svg, ask, of, found, mine) => {
  const width = svg.parentNode.clientWidth;
  const em = parseFloat(getComputedStyle(svg).fontSize);
  if (!svg.isConnected || width < 8 * em) return; // it has gone, or is just coming
  const shown = marks(ask, of, found, mine), line = 1.35 * em, r = .3 * em, edge = 2.2 * em, room = 4 * em;
  const x = scale(ask, edge, width - edge), piled = pile(of.values.map(x), 2 * r);
  const step = Math.min(2 * r, room / Math.max(1, ...piled.map(([, level]) => level + 1))), top = shown.length * line, base = top + room, height = base + 1.6 * em;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren();
  for (const [k, [, from, to, kind]] of shown.entries()) {
    if (from !== to) make('rect', { class: kind, x: x(from), y: (k + 1) * line, width: x(to) - x(from), height: base - (k + 1) * line }, svg);
    else make('line', { class: kind, x1: x(from), x2: x(from), y1: (k + .95) * line, y2: base }, svg);
  }
  make('line', { class: 'axis', x1: edge, x2: width - edge, y1: base, y2: base }, svg);
  for (const [value, text] of ticks(ask)) {
    make('line', { class: 'axis', x1: x(value), x2: x(value), y1: base, y2: base + .3 * em }, svg);
    make('text', { class: 'tick', x: x(value), y: base + 1.35 * em }, svg, text + (value === ask.high && ask.unit ? ' ' + ask.unit : ''));
  }
  for (const [cx, level] of piled) make('circle', { class: 'dot', cx, cy: base - r - 1 - level * step, r: .9 * r }, svg);
  for (const [k, [said, from, to, kind]] of shown.entries()) {
    const label = make('text', { class: kind, y: (k + .75) * line }, svg, said), half = label.getBBox().width / 2;
    label.setAttribute('x', Math.min(width - half, Math.max(half, x((from + to) / 2))));
  }
};

const options = (ask, { values }, found, mine) => node('ul', {}, ...ask.options.map(option => {
  const guesses = values.filter(value => value === option).length;
  const dots = node('span', { class: 'many', 'aria-hidden': 'true' }, ...Array.from({ length: guesses }, () => node('i', {})));
  const said = [[found, 'outcome'], [mine, 'you']].filter(([value]) => value === option).map(([, word]) => node('b', {}, word));
  return node('li', {}, node('span', { class: 'option' }, option, ...said), dots, node('span', { class: 'number' }, String(guesses)));
}));
