// The files that the player saves, and the table of its numbers. `frames` are those that have arrived, in their order;
// `sample` is the number of the one that is shown, null for all of them.
import { FONT, background, csvFile } from '../shared/downloads.js';
import { paint, statistics } from './pixels.js';

const COLUMNS = ['way', 'steps taken', 't', 'factor of the picture', 'factor of the noise', 'mean of its pixels', 'their standard deviation'];
const STRIP = { most: 12, size: 128, gap: 6, line: 22 }; // px; a picture has 32, 64 or 128 pixels a side

const numbers = (frame, sample) =>
  [frame.way, frame.step, frame.t, frame.signal, frame.noise, ...statistics(frame.xt, sample).map(n => +n.toFixed(2))];

export const numbersFile = (frames, samples) => {
  const every = Array.from({ length: samples }, (_, sample) => frames.map(frame => [sample + 1, ...numbers(frame, sample)]));
  return csvFile([['sample', ...COLUMNS], ...every.flat()]);
};

export const numbersTable = (frames, sample) => {
  const table = document.createElement('table');
  const add = (texts, head) => table.insertRow().append(...texts.map((text, k) => {
    const cell = Object.assign(document.createElement(head || !k ? 'th' : 'td'), { textContent: text });
    if (cell.tagName === 'TH') cell.scope = head ? 'col' : 'row';
    return cell;
  }));
  table.createCaption().textContent = (sample === null ? 'All samples together' : `Sample ${sample + 1}`) + '; pixels are numbers from 0 to 255.';
  add(COLUMNS, true);
  for (const frame of frames) add(numbers(frame, sample), false);
  return table;
};

// At most `most` of them, the first and the last among them, at equal distances.
const thinned = (frames, most) => frames.length <= most ? frames
  : Array.from({ length: most }, (_, k) => frames[Math.round(k * (frames.length - 1) / (most - 1))]);

// A strip of pictures from left to right, the way there above the way back, each with its time below.
export const stripFile = (frames, sample, node) => {
  const { most, size, gap, line } = STRIP, canvas = document.createElement('canvas'), one = document.createElement('canvas');
  const rows = ['there', 'back'].map(way => thinned(frames.filter(frame => frame.way === way), most)).filter(row => row.length);
  canvas.width = Math.max(...rows.map(row => row.length)) * (size + gap) + gap;
  canvas.height = rows.length * (size + gap + line) + gap;
  const pen = canvas.getContext('2d');
  pen.fillStyle = background(node);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { fillStyle: getComputedStyle(node).color, font: `15px ${FONT}`, textAlign: 'center', imageSmoothingEnabled: false });
  for (const [r, row] of rows.entries()) {
    for (const [k, frame] of row.entries()) {
      const x = gap + k * (size + gap), y = gap + r * (size + gap + line);
      paint(one, frame.xt, sample);
      pen.drawImage(one, x, y, size, size);
      pen.fillText(`t = ${frame.t}`, x + size / 2, y + size + 16);
    }
  }
  return new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
};

// What the server makes a film of: `pictures` are [image, sample] of every frame.
export const filmOf = (pictures, channels) => ({
  channels,
  frames: pictures.map(([image, sample]) => {
    const canvas = document.createElement('canvas');
    paint(canvas, image, sample);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return btoa(data.reduce((text, byte, k) => k % 4 < channels ? text + String.fromCharCode(byte) : text, ''));
  }),
});

export const fileOf = (base64, type) => new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], { type });
