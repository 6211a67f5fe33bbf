// The last part of the player's script: buttons, keys, full screen, files. What they act on is in player_timeline.js.

// --- files ---

const arrived = () => frames.filter(Boolean);
const shown = () => arrived().map(frame => frame.way === 'there' && closed && panel(frame, 'closed')[0] ? panel(frame, 'closed') : panel(frame, 'xt'));
const columns = ['way', 'steps taken', 't', 'share of the picture', 'share of noise', 'mean of its pixels', 'their standard deviation'];
const numbers = (frame, one) => [frame.way, frame.step, frame.t, frame.signal, frame.noise, ...statistics(frame.xt, one).map(n => +n.toFixed(2))];
const csvRows = () => [['sample', ...columns], ...[...Array(value.samples).keys()].flatMap(one => arrived().map(frame => [one + 1, ...numbers(frame, one)]))];

function fillTable() {
  if (!$('details').open || !here()) return;
  const table = document.createElement('table'), add = (cells, tag) => {
    const row = table.insertRow();
    row.append(...cells.map((text, k) => {
      const cell = Object.assign(document.createElement(k ? tag : 'th'), { textContent: text });
      if (cell.tagName === 'TH') cell.scope = tag === 'th' ? 'col' : 'row';
      return cell;
    }));
  };
  table.createCaption().textContent = (sample === null ? 'All samples together' : `Sample ${sample + 1}`) + '; pixels are numbers from 0 to 255.';
  add(columns, 'th');
  arrived().forEach(frame => add(numbers(frame, sample), 'td'));
  $('.table').replaceChildren(table);
}

// A strip of pictures from left to right, the way there above the way back, each with its time below.
const STRIP = { most: 12, size: 128, gap: 6, line: 22 }; // of 32, 64 or 128 pixels each is drawn as a square
function stripPicture() {
  const { most, size, gap, line } = STRIP, canvas = document.createElement('canvas'), one = document.createElement('canvas');
  const rows = ['there', 'back'].map(way => arrived().filter(frame => frame.way === way)).filter(row => row.length).map(row =>
    row.length <= most ? row : Array.from({ length: most }, (_, k) => row[Math.round(k * (row.length - 1) / (most - 1))]));
  canvas.width = Math.max(...rows.map(row => row.length)) * (size + gap) + gap;
  canvas.height = rows.length * (size + gap + line) + gap;
  const pen = canvas.getContext('2d');
  pen.fillStyle = background(element);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { fillStyle: getComputedStyle(element).color, font: `15px ${FONT}`, textAlign: 'center', imageSmoothingEnabled: false });
  rows.forEach((row, r) => row.forEach((frame, k) => {
    const [x, y] = [gap + k * (size + gap), gap + r * (size + gap + line)];
    paint(one, frame.xt, sample);
    pen.drawImage(one, x, y, size, size);
    pen.fillText(`t = ${frame.t}`, x + size / 2, y + size + 16);
  }));
  return new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
}

// GIF and MP4 are written by the server, from the pixels that are on the screen.
const filmed = (kind, type) => async () => {
  const pixels = shown().map(([image, which]) => {
    const all = document.createElement('canvas');
    paint(all, image, which);
    const { data } = all.getContext('2d').getImageData(0, 0, all.width, all.height);
    return btoa(data.reduce((text, byte, k) => k % 4 < value.channels ? text + String.fromCharCode(byte) : text, ''));
  });
  $('.trouble').textContent = '';
  const made = await server[kind]({ channels: value.channels, frames: pixels }).catch(() => null);
  if (made?.file) return new Blob([Uint8Array.from(atob(made.file), c => c.charCodeAt(0))], { type });
  $('.trouble').textContent = made?.sentence ?? 'The server did not answer, so there is no file. Please try again.';
  return null;
};

let offered = '';
function offer() {
  const makers = { PNG: stripPicture, CSV: () => csvFile(csvRows()) };
  if (server?.gif) makers.GIF = filmed('gif', 'image/gif');
  if (server?.mp4) makers.MP4 = filmed('mp4', 'video/mp4');
  if (recipe) makers.PY = () => new Blob([recipe], { type: 'text/x-python' });
  $('.no-film').hidden = !server?.gif || Boolean(server?.mp4);
  const kinds = Object.keys(makers).join();
  if (kinds !== offered) downloads($('.downloads'), () => 'there and back', makers);
  offered = kinds;
}

// --- buttons, pointer and keys ---

slider.oninput = () => go(Number(slider.value));
$('.first').onclick = () => go(0);
$('.last').onclick = () => go(frames.length - 1);
$('.bar .before').onclick = () => go(at - 1);
$('.after').onclick = () => go(at + 1);
playButton.onclick = () => play(!playing);
$('details').addEventListener('toggle', fillTable);

const scrub = event => {
  if (!here() || (event.type === 'pointermove' && !event.buttons)) return;
  const box = strip.getBoundingClientRect(), place = (event.clientX - box.left) / box.width * THUMBS - .5;
  go(Math.round(place / (THUMBS - 1) * (value.total - 1)));
};
strip.addEventListener('pointerdown', event => { strip.setPointerCapture(event.pointerId); scrub(event); });
strip.addEventListener('pointermove', scrub);

element.querySelectorAll('[data-form]').forEach(button => button.addEventListener('click', () => {
  closed = button.dataset.form === 'closed';
  element.querySelectorAll('[data-form]').forEach(b => b.setAttribute('aria-pressed', String((b.dataset.form === 'closed') === closed)));
  show(at);
}));

element.querySelectorAll('.picture canvas').forEach(canvas => canvas.addEventListener('click', event => {
  if (!here()) return;
  const [row, column] = under(event, canvas === grid ? Math.sqrt(value.samples) : across());
  if (canvas === grid) choose(row * Math.sqrt(value.samples) + column);
  else if (sample === null) choose(row * across() + column);
  else point(row, column);
}));
$('.all').onclick = () => { choose(null); large.focus(); };

// On the large picture the arrow keys choose a pixel, or in the view of all a sample; elsewhere they step in time.
const pictureKeys = () => {
  const move = (down, right) => () => cursor ? point(cursor.row + down, cursor.column + right) : point(...(sample === null ? [0, 0] : [SIDE / 2, SIDE / 2]));
  return { ArrowLeft: move(0, -1), ArrowRight: move(0, 1), ArrowUp: move(-1, 0), ArrowDown: move(1, 0),
    ...(sample === null && cursor && { Enter: () => choose(cursor.row * across() + cursor.column) }),
    ...(sample !== null && value.samples > 1 && { Escape: () => choose(null) }) };
};
root.addEventListener('keydown', event => {
  const pressed = event.target.matches('button') && event.key === ' '; // that key means the button
  if (!here() || pressed || event.target.matches('select, input, summary, .table')) return;
  const keys = { ' ': () => play(!playing), ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1),
    Home: () => go(0), End: () => go(frames.length - 1), ...(event.target === large && pictureKeys()) };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

// --- full screen ---

const full = $('.enlarge');
full.hidden = !document.fullscreenEnabled;
full.onclick = async () => {
  $('.trouble').textContent = '';
  try {
    await (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
    root.focus(); // so that its keys work
  } catch {
    $('.trouble').textContent = 'This browser does not allow full screen here.';
  }
};
root.addEventListener('fullscreenchange', () => { full.textContent = document.fullscreenElement === root ? 'Leave full screen' : 'Full screen'; });

watch('value', receive);
receive();
