// What a cloud looks like at one moment, drawn by a pen that fills a canvas or an SVG.
import { make } from '../shared/axes.js';

export const LONGEST = 2; // predicted noise from which an arrow does not grow any more
export const EDGE = 25; // px below and left of the plane, for the numbers on its axes

// 16-bit whole numbers in base64 to numbers; see `packed` in __init__.py.
export const unpacked = (text, span) => {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0)), view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 2 }, (_, k) => view.getInt16(2 * k, true) / 32767 * span);
};

export const canvasPen = context => ({
  dot(x, y, r, colour, opacity) {
    Object.assign(context, { fillStyle: colour, globalAlpha: opacity });
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fill();
  },
  line(places, colour, width, opacity) {
    Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: opacity, lineJoin: 'round', lineCap: 'round' });
    context.beginPath();
    places.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
  },
  text(x, y, words, colour, anchor) {
    Object.assign(context, { fillStyle: colour, globalAlpha: 1, font: '14px sans-serif', textAlign: anchor === 'middle' ? 'center' : anchor });
    context.fillText(words, x, y);
  },
});

export const svgPen = svg => ({
  dot: (x, y, r, colour, opacity) => make('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r, style: `fill:${colour};opacity:${opacity}` }, svg),
  line(places, colour, width, opacity) {
    const style = `fill:none;stroke:${colour};stroke-width:${width};opacity:${opacity};stroke-linejoin:round;stroke-linecap:round`;
    make('polyline', { points: places.map(place => place.map(v => v.toFixed(1)).join(',')).join(' '), style }, svg);
  },
  text: (x, y, words, colour, anchor) => make('text', { x, y, 'text-anchor': anchor, style: `fill:${colour};font-size:14px` }, svg, words),
});

export const rgb = hex => [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));
export const mixed = (a, b, share) => `rgb(${a.map((v, k) => Math.round(v + (b[k] - v) * share)).join(',')})`;

// The page's colours, as they are now: dark or light. `wheel`: a colour for each of the directions from the middle.
export const palette = node => {
  const style = getComputedStyle(node), colour = name => style.getPropertyValue(name).trim();
  const roles = ['--role-signal', '--role-3x3', '--role-1x1', '--role-5x5'].map(name => rgb(colour(name)));
  const dark = document.body.classList.contains('dark');
  const bright = roles.map(parts => dark ? parts.map(v => Math.round(v + (255 - v) * .3)) : parts);
  const wheel = Array.from({ length: 48 }, (_, k) => mixed(bright[Math.floor(k / 12)], bright[(Math.floor(k / 12) + 1) % 4], k % 12 / 12));
  return { wheel, text: colour('--body-text-color'), faint: colour('--border-color-primary'), quiet: colour('--body-text-color-subdued'), dark };
};

export const drawPlane = (pen, { size, reach, px, py }, colours) => {
  for (const value of [-2, -1, 0, 1, 2].filter(v => Math.abs(v) < reach)) {
    pen.line([[px(value), 0], [px(value), size - EDGE]], colours.faint, value ? .5 : 1, .8);
    pen.line([[EDGE, py(value)], [size, py(value)]], colours.faint, value ? .5 : 1, .8);
    pen.text(px(value), size - 7, String(value).replace('-', '−'), colours.quiet, 'middle');
    pen.text(EDGE - 5, py(value) + 4, String(value).replace('-', '−'), colours.quiet, 'end');
  }
};

// Arrows against the predicted noise, that is along the score, centred on the places of the lattice.
export const drawField = (pen, { reach, px, py, unit }, colours, eps, across) => {
  const gap = 2 * reach / (across + 1), full = .92 * gap * unit;
  for (let k = 0; k < across * across; k++) {
    const [x, y] = [px(-reach + gap * (k % across + 1)), py(-reach + gap * (Math.floor(k / across) + 1))];
    const [a, b] = [-eps[2 * k], eps[2 * k + 1]], strength = Math.min(1, Math.hypot(a, b) / LONGEST); // y points down
    if (strength < .01) continue;
    const [u, v] = [a, b].map(part => part / Math.hypot(a, b)), half = full * strength / 2, head = 2 + 2.5 * strength;
    const [tx, ty] = [x + u * half, y + v * half];
    const barb = side => [tx - head * (u * .87 + side * v * .5), ty - head * (v * .87 - side * u * .5)];
    const opacity = .3 + .45 * strength;
    pen.line([[x - u * half, y - v * half], [tx, ty]], colours.quiet, 1.1, opacity);
    pen.line([barb(1), [tx, ty], barb(-1)], colours.quiet, 1.1, opacity);
  }
};

export const drawPoints = (pen, { px, py }, places, colourOf, radius, opacity) => {
  for (let k = 0; k < places.length / 2; k++) pen.dot(px(places[2 * k]), py(places[2 * k + 1]), radius, colourOf(k), opacity);
};

// Where things stand in a square of this size in px.
export const planeOf = (size, reach) => {
  const unit = (size - EDGE) / (2 * reach);
  return { size, reach, unit, px: x => EDGE + (x + reach) * unit, py: y => (reach - y) * unit };
};
