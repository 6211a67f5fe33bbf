import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside, crossOf, inkOf, linesOf, settle } from '../../visuals/components/chart/labels.js';

const AREA = { left: 60, right: 460, top: 10, bottom: 210 };
const settled = (places, ...lines) => settle(places.map(place => ({ place, width: 120 })), inkOf(lines), AREA);
const clear = ({ x, at, width }, lines) => inkOf(lines).every(([a, b]) => a < x || a > x + width || b < at - 13 || b > at + 4);

test('a name stands at the left above its line, where nothing is in its way', () => {
  const [name] = settled([100], [[60, 200], [460, 150]]);
  assert.deepEqual([name.x, name.at], [68, 95]);
});

test('a name gets out of the way of a curve, also between its points', () => {
  const steep = [[60, 20], [200, 200], [460, 205]];
  const [name] = settled([100], steep);
  assert.ok(clear(name, [steep]));
  assert.equal(name.at, 95);
});

test('a name gets out of the way of a mark at whose middle it would not be', () => {
  const mark = crossOf([120, 80], 5), [name] = settled([100], ...mark);
  assert.ok(clear(name, mark));
});

test('a name with curves on both sides of its line stands farther off, with a leader', () => {
  const both = [[[60, 92], [460, 92]], [[60, 108], [460, 108]]];
  const [name] = settled([100], ...both);
  assert.ok(clear(name, both));
  assert.equal(name.leader, name.at + 4);
});

test('names whose lines are close do not cross, and stand within the picture', () => {
  for (const places of [[100, 103], [12, 14], [205, 208], [100, 100, 101]]) {
    const names = settled(places);
    for (const [k, one] of names.entries()) {
      assert.ok(one.at >= AREA.top + 12 && one.at <= AREA.bottom && one.x >= AREA.left && one.x + one.width <= AREA.right);
      for (const other of names.slice(k + 1)) assert.ok(Math.abs(one.at - other.at) >= 13 || Math.abs(one.x - other.x) >= 120);
    }
  }
});

test('names stand in the order of their lines, also where curves leave little room', () => {
  const [upper, lower] = settled([191, 200], [[60, 197], [460, 207]], [[60, 209], [460, 208]], [[60, 30], [180, 195]]);
  assert.ok(upper.at < lower.at);
  assert.ok(upper.at <= lower.at - 13 || Math.abs(upper.x - lower.x) >= 120);
});

test('a name that is wider than the picture begins at its left', () => {
  const [name] = settle([{ place: 100, width: 900 }], [], AREA);
  assert.equal(name.x, 68);
});

test('a name is nearer to its own line than to another, whatever lies below it', () => {
  const crowd = [196, 200, 204, 208].map(y => [[60, y], [460, y]]);
  const names = settled([170, 206], ...crowd);
  const nearest = ({ at }) => [170, 206].toSorted((a, b) => Math.abs(a - at + 4) - Math.abs(b - at + 4))[0];
  assert.deepEqual(names.map(nearest), [170, 206]);
});

test('no leader runs through another name', () => {
  const crowd = [[[60, 187], [460, 187]], [[60, 208], [460, 208]]];
  const [upper, lower] = settle([{ place: 193, width: 240 }, { place: 200, width: 260 }], inkOf(crowd), AREA);
  assert.ok(upper.leader !== null && upper.at < lower.at);
  assert.ok(upper.x + 8 < lower.x || upper.x + 8 > lower.x + 260);
});

test('the name of a point stands beside it, clear of the curves, of other names and within the picture', () => {
  const peak = [[60, 200], [200, 80], [300, 150], [460, 20]], points = [[200, 80], [300, 150], [458, 12], [62, 208]];
  const names = beside(points.map(point => ({ point, width: 120 })), inkOf([peak]), AREA);
  for (const name of names) {
    const { x, at, point: [a, b] } = name;
    assert.ok(x >= AREA.left && x + 120 <= AREA.right && at >= AREA.top + 12 && at <= AREA.bottom);
    assert.ok(Math.max(x - a, a - x - 120) <= 10 && Math.abs(at - 4 - b) <= 24);
    assert.ok(clear(name, [peak, ...names.filter(other => other !== name).flatMap(linesOf)]));
  }
});
