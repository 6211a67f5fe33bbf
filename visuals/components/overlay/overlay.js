// Draws props.value (see __init__.py): the picture, the map spread over it in the scale's colours, and the map's numbers.
import { RGB, signed } from '../shared/signed.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';

export default ({ element, props, watch }) => {
  const svg = element.querySelector('svg.laid'), cover = element.querySelector('.cover input'), details = element.querySelector('details');
  const SIDE = 480, FINE = 96; // px of the drawing; places along a side to which the map is spread
  const PURPLE = RGB[1], GREEN = RGB.at(-2);

  const make = (parent, name, attributes, text) => {
    const node = parent.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
    for (const [key, found] of Object.entries(attributes)) node.setAttribute(key, found);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // The map between its places: linear from centre to centre, level beyond the outermost.
  const between = (values, x, y) => {
    const place = (at, count) => {
      const inside = Math.min(count - 1, Math.max(0, at * count - .5)), low = Math.min(Math.floor(inside), Math.max(0, count - 2));
      return [low, Math.min(low + 1, count - 1), inside - low];
    };
    const [top, bottom, down] = place(y, values.length), [left, right, over] = place(x, values[0].length);
    const along = row => row[left] * (1 - over) + row[right] * over;
    return along(values[top]) * (1 - down) + along(values[bottom]) * down;
  };

  // As a picture: purple below zero, green above, the stronger the less of what lies below can be seen.
  const spreadOut = ({ values, limit }) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: FINE, height: FINE }), pen = canvas.getContext('2d');
    const pixels = pen.createImageData(FINE, FINE);
    for (let k = 0; k < FINE * FINE; k++) {
      const value = between(values, (k % FINE + .5) / FINE, (Math.floor(k / FINE) + .5) / FINE);
      pixels.data.set([...(value < 0 ? PURPLE : GREEN), 255 * Math.min(1, Math.abs(value) / limit)], 4 * k);
    }
    pen.putImageData(pixels, 0, 0);
    return canvas.toDataURL();
  };

  const paint = into => {
    const { picture, values, name } = props.value, rows = values.length, columns = values[0].length;
    const size = Math.min(22, SIDE / columns / 4);
    into.replaceChildren();
    into.setAttribute('viewBox', `0 0 ${SIDE} ${SIDE}`);
    into.setAttribute('aria-label', name);
    make(into, 'image', { href: picture, width: SIDE, height: SIDE });
    make(into, 'image', { class: 'map', href: spreadOut(props.value), width: SIDE, height: SIDE, preserveAspectRatio: 'none', style: `opacity:${cover.value / 100}` });
    values.forEach((row, r) => row.forEach((value, c) =>
      make(into, 'text', { x: (c + .5) / columns * SIDE, y: (r + .5) / rows * SIDE + size / 3, style: `font-size:${size}px` }, signed(value, 2))));
  };

  const fillTable = () => {
    if (!details.open) return;
    const table = document.createElement('table');
    table.append(...props.value.values.map(row => {
      const line = document.createElement('tr');
      line.append(...row.map(value => Object.assign(document.createElement('td'), { textContent: signed(value, 3) })));
      return line;
    }));
    details.querySelector('.table').replaceChildren(table);
  };

  const draw = () => {
    const value = props.value;
    if (!value?.values) return;
    paint(svg);
    element.querySelector('.low').textContent = `${signed(-value.limit, 2)} ${value.ends[0]}`;
    element.querySelector('.high').textContent = `${value.ends[1]} ${signed(value.limit, 2)}`;
    element.querySelector('.ramp').style.background = `linear-gradient(to right, rgb(${PURPLE}), transparent, rgb(${GREEN}))`;
    element.dataset.name = value.name;
    fillTable();
  };

  cover.addEventListener('input', () => {
    element.querySelector('.cover output').textContent = cover.value + ' %';
    svg.querySelector('.map').style.opacity = cover.value / 100;
  });

  const file = () => {
    const copy = make(element, 'svg', {});
    paint(copy);
    return copy;
  };
  const rows = () => [['row', 'column', 'contribution'], ...props.value.values.flatMap((row, r) => row.map((value, c) => [r + 1, c + 1, value]))];
  downloads(element.querySelector('.downloads'), () => props.value.name, {
    PNG: () => pngFile(file(), props.value.name), SVG: () => svgFile(file(), props.value.name), CSV: () => csvFile(rows()),
  });
  details.addEventListener('toggle', fillTable);
  watch('value', draw);
  draw();
};
