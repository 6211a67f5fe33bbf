// Draws props.value (see __init__.py) as a grid of coloured cells with their numbers.
import { STOPS, colour, signed } from '../shared/signed.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { onResize } from '../shared/watching.js';
import { unfolding } from '../shared/unfolding.js';

export default ({ element, props, watch, signal }) => {
  const plot = element.querySelector('.plot'), picture = plot.querySelector('svg'), details = element.querySelector('details');
  const HEAD = 26, FIRST = 38, WIDE = 96; // px: the columns' titles, the rows' names, from which width on a cell shows its interval
  const LINE = 15; // px: of a title that takes several
  const TAG = 18; // px: what names a guess, below the columns' titles
  const FILE = 760; // px: width of a saved picture
  let view = null;

  const SOFT = '\u00ad', plain = title => title.replaceAll(SOFT, '');

  const make = (parent, name, attributes, text) => {
    const node = parent.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
    for (const [key, found] of Object.entries(attributes)) node.setAttribute(key, found);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const sure = (row, column) => view.low[row][column] !== null && (view.low[row][column] > 0 || view.high[row][column] < 0);

  const drawCell = (into, row, column, x, y, width, height) => {
    const value = view.values[row][column], [low, high] = [view.low[row][column], view.high[row][column]];
    const box = { x: x + 1, y: y + 1, width: width - 2, height: height - 2, rx: 3 };
    if (value === null) { make(into, 'rect', { ...box, class: 'empty' }); return; }
    const [red, green, blue] = colour(value, view.limit), dark = .3 * red + .59 * green + .11 * blue < 125;
    make(into, 'rect', { ...box, fill: `rgb(${red},${green},${blue})` });
    const ink = `fill:${dark ? '#fff' : '#111'}`, interval = width >= WIDE && low !== null, middle = x + width / 2;
    make(into, 'text', { x: middle, y: y + height / 2 + (interval ? -1 : 5), style: ink, class: sure(row, column) ? 'strong' : '' }, signed(value, 1));
    if (interval) make(into, 'text', { x: middle, y: y + height / 2 + 15, style: ink }, `${signed(low, 1)} to ${signed(high, 1)}`);
  };

  // A title in as few lines as its width has room for. Where a word alone is wider, it may also end at a soft hyphen.
  const linesOf = (into, title, look, room) => {
    const probe = make(into, 'text', { class: look, visibility: 'hidden' });
    const wide = text => { probe.textContent = plain(text); return probe.getComputedTextLength() > room; };
    const broken = at => title.split(at).reduce(([last = '', ...before], word) => {
      const joined = last.endsWith(SOFT) ? last + word : `${last} ${word}`.trim();
      return last && wide(joined) ? [word, last, ...before] : [joined, ...before];
    }, []).reverse();
    const whole = broken(/ (?!\d)/), lines = whole.some(wide) ? broken(/ (?!\d)|(?<=\u00ad)/) : whole; // "of 3×3" stays together
    probe.remove();
    return lines.map(line => plain(line.replace(/\u00ad$/, '-')));
  };

  const paint = (into, width) => {
    const cell = (width - FIRST) / view.columns.length, height = cell >= WIDE ? 44 : 30, look = cell < 60 ? 'title small' : 'title';
    into.replaceChildren();
    const titles = view.columns.map(({ title }) => linesOf(into, title, look, .9 * cell)), names = LINE * (Math.max(...titles.map(lines => lines.length)) - 1);
    const head = HEAD + names + (view.guess ? TAG : 0);
    into.setAttribute('viewBox', `0 0 ${width} ${head + height * view.rows.length}`);
    view.columns.forEach((column, k) => {
      make(into, 'rect', { x: FIRST + k * cell + 1, y: head - 5, width: cell - 2, height: 4, style: `fill:var(--role-${column.role})` });
      titles[k].forEach((line, n) => make(into, 'text', { x: FIRST + (k + .5) * cell, y: 15 + names - LINE * (titles[k].length - 1 - n), class: look }, line));
    });
    view.rows.forEach((row, r) => {
      const y = head + r * height;
      make(into, 'text', { x: 16, y: y + height / 2 + 5, class: 'title' }, row);
      view.columns.forEach((_, c) => drawCell(into, r, c, FIRST + c * cell, y, cell, height));
      if (row === view.chosen) make(into, 'rect', { class: 'mark', x: 2, y: y + 1, width: width - 4, height: height - 2, rx: 4 });
    });
    if (view.guess) paintGuess(into, cell, height, head);
  };

  // Around the cell that was guessed, with its name at the head of the column, where it covers nothing.
  const paintGuess = (into, cell, height, head) => {
    const [row, column] = view.guess, [x, y] = [FIRST + column * cell, head + row * height], [words, wide] = cell < 84 ? ['you', 28] : ['your guess', 78];
    for (const look of ['guess under', 'guess']) { // seen on every colour of the scale
      make(into, 'rect', { class: look, x: x + 2.5, y: y + 2.5, width: cell - 5, height: height - 5, rx: 3 });
    }
    make(into, 'rect', { class: 'plate', x: x + (cell - wide) / 2, y: head - 23, width: wide, height: 16, rx: 3 });
    make(into, 'text', { class: cell < 84 ? 'small guessed' : 'guessed', x: x + cell / 2, y: head - 10 }, words);
  };

  const draw = () => {
    if (!view || !plot.clientWidth) return;
    paint(picture, plot.clientWidth);
    picture.setAttribute('aria-label', view.name);
  };

  const rows = () => [['module', 'part', `change in ${view.unit}`, '95 % interval from', 'to'], ...view.rows.flatMap((row, r) =>
    view.columns.map((column, c) => [row, plain(column.title), view.values[r][c], view.low[r][c], view.high[r][c]]))];

  const fillTable = unfolding(details, () => rows().map(cells => cells.map(text => typeof text === 'number' ? signed(text, 2) : text ?? '')));

  const take = () => {
    if (!props.value) return;
    if (!props.value.rows) props.value = { ...view, ...props.value };
    const value = props.value;
    if (!value.rows || (view && value.run < view.run)) return; // the last words of a superseded run
    view = { ...value, chosen: value.chosen || view?.chosen, guess: 'guess' in value ? value.guess : view?.guess };
    const [low, high] = [-value.limit, value.limit].map(end => signed(end, 0));
    element.querySelector('.low').textContent = `${low} ${value.unit}: ${value.ends[0]}`;
    element.querySelector('.high').textContent = `${high}: ${value.ends[1]}`;
    element.querySelector('.ramp').style.background = `linear-gradient(to right, ${STOPS.join()})`;
    element.querySelector('.note').textContent = value.note;
    element.dataset.run = value.run;
    element.dataset.known = value.values.flat().filter(v => v !== null).length;
    draw();
    fillTable();
  };

  const file = () => {
    const copy = make(plot, 'svg', {});
    paint(copy, FILE);
    return copy;
  };
  downloads(element.querySelector('.downloads'), () => view.name, {
    PNG: () => pngFile(file(), view.name), SVG: () => svgFile(file(), view.name), CSV: () => csvFile(rows()),
  });
  onResize(plot, draw, signal);
  watch('value', take);
  take();
};
