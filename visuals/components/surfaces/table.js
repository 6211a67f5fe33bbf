// The heights of each surface as a table: the middle row and column, and as many others as fit.
import { fixed } from '../shared/axes.js';
import { write } from './heights.js';

const MOST = 11; // rows and columns

const cell = (name, text, scope = '') => Object.assign(document.createElement(name), { textContent: text }, scope && { scope });

export const tableOf = (value, s) => {
  const { ticks, axes } = value, middle = (ticks.length - 1) / 2, step = Math.ceil(middle / ((MOST - 1) / 2));
  const shown = [...ticks.keys()].filter(k => (k - middle) % step === 0), name = k => fixed(ticks[k], 2);
  const table = document.createElement('table'), head = document.createElement('thead'), body = document.createElement('tbody');
  head.insertRow().append(cell('td', ''), ...shown.map(c => cell('th', name(c), 'col')));
  for (const r of shown) body.insertRow().append(cell('th', name(r), 'row'), ...shown.map(c => cell('td', write(s.heights[r][c]))));
  const left = step === 1 ? '' : `, every ${step}th place`;
  table.append(cell('caption', `${s.name}: ${axes[2]}. Columns: ${axes[0]}; rows: ${axes[1]}${left}`), head, body);
  return table;
};
