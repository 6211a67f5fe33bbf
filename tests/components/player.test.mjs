import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf } from '../../visuals/components/player/film.js';
import { statistics } from '../../visuals/components/player/pixels.js';
import { captions, formula, lowered, position, subscript } from '../../visuals/components/player/words.js';

const text = frame => formula(frame).map(([part]) => part).join('');
const THERE = { way: 'there', step: 2, t: 500, signal: 0.279, noise: 0.96 }, BACK = { ...THERE, way: 'back' };

test('the formula of a frame holds its numbers', () => {
  assert.equal(text(THERE), 'x₅₀₀ = 0.279 · x₀ + 0.960 · ε');
  assert.equal(text(BACK), 'x̂₀ = ( x₅₀₀ − 0.960 · εθ ) / 0.279');
  assert.equal(text({ ...BACK, t: 0 }), 'x₀, drawn by the network');
});

test('captions say which equation made the large picture, and where no noise is', () => {
  assert.match(captions(THERE, null, true, false).xt, /^noise in one go: t = 500/);
  assert.match(captions(THERE, null, false, false).xt, /^adding noise: t = 500/);
  assert.equal(captions(BACK, { t: 400 }, false, false).other, 'after this step, x₄₀₀');
  assert.equal(captions({ ...THERE, t: 0 }, null, false, false).eps, 'no noise yet');
  assert.match(captions({ ...BACK, t: 0 }, null, false, true).xt, /the new pictures/);
});

test('the θ of εθ stands below the line', () => {
  assert.deepEqual(lowered('(noise · εθ) / 2'), [['(noise · ε'], ['θ', 'low'], [') / 2']]);
  assert.deepEqual(lowered('no noise yet'), [['no noise yet']]);
});

test('a place is told in words', () => {
  assert.equal(position(THERE), 'adding noise, t = 500');
  assert.equal(position(BACK), 'removing noise, t = 500');
  assert.equal(subscript(1000), '₁₀₀₀');
});

test('the film has its first frame in the middle of the first picture, its last in that of the last', () => {
  assert.deepEqual([placeOf(0, 50), placeOf(49, 50)], [100 / 36, 100 - 100 / 36]);
  assert.equal(placeOf(0, 1), 100 / 36);
});

test('mean and standard deviation are those of the sample, in all its colours', () => {
  const width = 64, data = new Uint8ClampedArray(4 * width * width).fill(255);
  for (let y = 0; y < 32; y++) for (let x = 32; x < 64; x++) data.set([0, 100, 200], 4 * (y * width + x));
  const image = { width, height: width, data };
  assert.deepEqual(statistics(image, 0), [255, 0]);
  const [mean, deviation] = statistics(image, 1);
  assert.deepEqual([mean, Math.round(deviation * 1000)], [100, 81650]);
  assert.equal(statistics(image, null)[0], (3 * 255 + 100) / 4);
});
