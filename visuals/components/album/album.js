// Draws props.value (see __init__.py). A message brings only the pictures that are new; those of the same run stay.
import { FONT, background, csvFile, downloads } from '../shared/downloads.js';

const TOUCH = matchMedia('(hover: none)');

export default ({ element, props, watch }) => {
  const figure = element.querySelector('.album'), rows = element.querySelector('.rows'), table = element.querySelector('.table');
  const large = element.querySelector('dialog'), reading = element.querySelector('.reading'), LEAD = -1;
  let run = null, heads = [], cells = new Map(); // cells: "row,column" -> what is drawn there

  const make = (tag, options = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), options);
    node.append(...children);
    return node;
  };
  const ordered = () => [...cells.values()].sort((a, b) => a.row - b.row || a.column - b.column);

  const enlarge = cell => {
    large.querySelector('img').src = cell.src;
    large.querySelector('img').alt = cell.says;
    large.querySelector('p').textContent = told(cell);
    large.showModal();
  };

  // What is said of the picture, or of the row, that is pointed at; else what the marks mean.
  const told = ({ row, says }) => `${heads[row].title}: ${says}. ${heads[row].note}`;
  const read = event => {
    const row = [...rows.children].indexOf(event?.target.closest?.('.row')), place = event?.target.closest?.('[data-place]')?.dataset.place;
    const words = cells.has(place) ? told(cells.get(place)) : heads[row]?.note ? `${heads[row].title}: ${heads[row].note}` : '';
    reading.textContent = words || legend();
  };
  const legend = () => [props.value?.legend, TOUCH.matches ? 'Press a picture to enlarge it and to read more.' : 'Point at a picture or a row to read more; press a picture to enlarge it.'].filter(Boolean).join(' ');

  // One picture of the album is reached by the Tab key, the others from there by the arrow keys.
  const reach = button => {
    rows.querySelectorAll('button[tabindex="0"]').forEach(other => { other.tabIndex = -1; });
    button.tabIndex = 0;
  };
  const walk = event => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const from = event.target.closest('[data-place]');
    if (!by || !from) return;
    event.preventDefault();
    const [row, column] = from.dataset.place.split(',').map(Number);
    const to = rows.querySelector(`[data-place="${row + by[0]},${column + by[1]}"] button:not(:disabled)`);
    if (to) { reach(to); to.focus(); }
  };

  const emptyCell = (row, column) => {
    const cell = make('div', { className: column === LEAD ? 'cell lead' : 'cell' }, make('button', { type: 'button', disabled: true, tabIndex: -1 }));
    cell.dataset.place = `${row},${column}`;
    cell.dataset.mark = '';
    cell.querySelector('button').setAttribute('aria-label', 'Not computed yet');
    return cell;
  };

  const layOut = () => rows.replaceChildren(...heads.map((head, row) => make('section', { className: 'row' },
    make('div', { className: 'head' }, make('h3'), make('p')),
    make('div', { className: 'cells' }, ...Array.from({ length: head.columns }, (_, column) => emptyCell(row, column))))));

  const put = cell => {
    let place = rows.querySelector(`[data-place="${cell.row},${cell.column}"]`);
    if (!place && cell.column === LEAD) {
      place = emptyCell(cell.row, LEAD);
      rows.children[cell.row].querySelector('.head').append(place);
    }
    if (!place) return;
    cells.set(place.dataset.place, cell);
    const button = place.querySelector('button');
    if (!button.firstChild) button.append(make('img', { alt: '' }));
    button.firstChild.src = cell.src;
    button.disabled = false;
    button.onclick = () => { reach(button); enlarge(cell); };
    button.setAttribute('aria-label', cell.says);
    place.dataset.mark = cell.mark;
    if (!rows.querySelector('button[tabindex="0"]')) button.tabIndex = 0;
  };

  const writeTable = () => {
    const lines = heads.map((head, row) => make('tr', {}, Object.assign(make('th', { textContent: head.title }), { scope: 'row' }),
      make('td', { textContent: head.note }),
      ...ordered().filter(c => c.row === row && c.column !== LEAD).map(c => make('td', { textContent: c.caption.replace('\n', ' ') }))));
    table.replaceChildren(make('table', {}, make('tbody', {}, ...lines)));
  };

  const draw = () => {
    const value = props.value;
    if (!value || value.run === undefined || (run !== null && value.run < run)) return;
    const wanted = JSON.parse(value.rows);
    if (value.run !== run) {
      [run, heads, cells] = [value.run, wanted, new Map()];
      large.close();
      layOut();
      figure.style.setProperty('--rows', heads.length);
      figure.style.setProperty('--columns', Math.max(...heads.map(head => head.columns)));
    }
    heads = wanted;
    heads.forEach(({ title, short }, row) => {
      const head = rows.children[row].querySelector('.head');
      head.querySelector('h3').textContent = title;
      head.querySelector('p').textContent = short;
    });
    JSON.parse(value.new).forEach(put);
    figure.setAttribute('aria-label', value.label);
    table.setAttribute('aria-label', `Captions: ${value.label}`);
    writeTable();
    read();
    Object.assign(figure.dataset, { run, pictures: cells.size, captions: [...cells.values()].filter(c => c.caption).length });
  };

  const loaded = src => new Promise(resolve => { const image = new Image(); image.onload = () => resolve(image); image.src = src; });

  // The album as it is on a wide screen: names on the left, pictures of 96 px with their captions.
  const png = async () => {
    const SIDE = 96, GAP = 12, NAMES = 220, LINE = 16, HIGH = SIDE + 3 * LINE + GAP, all = ordered();
    const first = Math.min(0, ...all.map(cell => cell.column)), across = Math.max(...heads.map(head => head.columns)) - first;
    const wide = NAMES + across * (SIDE + GAP);
    const canvas = make('canvas', { width: 2 * wide, height: 2 * (HIGH * heads.length + GAP) }), pen = canvas.getContext('2d');
    pen.scale(2, 2);
    pen.fillStyle = background(figure);
    pen.fillRect(0, 0, wide, canvas.height);
    pen.imageSmoothingEnabled = false;
    const ink = getComputedStyle(figure).color;
    heads.forEach((head, row) => {
      pen.fillStyle = ink;
      pen.textAlign = 'left';
      pen.font = `600 14px ${FONT}`;
      pen.fillText(head.title, GAP, row * HIGH + GAP + LINE, NAMES - 2 * GAP);
    });
    for (const cell of all) {
      const x = NAMES + (cell.column - first) * (SIDE + GAP), y = cell.row * HIGH + GAP;
      pen.drawImage(await loaded(cell.src), x, y, SIDE, SIDE);
      pen.fillStyle = ink;
      pen.textAlign = 'center';
      pen.font = `12px ${FONT}`;
      cell.caption.split('\n').forEach((line, k) => pen.fillText(line, x + SIDE / 2, y + SIDE + (k + 1) * LINE, SIDE + GAP));
    }
    return new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
  };

  const csv = () => csvFile([['row', 'about', 'picture', 'caption'], ...ordered().filter(c => c.column !== LEAD)
    .map(c => [heads[c.row].title, heads[c.row].note, c.column + 1, c.caption.replace('\n', ' ')])]);

  rows.addEventListener('keydown', walk);
  for (const kind of ['pointerover', 'focusin']) rows.addEventListener(kind, read);
  for (const kind of ['pointerleave', 'focusout']) rows.addEventListener(kind, () => read());
  downloads(element.querySelector('.downloads'), () => props.value?.label ?? 'pictures', { PNG: png, CSV: csv });
  watch('value', draw);
  draw();
};
