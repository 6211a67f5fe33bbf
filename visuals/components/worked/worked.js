// Draws props.value (see __init__.py) for the frame that the player shows: it says which in its data-run and data-at.
import { onChange, onSight } from '../shared/watching.js';

export default ({ element, props, watch, trigger, signal }) => {
  const $ = selector => element.querySelector(selector);
  const root = $('.worked'), REST = 250; // ms
  let watching = null, asked, seen = false, waiting = 0, parsed = { text: '', rows: [] }; // of props.value.rows

  // Text in which x_t and x_{t−1} have their subscripts, as it is written in formulas.
  function cell(tag, text, name = '') {
    const made = Object.assign(document.createElement(tag), { className: name });
    text.split(/(_\{[^}]*\}|_.)/).forEach((part, k) => {
      if (k % 2) made.append(Object.assign(document.createElement('sub'), { textContent: part.replace(/[_{}]/g, '') }));
      else made.append(part);
    });
    return made;
  }

  function line([key, numbers, result, pixel, note], legend) {
    const row = document.createElement('tr'), [name, symbols] = legend[key];
    const head = Object.assign(cell('th', name), { scope: 'row' });
    if (note) head.append(cell('span', note, 'note'));
    row.append(head, cell('td', symbols), cell('td', numbers), cell('td', result, 'value'), cell('td', pixel));
    // roles that a table whose lines are drawn as blocks would lose
    row.setAttribute('role', 'row');
    [...row.children].forEach((one, k) => one.setAttribute('role', k ? 'cell' : 'rowheader'));
    return row;
  }

  function draw() {
    const value = props.value, player = value && document.querySelector(`#${value.player} .player`);
    if (!value?.rows) return;
    if (parsed.text !== value.rows) parsed = { text: value.rows, rows: JSON.parse(value.rows) };
    const ours = !player || player.dataset.run === String(value.run), at = Number(player?.dataset.at ?? 0);
    const row = parsed.rows[Math.min(at, parsed.rows.length - 1)];
    $('.title').replaceChildren(cell('span', ours ? row.title : 'The numbers of this run follow.'));
    if (!ours && player.dataset.run && player.dataset.run !== asked) trigger('missing');
    asked = player?.dataset.run;
    const first = player?.dataset.sample === 'all' ? 'First press one of the pictures, then a pixel of it,' : 'Press a pixel';
    $('.pixel').textContent = value.pixel || first + ' to follow its value.';
    const lines = ours ? row.lines : [], between = lines.filter(([key]) => value.folded.includes(key));
    $('.first').replaceChildren(...lines.filter(one => !between.includes(one)).map(one => line(one, value.legend)));
    $('.between').replaceChildren(...between.map(one => line(one, value.legend)));
    $('details table').hidden = !between.length;
    $('.about').textContent = value.about;
    Object.assign(root.dataset, { run: value.run, at: ours ? at : '', pixel: value.pixel ? 'chosen' : '' });
    follow(player);
  }

  // A table that nobody sees is not drawn at every picture that is played, but once the player rests.
  function moved() {
    clearTimeout(waiting);
    if (seen) draw();
    else waiting = setTimeout(draw, REST);
  }

  function follow(player) {
    if (!player || player === watching) return;
    watching = player;
    onChange(player, { attributes: true, attributeFilter: ['data-at', 'data-run', 'data-sample'] }, moved, signal);
  }

  onSight(root, sight => { seen = sight; if (seen) draw(); }, signal);
  watch('value', draw);
  draw();
  // The player may be drawn later than this: then its first frame is waited for.
  if (props.value && !watching) onChange(document.body, { childList: true, subtree: true }, observer => {
    if (!document.querySelector(`#${props.value.player} .player`)) return; // drawing is a mutation, too
    observer.disconnect();
    draw();
  }, signal);
};
