import assert from 'node:assert/strict';
import { test } from 'node:test';

const attributes = new Map(), stored = {}, told = [];
globalThis.sessionStorage = { getItem: name => stored[name] ?? null, setItem: (name, text) => { stored[name] = text; } };
globalThis.document = {
  documentElement: {
    getAttribute: name => attributes.get(name) ?? null,
    setAttribute: (name, value) => attributes.set(name, value),
    removeAttribute: name => attributes.delete(name),
  },
  dispatchEvent: event => told.push(event.detail),
};
const SCRIPT = '../../visuals/components/shared/answered.js';
let loads = 0;
const loaded = () => { // the page, anew
  attributes.clear();
  return import(`${SCRIPT}?${++loads}`);
};

test('an answer lasts until it is taken back, and what a link shows ends with the page', async () => {
  let { answered, mark } = await loaded();
  mark('deeper', 'given');
  mark('deeper', 'given');
  mark('wider', 'off');
  mark('noisier', 'skipped');
  assert.deepEqual(told, ['deeper', 'wider', 'noisier']);
  ({ answered, mark } = await loaded());
  assert.deepEqual(['deeper', 'wider', 'noisier'].map(answered), ['given', null, 'skipped']);
  mark('deeper', null);
  ({ answered } = await loaded());
  assert.equal(answered('deeper'), null);
});

test('nothing goes wrong where something else stands there', async () => {
  for (const text of ['', '{', '3', 'null', '["x"]', '{"deeper": 1}']) {
    stored['answered-lessons'] = text;
    const { answered } = await loaded();
    assert.equal(answered('deeper'), null);
  }
});
