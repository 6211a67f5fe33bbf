import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { answers, forget, keep, kept } from '../../visuals/components/predict/kept.js';

let stored;
const storage = { getItem: name => stored[name] ?? null, setItem: (name, text) => { stored[name] = text; } };
beforeEach(() => {
  stored = {};
  globalThis.sessionStorage = storage;
});

test('an answer is kept by its question, and forgotten', () => {
  keep('deeper: How many?', { state: 'given', values: { a: 3 } });
  keep('wider: Which?', { state: 'skipped', values: {} });
  assert.deepEqual(kept('deeper: How many?'), { state: 'given', values: { a: 3 } });
  forget('deeper: How many?');
  assert.equal(kept('deeper: How many?'), null);
  assert.equal(kept('wider: Which?').state, 'skipped');
});

test('only the newest are kept', () => {
  for (let k = 0; k < 100; k++) keep(`question ${k}`, { state: 'skipped' });
  assert.equal(JSON.parse(stored.guesses).length, 40);
  assert.equal(kept('question 0'), null);
  assert.ok(kept('question 99'));
});

test('nothing goes wrong where a browser keeps nothing, or something else stands there', () => {
  for (const text of ['', '{', '3', '{"a": 1}', '[1, null, "x"]']) {
    stored.guesses = text;
    assert.equal(kept('?'), null);
  }
  const refuse = () => { throw new Error('not allowed'); };
  globalThis.sessionStorage = { getItem: refuse, setItem: refuse };
  keep('?', { state: 'skipped' });
  assert.equal(kept('?'), null);
});

test('an answer must be possible for all that is asked', () => {
  const asks = [{ id: 'a', low: 0, high: 100 }, { id: 'b', options: ['1x1', '3x3'] }];
  assert.ok(answers(asks, { a: 100, b: '3x3' }));
  for (const values of [null, {}, { a: 1 }, { a: '1', b: '1x1' }, { a: 101, b: '1x1' }, { a: NaN, b: '1x1' }, { a: 1, b: '7x7' }]) assert.ok(!answers(asks, values));
});
