import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { address, beside, chart, follow, go, here, known, nearest } from '../../visuals/components/shared/way.js';

const lesson = (name, ...sections) => ({ name, title: name, sections: sections.map(at => ({ name: at, title: at.toUpperCase() })) });
const LESSONS = [lesson('deeper', 'race', 'signal'), lesson('wider', 'see')];

beforeEach(() => chart(LESSONS));

test('what is unknown becomes the first: the lesson, or the section of the lesson', () => {
  assert.deepEqual(nearest({}), { tab: 'deeper', at: 'race' });
  assert.deepEqual(nearest({ tab: 'deeper', at: 'signal' }), { tab: 'deeper', at: 'signal' });
  assert.deepEqual(nearest({ tab: 'wider', at: 'signal' }), { tab: 'wider', at: 'see' });
  assert.deepEqual(nearest({ tab: '__proto__', at: 'constructor' }), { tab: 'deeper', at: 'race' });
});

test('the way leads through all lessons and ends at both ends', () => {
  go({ tab: 'deeper', at: 'signal' });
  assert.deepEqual([beside(-1).at, beside(1)], ['race', { tab: 'wider', at: 'see', title: 'SEE' }]);
  go({ tab: 'wider', at: 'see' });
  assert.equal(beside(1), null);
  go({});
  assert.equal(beside(-1), null);
});

test('those who follow are told, until they have gone', () => {
  const gone = new AbortController(), told = [];
  follow(place => told.push(place.at), gone.signal);
  go({ tab: 'wider' });
  gone.abort();
  go({ tab: 'deeper' });
  assert.deepEqual(told, ['see']);
  assert.deepEqual(here(), { tab: 'deeper', at: 'race' });
});

test('a place has an address, which says where it is shown on a projector', () => {
  const shown = new Set();
  globalThis.document = { documentElement: { hasAttribute: name => shown.has(name) } };
  assert.equal(address({ tab: 'wider', at: 'see' }), '?tab=wider&at=see');
  shown.add('data-present');
  assert.equal(address({ tab: 'wider', at: 'see' }), '?tab=wider&at=see&present=on');
  assert.equal(known(), LESSONS);
});
