import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collected } from '../../visuals/components/chart/points.js';

const SERIES = [{ id: 'a', line: true, detail: false }];
const sent = (run, start, points, moments = { label: '', start: 0, new: [] }) => ({
  run, series: SERIES, ended: '{}', new: JSON.stringify({ a: { start, points } }), moments: JSON.stringify(moments),
});

test('points of a run are put together, in whatever order they arrive', () => {
  const run = collected();
  run.take(sent(1, 0, [[1, 10], [2, 20]]));
  run.take(sent(1, 3, [[4, 40]]));
  assert.deepEqual(run.points.a, [[1, 10], [2, 20], [4, 40]]);
  run.take(sent(1, 2, [[3, 30]]));
  assert.deepEqual(run.places, [1, 2, 3, 4]);
});

test('a new run starts empty, and an old one is not heard any more', () => {
  const run = collected();
  run.take(sent(2, 0, [[1, 10]]));
  assert.equal(run.take(sent(1, 1, [[2, 20]])), false);
  assert.deepEqual(run.points.a, [[1, 10]]);
  assert.equal(run.take(sent(3, 0, [[5, 50]])), true);
  assert.deepEqual(run.points.a, [[5, 50]]);
});

test('the numbers are read off at the last place, or nearest to where the chart begins', () => {
  const run = collected(), points = [[1, 10], [3, 30], [5, 50]];
  run.take({ ...sent(1, 0, points), start: null });
  assert.equal(run.first(), 5);
  run.take({ ...sent(2, 0, points), start: 2.7 });
  assert.equal(run.first(), 3);
  run.take({ ...sent(3, 0, []), start: 2.7 });
  assert.equal(run.first(), undefined);
});

test('what is no value changes nothing', () => {
  const run = collected();
  for (const value of [null, undefined, {}, []]) assert.equal(run.take(value), false);
  assert.equal(run.view, null);
});

test('a curve has no value beyond its end by more than its last distance', () => {
  const run = collected();
  run.take(sent(1, 0, [[1, 10], [3, 30]]));
  assert.deepEqual([0, 2, 3, 5, 6].map(x => run.at('a', x)?.[1]), [undefined, 10, 30, 30, undefined]);
});

test('a moment that was chosen stays chosen while others arrive', () => {
  const run = collected(), look = (start, ...moments) => ({ label: 'step', start, new: moments });
  run.take(sent(1, 0, [], look(0, [0, { a: [[1, 0.5]] }], [10, { a: [[1, 0.75]] }])));
  assert.deepEqual(run.points.a, [[1, 0.75]]);
  run.choose(0);
  run.take(sent(1, 0, [], look(2, [20, { a: [[1, 0.9]] }])));
  assert.deepEqual(run.points.a, [[1, 0.5]]);
  run.choose(null);
  assert.deepEqual(run.points.a, [[1, 0.9]]);
});
