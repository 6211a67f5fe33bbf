import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOME, moved } from '../../visuals/components/surfaces/camera.js';
import { layout, traces } from '../../visuals/components/surfaces/figure.js';
import { place, range, write } from '../../visuals/components/surfaces/heights.js';

const VALUE = {
  ticks: [-1, 0, 1], cut: 4, axes: ['direction 1', 'direction 2', 'loss'], detail: 'error',
  surfaces: ['plain', 'residual'].map(name => ({ name, colour: `var(--role-${name})`, heights: [[1, 2, 'inf'], [9, 0.5, null], [1e-4, 1e6, 3]], details: [[], [], []] })),
};
const LOOK = view => ({ view, camera: HOME, css: () => '#123456', heights: range(VALUE, 'linear') });

test('heights are written short, and what is no number in words', () => {
  assert.deepEqual([0, 0.5, 12.345, 1e-4, 2.5e6, 'inf', null].map(write), ['0', '0.5', '12.3', '1.00·10⁻⁴', '2.50·10⁶', 'not finite', '']);
});

test('the linear scale ends at the cut, the logarithmic one at powers of ten around all heights', () => {
  assert.deepEqual(range(VALUE, 'linear').texts, ['0', '1', '2', '3', '≥ 4']);
  const { low, high } = range(VALUE, 'log');
  assert.deepEqual([low, high], [-4, 6]);
});

test('what is higher than the scale, or not finite, stands at its end', () => {
  const linear = range(VALUE, 'linear'), log = range(VALUE, 'log');
  assert.deepEqual([9, 'inf', null, 0.5].map(h => place(h, linear)), [4, 4, null, 0.5]);
  assert.deepEqual([100, 'inf', 0].map(h => place(h, log)), [2, 6, -4]);
});

test('a height that is given is kept', () => {
  assert.equal(layout(VALUE, { ...LOOK('surface'), tall: 338 }, 821).height, 338);
  assert.ok(layout(VALUE, LOOK('surface'), 821).height > 338);
});

test('every surface has a scene of its own, all with one camera and letters of 14 px', () => {
  const made = layout(VALUE, LOOK('surface'), 1000);
  assert.deepEqual([made.scene.camera, made.scene2.camera], [HOME, HOME]);
  assert.deepEqual([made.font.size, made.scene.xaxis.tickfont.size], [14, 14]);
  assert.deepEqual(traces(VALUE, LOOK('surface')).map(trace => trace.type), ['surface', 'scatter3d', 'surface', 'scatter3d']);
  assert.deepEqual(traces(VALUE, LOOK('contour')).map(trace => trace.type), ['contour', 'scatter', 'contour', 'scatter']);
});

test('the numbers on axes and scale are not tilted', () => {
  const [solid, flat] = ['surface', 'contour'].map(view => layout(VALUE, LOOK(view), 390));
  const axes = [solid.scene.xaxis, solid.scene.yaxis, solid.scene.zaxis, flat.xaxis, flat.yaxis, solid.coloraxis.colorbar];
  assert.deepEqual(axes.map(axis => axis.tickangle), axes.map(() => 0));
});

test('the camera turns around the surfaces at the same distance, and comes nearer on its line', () => {
  const far = ({ eye: { x, y, z } }) => Math.hypot(x, y, z), near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9);
  near(far(moved(HOME, 'left')), far(HOME));
  near(far(moved(HOME, 'nearer')), 0.85 * far(HOME));
  near(moved(moved(HOME, 'left'), 'right').eye.x, HOME.eye.x);
  assert.ok(moved(HOME, 'up').eye.z > HOME.eye.z);
  assert.equal(moved(moved(HOME, 'up'), 'reset'), HOME);
});
