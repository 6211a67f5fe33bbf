// Everybody a seed, on the projector: each seed is a column, into which the errors of its two nets fall once they are trained.
import { make as node } from '../components/predict/controls.js';
import { make, scale, ticks } from '../components/shared/axes.js';

const HIGHEST = [2, 5, 10, 20, 50, 100]; // %: ends of the axis
const KINDS = ['plain', 'residual'], SIGNS = ['■', '●'];

// The axis on which all errors are.
export const axis = done => {
  const most = Math.max(0, ...done.flatMap(([, ...errors]) => errors.filter(error => error !== null)));
  return { low: 0, high: HIGHEST.find(end => end >= most) ?? 100, decimals: 0, unit: '%' };
};

// Every how many seeds one is named, so that their numbers do not touch: `wide` px are there for a number.
export const every = (column, wide) => [1, 2, 5, 10, 30].find(many => many * column >= wide) ?? 30;

const words = ({ nets, seeds, done }) => {
  const said = done.map(([seed, ...errors]) => `seed ${seed}: ${errors.map((error, k) => `${nets[k]} ${error === null ? 'diverged' : error.toFixed(1) + ' %'}`).join(', ')}`);
  return `Training error of ${nets.join(' and ')} for ${done.length} of ${seeds} seeds. ${said.join('; ')}`;
};

// A figure, and what shows a race there as it is now.
export const seedFigure = () => {
  const place = node('figure', { class: 'seeds' }), caption = node('figcaption', {});
  place.append(caption);
  const svg = make('svg', { role: 'img' }, place);
  let race = null, fallen = new Set();
  const redraw = () => { if (race) draw(svg, race, fallen); };
  new ResizeObserver(redraw).observe(place);
  const show = found => {
    fallen = new Set((race ?? found).done.map(([seed]) => seed));
    race = found;
    caption.replaceChildren(...race.nets.map((net, k) => key(net, k)), node('span', {}, 'training error in %, for each seed'));
    svg.setAttribute('aria-label', words(race));
    redraw();
  };
  return { place, show };
};

const key = (net, k) => node('span', {}, node('i', { class: KINDS[k], 'aria-hidden': 'true' }, SIGNS[k]), ` ${net}`);

// A net's error, told apart from the other's by its shape as well; a net that has diverged has none.
const mark = (k, x, y, r, pair) => {
  if (k) make('circle', { class: KINDS[k], cx: x, cy: y, r }, pair);
  else make('rect', { class: KINDS[k], x: x - .9 * r, y: y - .9 * r, width: 1.8 * r, height: 1.8 * r }, pair);
};

const draw = (svg, { seeds, done, training }, fallen) => {
  const width = svg.parentNode.clientWidth, em = parseFloat(getComputedStyle(svg).fontSize);
  if (!svg.isConnected || width < 8 * em) return; // it has gone, or is just coming
  const left = 2.8 * em, top = .7 * em, base = top + 10 * em, of = axis(done), y = scale(of, base, top);
  const column = (width - left) / seeds, x = seed => left + (seed - .5) * column, r = Math.min(.35 * column, .3 * em);
  svg.setAttribute('viewBox', `0 0 ${width} ${base + 1.6 * em}`);
  svg.replaceChildren();
  for (const [value, text] of ticks(of)) {
    make('line', { class: value ? 'grid' : 'axis', x1: left, x2: width, y1: y(value), y2: y(value) }, svg);
    make('text', { class: 'error', x: left - .5 * em, y: y(value) + .35 * em }, svg, text);
  }
  const step = every(column, 1.4 * em);
  make('text', { class: 'error', x: left - .5 * em, y: base + 1.3 * em }, svg, 'seed');
  for (let seed = 1; seed <= seeds; seed++) {
    if (seed % step === 0 || seed === 1) make('text', { class: 'seed', x: x(seed), y: base + 1.3 * em }, svg, String(seed));
    if (training.includes(seed)) make('line', { class: 'training', x1: x(seed), x2: x(seed), y1: base, y2: top }, svg);
  }
  for (const [seed, ...errors] of done) {
    const pair = make('g', { class: fallen.has(seed) ? 'pair' : 'pair new' }, svg), [from, to] = errors.map(error => error === null ? null : y(error));
    if (from !== null && to !== null) make('line', { class: 'gap', x1: x(seed), x2: x(seed), y1: from, y2: to }, pair);
    errors.forEach((error, k) => {
      if (error === null) make('text', { class: `seed ${KINDS[k]}`, x: x(seed), y: top + (k + 1) * em }, pair, '×');
      else mark(k, x(seed), y(error), r, pair);
    });
  }
};
