// Draws props.value (see __init__.py): a panel is a list of names, each with a bar of every kind below it.
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { onResize } from '../shared/watching.js';
import { unfolding } from '../shared/unfolding.js';

export default ({ element, props, watch, signal }) => {
  const place = element.querySelector('.panels'), legend = element.querySelector('.legend'), details = element.querySelector('details');
  const TOP = 30, NAME = 19, BAR = 7, FILE = 300; // px: a panel's title, a name's line, a bar; width of a panel in a file

  const make = (parent, name, attributes, text) => {
    const node = parent.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
    for (const [key, found] of Object.entries(attributes)) node.setAttribute(key, found);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const share = value => value.toFixed(1);

  const drawBar = (into, kind, x, y, width) => {
    const style = `stroke:${kind.colour};fill:${kind.look === 'solid' ? kind.colour : 'none'};stroke-dasharray:${kind.look === 'dashed' ? '3 2' : 'none'}`;
    make(into, 'rect', { class: 'bar', x: x + .75, y: y + .75, width: Math.max(1, width - 1.5), height: BAR - 1.5, style });
  };

  const step = () => NAME + (BAR + 1) * props.value.kinds.length + 6;

  // One panel of this width; returns its height.
  const paint = (into, panel, width) => {
    const { kinds } = props.value;
    const title = make(into, 'text', { class: 'title', x: 0, y: 15 }, panel.title);
    make(title, 'tspan', { class: 'detail', dx: 7 }, panel.detail);
    panel.rows.forEach(([name, values], r) => {
      const y = TOP + r * step();
      make(into, 'text', { x: 0, y: y + 12 }, name);
      make(into, 'text', { class: 'share', x: width, y: y + 12 }, values.map(share).join(kinds.length === 2 ? ' → ' : ' · ') + ' %');
      values.forEach((value, k) => {
        const at = y + NAME + k * (BAR + 1);
        make(into, 'line', { class: 'track', x1: 0, x2: width, y1: at + BAR - .5, y2: at + BAR - .5 });
        drawBar(into, kinds[k], 0, at, value / 100 * width);
      });
    });
    return TOP + Math.max(panel.rows.length, props.value.room) * step();
  };

  const says = panel => `${panel.title} ${panel.detail}: ` + panel.rows.map(([name, values]) =>
    `${name} ${values.map((value, k) => `${props.value.kinds[k].label} ${share(value)} %`).join(', ')}`).join('; ');

  const draw = () => {
    const value = props.value;
    if (!value?.panels || !place.clientWidth) return;
    while (place.children.length > value.panels.length) place.lastChild.remove();
    while (place.children.length < value.panels.length) make(place, 'svg', { role: 'img' });
    value.panels.forEach((panel, k) => {
      const svg = place.children[k], width = svg.clientWidth || 300;
      svg.replaceChildren();
      svg.setAttribute('viewBox', `0 0 ${width} ${paint(svg, panel, width)}`);
      svg.setAttribute('aria-label', says(panel));
    });
    legend.replaceChildren(...value.kinds.map(kind => {
      const item = document.createElement('li');
      drawBar(make(item, 'svg', { viewBox: '0 0 34 12', 'aria-hidden': true }), kind, 0, 3, 34);
      item.append(kind.label);
      return item;
    }));
    element.dataset.name = value.name;
    fillTable();
  };

  const rows = () => [['head', 'class', ...props.value.kinds.map(kind => `${kind.label}, %`)], ...props.value.panels.flatMap(panel =>
    panel.rows.map(([name, values]) => [`${panel.title} ${panel.detail}`, name, ...values]))];

  const fillTable = unfolding(details, () => rows().map(cells => cells.map(text => typeof text === 'number' ? share(text) : text)));

  const file = () => {
    const { panels, kinds } = props.value, svg = make(element, 'svg', {});
    const heights = panels.map((panel, k) => paint(make(svg, 'g', { transform: `translate(${k * (FILE + 30)} 0)` }), panel, FILE));
    const below = Math.max(...heights) + 14;
    kinds.forEach((kind, k) => {
      drawBar(svg, kind, k * 160, below - 8, 34);
      make(svg, 'text', { x: k * 160 + 42, y: below }, kind.label);
    });
    svg.setAttribute('viewBox', `0 0 ${panels.length * (FILE + 30) - 30} ${below + 8}`);
    place.append(svg);
    return svg;
  };
  downloads(element.querySelector('.downloads'), () => props.value.name, {
    PNG: () => pngFile(file(), props.value.name), SVG: () => svgFile(file(), props.value.name), 
    CSV: () => csvFile(rows().map(cells => cells.map(cell => typeof cell === 'number' ? +cell.toFixed(2) : cell))),
  });
  onResize(place, draw, signal);
  watch('value', draw);
  draw();
};
