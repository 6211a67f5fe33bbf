import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvFile } from '../../visuals/components/shared/downloads.js';

test('cells with a comma, a quote or a new line are quoted, and what is missing is empty', async () => {
  const text = await csvFile([['a,b', 'say "so"', 'two\nlines'], [1, undefined, null], [0, '', -0.5]]).text();
  assert.equal(text, '"a,b","say ""so""","two\nlines"\n1,,\n0,,-0.5\n');
});
