// Draws props.value (see __init__.py). One place of the grid, heads included, can be reached with Tab, the others from
// there with the arrow keys.

export default ({ element, props, watch, trigger }) => {
  const table = element.querySelector('table'), all = element.querySelector('.all'), count = element.querySelector('.count'), effect = element.querySelector('.effect');
  let off = new Set(), told = '[]', last = {}, shape = '', grid = []; // grid[row][column]: the buttons; row 0 and column 0 are the heads

  const ids = (row, column) => { // of the switches that this place switches
    const { rows, columns } = props.value;
    return (row ? [rows[row - 1]] : rows).flatMap(r => (column ? [columns[column - 1]] : columns).map(c => `${r.id}-${c.id}`));
  };

  const press = (row, column) => {
    const own = ids(row, column), every = own.every(id => off.has(id));
    for (const id of own) every ? off.delete(id) : off.add(id);
    tell();
  };

  const tell = () => {
    told = JSON.stringify([...off]);
    last = props.value = { ...props.value, off: [...off], effect: '' };
    mark();
    trigger('toggle', { off: [...off] });
  };

  const button = (row, column, text, says) => {
    const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text, tabIndex: -1 });
    made.setAttribute('aria-label', says.replaceAll('\u00ad', '')); // a column's title may have soft hyphens
    made.addEventListener('click', () => press(row, column));
    made.addEventListener('focus', () => { for (const other of grid.flat()) if (other) other.tabIndex = other === made ? 0 : -1; });
    grid[row] ??= [];
    grid[row][column] = made;
    return made;
  };

  const build = () => {
    const { rows, columns, cells, label } = props.value;
    grid = [];
    const head = document.createElement('tr');
    head.append(document.createElement('td'), ...columns.map((column, k) => {
      const cell = document.createElement('th');
      cell.append(button(0, k + 1, column.title, `${column.title} of all modules: switch`));
      return cell;
    }));
    const lines = rows.map((row, r) => {
      const line = document.createElement('tr'), first = document.createElement('th');
      line.dataset.row = row.id;
      first.append(button(r + 1, 0, row.title, `All of module ${row.title}: switch`));
      line.append(first, ...columns.map((column, c) => {
        const cell = document.createElement('td'), id = `${row.id}-${column.id}`;
        cell.style.setProperty('--role', `var(--role-${column.role})`);
        cell.className = column.reduction ? 'reduction' : '';
        const made = button(r + 1, c + 1, cells[id], `Module ${row.title}, ${column.title}, ${cells[id]} channels`);
        made.setAttribute('role', 'switch');
        made.dataset.id = id;
        cell.append(made);
        return cell;
      }));
      return line;
    });
    table.setAttribute('aria-label', label);
    table.replaceChildren(head, ...lines);
    grid[1][1].tabIndex = 0;
  };

  const mark = () => {
    for (const made of table.querySelectorAll('[role=switch]')) {
      const on = !off.has(made.dataset.id);
      made.setAttribute('aria-checked', on);
      made.textContent = on ? props.value.cells[made.dataset.id] : 'off';
    }
    for (const line of table.querySelectorAll('[data-row]')) line.classList.toggle('chosen', line.dataset.row === props.value.chosen);
    count.textContent = off.size ? `${off.size} of ${ids(0, 0).length} switched off` : '';
    effect.textContent = props.value.effect ?? '';
  };

  const draw = () => {
    if (!props.value) return;
    if (!props.value.rows) props.value = { ...last, ...props.value };
    const value = props.value;
    if (!value.rows) return;
    last = value;
    off = new Set(value.off);
    const now = JSON.stringify([value.rows, value.columns, value.cells]);
    if (now !== shape) build();
    shape = now;
    mark();
    if (JSON.stringify([...off]) !== told) tell(); // it came from elsewhere, such as a link
  };

  table.addEventListener('keydown', event => {
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const row = grid.findIndex(line => line?.includes(event.target));
    if (!by || row < 0) return;
    event.preventDefault();
    grid[row + by[0]]?.[grid[row].indexOf(event.target) + by[1]]?.focus();
  });
  all.addEventListener('click', () => { off.clear(); tell(); });
  watch('value', draw);
  draw();
};
