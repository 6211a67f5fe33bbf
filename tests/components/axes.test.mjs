import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixed, power, rowsOf, scale, spread, ticks, write } from '../../visuals/components/shared/axes.js';

const linear = (low, high, more = {}) => ({ low, high, decimals: 1, names: [], unit: '', ...more });
const values = axis => ticks(axis).map(([value]) => value);

test('a scale takes both ends of an axis to both ends of the picture', () => {
  const px = scale(linear(10, 30), 50, 250);
  assert.deepEqual([10, 20, 30].map(px), [50, 150, 250]);
});

test('on a logarithmic scale equal factors are equal distances, also upside down', () => {
  const py = scale({ low: 1e-2, high: 100, log: true }, 400, 0);
  assert.deepEqual([0.01, 0.1, 1, 100].map(x => Math.round(py(x))), [400, 300, 200, 0]);
});

test('ticks are round numbers within the axis, with whole ends that have room', () => {
  assert.deepEqual(values(linear(0, 100)), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(linear(-4, 4)).map(([, text]) => text), ['−4', '−2', '0', '2', '4']);
  assert.deepEqual(values(linear(0, 1)), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(values(linear(1, 56)), [1, 20, 40, 56]);
  assert.deepEqual(values(linear(0.3, 0.35)), [0.3, 0.31, 0.32, 0.33, 0.34, 0.35]);
});

test('ticks of a logarithmic axis are powers of ten, seven at most', () => {
  assert.deepEqual(ticks({ low: 1e-6, high: 10, log: true }).map(([, text]) => text), ['10⁻⁶', '10⁻⁴', '10⁻²', '10⁰']);
  assert.deepEqual(values({ low: 1, high: 1000, log: true }), [1, 10, 100, 1000]);
  assert.ok(ticks({ low: 1e-30, high: 1e30, log: true }).length <= 11);
});

test('names stand at the whole numbers from 1 on', () => {
  const axis = linear(1, 2, { names: ['train', 'test'] });
  assert.deepEqual(ticks(axis), [[1, 'train'], [2, 'test']]);
  assert.equal(write(axis, 2), 'test');
  assert.equal(write(axis, 3), '');
});

test('numbers are rounded as Python rounds them', () => {
  const written = { 0.25: '0.2', 0.35: '0.3', 0.75: '0.8', 1.25: '1.2', 12.5: '12.5', '-0.25': '−0.2', 0.05: '0.1', 99.95: '100.0' };
  for (const [value, text] of Object.entries(written)) assert.equal(fixed(+value, 1), text, value);
  assert.deepEqual([0.5, 1.5, 2.5, 3.4].map(value => fixed(value, 0)), ['0', '2', '2', '3']);
  assert.equal(fixed(0.125, 2), '0.12');
});

test('numbers are written with their unit, and far ones with a power of ten', () => {
  assert.equal(write(linear(0, 1, { unit: '%' }), 33.333), '33.3 %');
  const log = { log: true, names: [], unit: '' };
  assert.deepEqual([2.5e-5, 0.5, 0, 3, 2208, 123456].map(x => write(log, x)), ['2.5·10⁻⁵', '0.5', '0', '3', '2208', '1.23·10⁵']);
  assert.equal(power(-12), '10⁻¹²');
});

test('labels are moved apart, and not below the floor', () => {
  const labels = [10, 12, 13].map(y => ({ at: y }));
  spread(labels, 40);
  assert.deepEqual(labels.map(label => label.at), [6, 23, 40]);
});

test('rows of a file have a line for each place, several where a series has it more than once, and levels in each', () => {
  const view = { x: linear(1, 2, { label: 'step' }), series: [{ id: 'a', label: 'A' }, { id: 'b' }], levels: [{ label: 'guess', at: 7 }] };
  const rows = rowsOf(view, { a: [[2, 20], [1, 10]], b: [[2, 200], [2, 201]] });
  assert.deepEqual(rows, [['step', 'A', 'b', 'guess'], [1, 10, undefined, 7], [2, 20, 200, 7], [2, undefined, 201, 7]]);
});
