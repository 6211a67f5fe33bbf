// What a drawn chart is made of: numbers in words, axes, marks, the table of its numbers. An axis is an Axis of chart/__init__.py.
export const LINE = 17; // px: height of a label

export const make = (name, attributes, parent, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};

export const power = exponent => '10' + String(exponent).replace('-', '⁻').replace(/\d/g, digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]);
const minus = text => text.replace('-', '−');
// With so many decimals and a true minus. Of two that are equally near, the even one, as Python writes it in the page's words.
export const fixed = (value, decimals) => {
  const twice = value * 2 ** (decimals + 1) * 5 ** decimals; // of what is rounded to a whole number
  const tie = Number.isInteger(value * 2 ** (decimals + 1)) && Math.abs(twice % 2) === 1;
  return minus((tie ? 2 * Math.round(twice / 4) / 10 ** decimals : value).toFixed(decimals));
};
export const digits = (axis, value) => {
  if (axis.names?.length) return axis.names[value - 1] ?? '';
  if (!axis.log) return fixed(value, axis.decimals);
  const [front, exponent] = value.toExponential(2).split('e').map(Number);
  return exponent < -3 || exponent > 3 ? `${front}·${power(exponent)}` : String(exponent === 3 ? Math.round(value) : +value.toPrecision(3));
};
export const write = (axis, value) => digits(axis, value) + (axis.unit ? ' ' + axis.unit : '');

export const scale = (axis, from, to) => {
  const place = axis.log ? Math.log10 : value => value, low = place(axis.low), high = place(axis.high);
  return value => from + (place(value) - low) / (high - low) * (to - from);
};

// Ticks as [value, text]: names where the axis has some, round numbers and the ends, or on a logarithmic axis powers of ten where it has two at least.
export const ticks = axis => {
  if (axis.names?.length) return axis.names.map((name, k) => [k + 1, name]);
  const first = Math.ceil(Math.log10(axis.low) - 1e-9), last = Math.floor(Math.log10(axis.high) + 1e-9);
  const found = [];
  if (axis.log && last > first) {
    const step = Math.ceil((last - first) / 6), far = first < -3 || last > 3;
    for (let k = Math.ceil(first / step) * step; k <= last; k += step) found.push([10 ** k, far ? power(k) : String(+(10 ** k).toPrecision(1))]);
    return found;
  }
  const rough = (axis.high - axis.low) / 5, size = 10 ** Math.floor(Math.log10(rough));
  const step = size * [1, 2, 2.5, 5, 10].find(m => m * size >= rough);
  for (let k = Math.ceil(axis.low / step - 1e-9); k * step <= axis.high * (1 + 1e-9); k++) found.push(+(k * step).toPrecision(6));
  // The ends, too, where they are whole numbers with room of their own.
  const alone = end => Number.isInteger(end) && found.every(value => Math.abs(value - end) > step / 2);
  return [...[axis.low].filter(alone), ...found, ...[axis.high].filter(alone)].map(value => [value, minus(String(value))]);
};

export const drawMarker = (shape, x, y, hollow, colour, parent, r = 4) => {
  const corners = { square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], triangle: [[0, -1.2], [1.15, .9], [-1.15, .9]],
    diamond: [[0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]] }[shape];
  const style = `stroke:${colour};fill:${hollow ? 'var(--background-fill-primary)' : colour}`;
  if (!corners) return make('circle', { class: 'mark', cx: x, cy: y, r, style }, parent);
  const path = corners.map(([a, b]) => `${x + a * r * .9},${y + b * r * .9}`).join(' ');
  return make('polygon', { class: 'mark', points: path, style }, parent);
};

// Moves labels, sorted by `y`, to places `at` that do not overlap and do not pass `floor`.
export const spread = (labels, floor) => {
  for (let k = 1; k < labels.length; k++) labels[k].at = Math.max(labels[k].at, labels[k - 1].at + LINE);
  for (const label of labels.toReversed()) { label.at = Math.min(label.at, floor); floor = label.at - LINE; }
};

// The table of a chart for a file: every point of every series, those with the same x in one row, or in several where a
// series has it more than once.
export const rowsOf = (view, points) => {
  const found = new Map();
  view.series.forEach((s, column) => {
    const times = new Map();
    for (const [x, y] of points[s.id] ?? []) {
      const time = times.get(x) ?? 0, key = `${time} ${x}`;
      times.set(x, time + 1);
      if (!found.has(key)) found.set(key, { x, time, cells: [] });
      found.get(key).cells[column] = y;
    }
  });
  const sorted = [...found.values()].sort((a, b) => a.x - b.x || a.time - b.time);
  const head = [view.x.label, ...view.series.map(s => s.label || s.id), ...view.levels.map(l => l.label)];
  const place = x => view.x.names?.length ? view.x.names[x - 1] : x;
  return [head, ...sorted.map(({ x, cells }) => [place(x), ...view.series.map((_, k) => cells[k]), ...view.levels.map(l => l.at)])];
};
