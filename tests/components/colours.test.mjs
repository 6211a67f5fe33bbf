import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainColour } from '../../visuals/components/shared/downloads.js';
import { bytesOf, ramp } from '../../visuals/components/shared/ramp.js';
import { RGB, colour, signed } from '../../visuals/components/shared/signed.js';

test('zero has no colour, and both signs are equally far from it', () => {
  assert.deepEqual(colour(0, 2), [0xf7, 0xf7, 0xf7]);
  assert.deepEqual([colour(-2, 2), colour(2, 2)], [RGB[0], RGB.at(-1)]);
});

test('beyond the limit the colour stays', () => {
  assert.deepEqual([colour(-9, 2), colour(9, 2)], [RGB[0], RGB.at(-1)]);
});

test('between two colours they are mixed', () => {
  const half = colour(0.2, 2), [from, to] = [RGB[5], RGB[6]];
  assert.deepEqual(half, from.map((c, k) => Math.round((c + to[k]) / 2)));
});

test('a signed number carries its sign, a true minus', () => {
  assert.deepEqual([1.25, -0.5, 0].map(n => signed(n, 2)), ['+1.25', '−0.50', '0.00']);
});

test('a ramp goes from black through the role to white', () => {
  globalThis.document = { documentElement: null };
  globalThis.getComputedStyle = () => ({ getPropertyValue: name => name === '--role-3x3' ? ' #009E73' : '' });
  const colours = ramp('3x3');
  assert.equal(colours.length, 256);
  assert.deepEqual([colours[0], colours[128], colours[255]], [[0, 0, 0], [0, 0x9e, 0x73], [255, 255, 255]]);
});

test('base64 becomes bytes', () => {
  assert.deepEqual([...bytesOf('AAH/')], [0, 1, 255]);
});

test('a mixed colour is written as programs other than browsers read it', () => {
  assert.equal(plainColour('color(srgb 1 0.5 0)'), 'rgb(255,128,0)');
  assert.equal(plainColour('rgb(1, 2, 3)'), 'rgb(1, 2, 3)');
});
