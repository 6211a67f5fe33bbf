// Empty axes to sketch on, by hand: as wide as their place.
import { make as node } from '../components/predict/controls.js';
import { make, scale, ticks } from '../components/shared/axes.js';

const WIDTH = 400, HEIGHT = 310, LEFT = 62, RIGHT = 20, TOP = 10, BOTTOM = 44;

// `x` and `y`: an Axis of chart/__init__.py each.
export const axes = (x, y) => {
  const figure = node('figure', { class: 'axes' }), base = HEIGHT - BOTTOM, middle = (TOP + base) / 2;
  const svg = make('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Empty axes: ${x.label} and ${y.label}` }, figure);
  const px = scale(x, LEFT, WIDTH - RIGHT), py = scale(y, base, TOP);
  for (const [value, text] of ticks(y)) {
    make('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: py(value), y2: py(value) }, svg);
    make('text', { x: LEFT - 6, y: py(value) + 4, 'text-anchor': 'end' }, svg, text);
  }
  for (const [value, text] of ticks(x)) {
    make('line', { x1: px(value), x2: px(value), y1: base, y2: base + 4 }, svg);
    make('text', { x: px(value), y: base + 18, 'text-anchor': 'middle' }, svg, text);
  }
  make('path', { d: `M${LEFT},${TOP} V${base} H${WIDTH - RIGHT}`, fill: 'none' }, svg);
  make('text', { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, svg, named(x));
  make('text', { x: 13, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 13 ${middle})` }, svg, named(y));
  return figure;
};

const named = ({ label, unit }) => label + (unit ? `, ${unit}` : '');
