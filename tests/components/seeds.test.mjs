import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axis, every } from '../../visuals/classroom/seeds.js';

test('the axis goes on to the next round number above the largest error, whatever has diverged', () => {
  assert.equal(axis([]).high, 2);
  assert.equal(axis([[1, 4.2, 1.1], [2, null, 5]]).high, 5);
  assert.equal(axis([[1, 71.4, 3.1]]).high, 100);
});

test('as many seeds are named as there is room for', () => {
  assert.deepEqual([40, 30, 20, 8, 3, 1].map(column => every(column, 34)), [1, 2, 2, 5, 30, 30]);
});
