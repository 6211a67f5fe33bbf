// Draws props.value (see __init__.py). The same arithmetic as models/cost.py, and tested against it.
import { make } from '../shared/axes.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { onResize } from '../shared/watching.js';

export default ({ element, props, watch, signal }) => {
  const plot = element.querySelector('.plot'), svg = plot.querySelector('svg'), body = element.querySelector('tbody');
  const WEIGHTS = 1, CHANNELS = 2; // places in what a branch has
  const ROW = 40, BAR = 17, TITLE = 24, FILE = 700; // px; FILE: width of a saved one
  const words = number => number.toLocaleString('en-US');
  const times = (naive, reduced) => naive && reduced ? (naive / reduced).toFixed(1) : '–';

  const sum = (branches, variant, what) => branches.reduce((all, branch) => all + branch[variant][what], 0);

  // [{ name, role, naive: [formula, weights, channels], reduced: the same }, ...] and the sums.
  const cost = () => {
    const [c, side, n1, r3, n3, r5, n5, p] = props.value.widths.map(Number);
    const branch = (name, role, k, r, n) => ({ name, role,
      naive: [`${k}²·${c}·${n}`, k * k * c * n, n],
      reduced: [`${c}·${r} + ${k}²·${r}·${n}`, c * r + k * k * r * n, n] });
    const branches = [
      { name: '1×1', role: '1x1', naive: [`${c}·${n1}`, c * n1, n1], reduced: [`${c}·${n1}`, c * n1, n1] },
      branch('3×3', '3x3', 3, r3, n3), branch('5×5', '5x5', 5, r5, n5),
      { name: 'pool', role: 'pool', naive: ['no weights', 0, c], reduced: [`${c}·${p}`, c * p, p] },
    ];
    const both = variant => ({ weights: sum(branches, variant, WEIGHTS), channels: sum(branches, variant, CHANNELS) });
    return { branches, side, positions: side * side, naive: both('naive'), reduced: both('reduced') };
  };

  const millions = number => (number / 1e6).toFixed(number < 1e8 ? 1 : 0) + ' M';

  // Two bars on one scale, each stacked from these branches; returns the y below them.
  const paintPair = (into, branches, title, what, y, width, unit = () => '') => {
    const total = variant => sum(branches, variant, what), longest = Math.max(total('naive'), total('reduced'), 1);
    make('text', { class: 'title', x: 0, y: y + 14 }, into, title);
    [['without reductions', 'naive'], ['with reductions', 'reduced']].forEach(([label, variant], k) => {
      const top = y + TITLE + k * ROW;
      make('text', { x: 0, y: top + 12 }, into, label);
      make('text', { x: width, y: top + 12, 'text-anchor': 'end' }, into, words(total(variant)) + unit(variant));
      make('line', { class: 'track', x1: 0, x2: width, y1: top + 18 + BAR, y2: top + 18 + BAR }, into);
      let x = 0;
      branches.forEach(b => {
        const wide = b[variant][what] / longest * width;
        if (wide > 0) make('rect', { class: 'part', x, y: top + 18, width: Math.max(wide, 1), height: BAR, style: `fill:var(--role-${b.role})` }, into);
        if (wide > 38) make('text', { class: 'inside', x: x + wide / 2, y: top + 31, 'text-anchor': 'middle' }, into, b.name);
        x += wide;
      });
    });
    return y + TITLE + 2 * ROW + 14;
  };

  const paint = (into, width) => {
    const found = cost(), five = found.branches.filter(({ role }) => role === '5x5');
    into.replaceChildren();
    const macs = variant => ` · ${found.side} × ${found.side} places = ${millions(found[variant].weights * found.positions)} multiply-adds`;
    const title = (part, branches) => {
      const ratio = times(...['naive', 'reduced'].map(variant => sum(branches, variant, WEIGHTS)));
      return width > 420 ? `Weights of the ${part}: ${ratio} times as many without` : `The ${part}: ${ratio} times the weights`;
    };
    const first = paintPair(into, five, title('5×5 branch', five), WEIGHTS, 0, width);
    const second = paintPair(into, found.branches, title('whole module', found.branches), WEIGHTS, first, width, width > 560 ? macs : undefined);
    const end = paintPair(into, found.branches, 'Channels it puts out', CHANNELS, second, width);
    found.branches.forEach(({ name, role }, k) => { // narrow parts of a bar have no room for their names
      make('rect', { x: k * 76, y: end, width: 12, height: 12, style: `fill:var(--role-${role})` }, into);
      make('text', { x: k * 76 + 18, y: end + 11 }, into, name);
    });
    into.setAttribute('viewBox', `0 0 ${width} ${end + 18}`);
  };

  const says = () => {
    const { naive, reduced, positions } = cost();
    return `Weights: ${words(naive.weights)} without reductions, ${words(reduced.weights)} with. Multiply-adds: `
      + `${words(naive.weights * positions)} and ${words(reduced.weights * positions)}. `
      + `Channels handed on: ${words(naive.channels)} and ${words(reduced.channels)}.`;
  };

  const rows = () => {
    const { branches, naive, reduced, side, positions } = cost();
    const line = (name, a, b) => [name, a[0], a[1], b[0], b[1], times(a[1], b[1])];
    return [...branches.map(b => line(b.name, b.naive, b.reduced)),
      line('all weights', ['', naive.weights], ['', reduced.weights]),
      line('multiply-adds', [`${words(naive.weights)}·${side}²`, naive.weights * positions],
        [`${words(reduced.weights)}·${side}²`, reduced.weights * positions]),
      line('channels', ['', naive.channels], ['', reduced.channels])];
  };

  const fillTable = () => body.replaceChildren(...rows().map(cells => {
    const line = document.createElement('tr');
    line.append(...cells.map((cell, k) => {
      const node = Object.assign(document.createElement(k ? 'td' : 'th'), { textContent: typeof cell === 'number' ? words(cell) : cell });
      if (!k) node.scope = 'row';
      return node;
    }));
    return line;
  }));

  const draw = () => {
    if (!props.value?.widths || !plot.clientWidth) return;
    paint(svg, plot.clientWidth);
    svg.setAttribute('aria-label', says());
    fillTable();
    element.dataset.widths = props.value.widths.join(' ');
  };

  const file = () => {
    const copy = make('svg', {}, plot);
    paint(copy, Math.max(FILE, plot.clientWidth));
    return copy;
  };
  const NAME = 'Cost of a module without and with reductions';
  downloads(element.querySelector('.downloads'), () => NAME, {
    PNG: () => pngFile(file(), NAME), SVG: () => svgFile(file(), NAME),
    CSV: () => csvFile([['branch', 'without reductions', 'result', 'with reductions', 'result', 'times'], ...rows()]),
  });
  onResize(plot, draw, signal);
  watch('value', draw);
  draw();
};
