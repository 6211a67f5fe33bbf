// Colours of signed numbers.
import { fixed } from './axes.js';

// ColorBrewer's PRGn: purple below zero, green above, told apart with any colour vision; zero has no colour.
export const STOPS = ['#40004b', '#762a83', '#9970ab', '#c2a5cf', '#e7d4e8', '#f7f7f7', '#d9f0d3', '#a6dba0', '#5aae61', '#1b7837', '#00441b'];
export const RGB = STOPS.map(hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)));

// [red, green, blue] of a value on a scale from -limit to limit.
export const colour = (value, limit) => {
  const at = Math.min(1, Math.max(0, (value / limit + 1) / 2)) * (RGB.length - 1), low = Math.min(Math.floor(at), RGB.length - 2);
  return RGB[low].map((c, k) => Math.round(c + (RGB[low + 1][k] - c) * (at - low)));
};
export const signed = (number, decimals) => (number > 0 ? '+' : '') + fixed(number, decimals);
