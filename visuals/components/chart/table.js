// The numbers of a chart as a table on the page: a line for each place, a column for each series that is drawn as a line.
import { write } from '../shared/axes.js';

const cell = (name, text, scope = '') => Object.assign(document.createElement(name), { textContent: text }, scope && { scope });

export const tableOf = (view, series, points, places) => {
  const table = document.createElement('table'), columns = series.map(s => new Map(points[s.id]));
  const head = document.createElement('thead'), body = document.createElement('tbody');
  head.insertRow().append(cell('th', view.x.label, 'col'), ...series.map(s => cell('th', s.label, 'col')));
  for (const x of places) {
    const values = columns.map(column => column.get(x)).map(y => cell('td', y == null ? '' : write(view.y, y)));
    body.insertRow().append(cell('th', write(view.x, x), 'row'), ...values);
  }
  table.append(head, body);
  return table;
};
