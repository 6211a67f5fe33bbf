// Draws props.value (see __init__.py).
import { make, write, scale, ticks } from '../shared/axes.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { onResize } from '../shared/watching.js';

export default ({ element, props, watch, signal }) => {
  const plot = element.querySelector('.plot'), svg = plot.querySelector('svg'), details = element.querySelector('details');
  const FILE = 800, LARGEST = 46; // px: least width of a saved picture, radius of the largest circle in a wide one

  const layout = width => {
    const height = Math.round(Math.min(460, Math.max(330, width * .55)));
    const area = { left: 56, right: width - 16, top: 16, bottom: height - 48, width, height };
    const { x, y } = props.value;
    return { ...area, px: scale(x, area.left, area.right), py: scale(y, area.bottom, area.top), radius: LARGEST * Math.min(1, width / 700) };
  };

  const drawAxes = (into, { left, right, top, bottom, px, py }) => {
    const { x, y } = props.value, middle = (top + bottom) / 2;
    for (const [at, text] of ticks(y)) {
      make('line', { class: 'grid', x1: left, x2: right, y1: py(at), y2: py(at) }, into);
      make('text', { class: 'tick', x: left - 8, y: py(at) + 4, 'text-anchor': 'end' }, into, text);
    }
    for (const [at, text] of ticks(x)) make('text', { class: 'tick', x: px(at), y: bottom + 18, 'text-anchor': 'middle' }, into, text);
    make('text', { x: (left + right) / 2, y: bottom + 40, 'text-anchor': 'middle' }, into, x.label);
    make('text', { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` }, into, y.label);
  };

  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  // A name stands where it meets no other name, lies in the chart and covers as little of the circles as it can.
  const placeNames = (into, area, circles) => {
    const taken = [];
    for (const c of circles) {
      const text = make('text', { class: c.strong ? 'name strong' : 'name', x: 0, y: 0 }, into, c.name);
      const width = text.getComputedTextLength(), found = [];
      for (const far of [5, 18, 32, 48]) {
        for (const [dx, dy] of [[0, -1], [0, 1], [1, 0], [-1, 0], [.7, -.7], [.7, .7], [-.7, .7], [-.7, -.7]]) {
          const x = c.x + dx * (c.r + far) + (dx - 1) / 2 * width, y = c.y + dy * (c.r + far) + (dy > 0 ? 11 : dy < 0 ? 0 : 5);
          const box = { left: x - 3, right: x + width + 3, top: y - 13, bottom: y + 4 };
          const inside = box.left >= area.left && box.right <= area.width && box.top >= 0 && box.bottom <= area.bottom;
          if (!inside || taken.some(other => meet(other, box))) continue;
          const covered = circles.filter(o => meet(box, { left: o.x - o.r, right: o.x + o.r, top: o.y - o.r, bottom: o.y + o.r })).length;
          found.push({ x, y, box, cost: 30 * covered + far });
        }
      }
      const best = found.sort((a, b) => a.cost - b.cost)[0];
      if (!best) continue; // the table has it
      text.setAttribute('x', best.x);
      text.setAttribute('y', best.y);
      taken.push(best.box);
    }
  };

  const paint = (into, width) => {
    const area = layout(width), { bubbles, size } = props.value;
    into.replaceChildren();
    into.setAttribute('viewBox', `0 0 ${area.width} ${area.height}`);
    drawAxes(into, area);
    const circles = bubbles.map(b => ({ ...b, x: area.px(b.x), y: area.py(b.y), r: Math.max(3, area.radius * Math.sqrt(b.size / size.high)) }));
    for (const c of circles.toSorted((a, b) => b.r - a.r)) {
      make('circle', { class: c.strong ? 'bubble strong' : 'bubble', cx: c.x, cy: c.y, r: c.r, 'data-name': c.name }, into);
    }
    placeNames(into, area, circles.toSorted((a, b) => b.strong - a.strong));
  };

  const axes = () => [['x', props.value.x], ['y', props.value.y], ['size', props.value.size]];
  const rows = () => [['', ...axes().map(([, axis]) => axis.label)],
    ...props.value.bubbles.map(b => [b.name, ...axes().map(([key]) => b[key])])];

  const says = () => `${props.value.label}. ` + props.value.bubbles.map(b =>
    `${b.name}: ${axes().map(([key, axis]) => `${axis.label} ${write(axis, b[key])}`).join(', ')}`).join('; ') + '.';

  const fillTable = () => {
    if (!details.open) return;
    const table = document.createElement('table');
    table.append(...rows().map((cells, r) => {
      const line = document.createElement('tr');
      line.append(...cells.map((cell, k) => {
        const node = document.createElement(r && k ? 'td' : 'th');
        node.textContent = r && k ? write(axes()[k - 1][1], cell) : cell;
        if (!r || !k) node.scope = r ? 'row' : 'col';
        return node;
      }));
      return line;
    }));
    details.querySelector('.table').replaceChildren(table);
  };

  const draw = () => {
    if (!props.value?.bubbles || !plot.clientWidth) return;
    paint(svg, plot.clientWidth);
    svg.setAttribute('aria-label', says());
    element.dataset.label = props.value.label;
    fillTable();
  };

  const file = () => {
    const copy = make('svg', {}, plot);
    paint(copy, Math.max(FILE, plot.clientWidth));
    return copy;
  };
  downloads(element.querySelector('.downloads'), () => props.value.label, {
    PNG: () => pngFile(file(), props.value.label), SVG: () => svgFile(file(), props.value.label), CSV: () => csvFile(rows()),
  });
  details.addEventListener('toggle', fillTable);
  onResize(plot, draw, signal);
  watch('value', draw);
  draw();
};
