// The heights of all surfaces in words, and their places on the scale in use. A height is a number, null where nothing was
// measured, or "inf".
import { power } from '../shared/axes.js';

export const write = height => {
  if (height === null) return '';
  if (height === 'inf') return 'not finite';
  if (height === 0 || (height >= 1e-3 && height < 1e5)) return String(+height.toPrecision(3));
  const [front, exponent] = height.toExponential(2).split('e');
  return `${front}·${power(+exponent)}`;
};

export const all = value => value.surfaces.flatMap(s => s.heights.flat());
export const finite = value => all(value).filter(height => typeof height === 'number');

// The range of heights on a scale, the same for all surfaces, with its ticks.
export const range = (value, scale) => {
  if (scale === 'linear') {
    const values = Array.from({ length: value.cut + 1 }, (_, k) => k);
    return { scale, low: 0, high: value.cut, values, texts: values.map(k => k < value.cut ? String(k) : `≥ ${k}`) };
  }
  const logs = finite(value).filter(height => height > 0).map(Math.log10);
  const low = Math.floor(Math.min(0, ...logs)), high = Math.ceil(Math.max(1, ...logs)), step = Math.ceil((high - low) / 7);
  const values = [];
  for (let k = Math.ceil(low / step) * step; k <= high; k += step) values.push(k);
  return { scale, low, high, values, texts: values.map(k => Math.abs(k) < 4 ? String(10 ** k).replace(/(\.0*1).*/, '$1') : power(k)) };
};

export const place = (height, { scale, low, high }) => {
  if (height === null) return null;
  if (height === 'inf') return high;
  return Math.min(high, scale === 'linear' ? height : Math.max(low, Math.log10(height)));
};
