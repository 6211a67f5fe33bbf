// Draws props.value (see __init__.py): every map as pixels, coloured by one scale.
import { STOPS, colour } from '../shared/signed.js';
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';

export default ({ element, props, watch }) => {
  const rows = element.querySelector('.rows'), reading = element.querySelector('.reading'), lens = element.querySelector('.lens');
  const CELL = 96, GAP = 6; // px in the canvas: side of a map, and between two maps
  let drawn = [], enlarged = '', place = null; // what is on screen: {panel, row, canvas, maps}; place = {key, x, y} of the pixel that is read

  const written = number => number.toFixed(2).replace('-', '−');
  const across = ([count]) => count >= 32 ? 8 : 4; // maps beside one another
  const key = panel => panel.shape.join();
  const rowsOf = some => [...new Set(some.map(d => d.row))];
  const size = ([count, height, width]) => [across([count]) * width, Math.ceil(count / across([count])) * height]; // in pixels of the maps

  // Which number of the panel is at pixel (x, y) of all its maps together, or undefined between their end and the last row's.
  const index = ([count, height, width], x, y) => {
    const map = Math.floor(y / height) * across([count]) + Math.floor(x / width);
    return map < count ? { map, row: y % height, column: x % width, number: (map * height + y % height) * width + x % width } : undefined;
  };

  const corner = ([count, height, width], { map, row, column }) =>
    [map % across([count]) * (CELL + GAP) + column * CELL / width, Math.floor(map / across([count])) * (CELL + GAP) + row * CELL / height];

  // The maps of a panel, painted once: there may be many thousand numbers, and a mark moves over them.
  const painted = ({ shape, values }) => {
    const [count, height, width] = shape, wide = across(shape), { limit } = props.value;
    const canvas = Object.assign(document.createElement('canvas'),
      { width: wide * (CELL + GAP) - GAP, height: Math.ceil(count / wide) * (CELL + GAP) - GAP });
    const pen = canvas.getContext('2d');
    values.forEach((value, number) => {
      const at = { map: Math.floor(number / (height * width)), row: Math.floor(number / width) % height, column: number % width };
      pen.fillStyle = `rgb(${colour(value, limit)})`;
      pen.fillRect(...corner(shape, at), CELL / width, CELL / height);
    });
    return canvas;
  };

  const paint = ({ panel, canvas, maps }) => {
    const { shape } = panel, [, height, width] = shape, w = CELL / width, h = CELL / height;
    canvas.width = maps.width;
    canvas.height = maps.height;
    const pen = canvas.getContext('2d');
    pen.drawImage(maps, 0, 0);
    const chosen = place && place.key === key(panel) && index(shape, place.x, place.y);
    if (!chosen) return;
    const [x, y] = corner(shape, chosen);
    pen.lineWidth = 1.5;
    for (const [line, away] of [['#fff', 1], ['#000', 2.5]]) { // around the pixel, which may be smaller than its frame
      pen.strokeStyle = line;
      pen.strokeRect(x - away, y - away, w + 2 * away, h + 2 * away);
    }
  };

  // The map that is pointed at, at first the first one, large: of every panel of the same shape.
  const enlarge = () => {
    const shape = place?.key ?? key(drawn.at(-1).panel), same = drawn.filter(({ panel }) => key(panel) === shape);
    const { map } = index(same[0].panel.shape, place?.x ?? 0, place?.y ?? 0), now = `${shape} ${map}`;
    if (now === enlarged) return;
    enlarged = now;
    lens.replaceChildren(...same.map(({ row, panel, maps }, k) => {
      const figure = document.createElement('figure'), canvas = Object.assign(document.createElement('canvas'), { width: CELL, height: CELL });
      const [x, y] = corner(panel.shape, { map, row: 0, column: 0 }), first = same[k - 1]?.row !== row;
      canvas.getContext('2d').drawImage(maps, x, y, CELL, CELL, 0, 0, CELL, CELL);
      figure.append(Object.assign(document.createElement('figcaption'), { textContent: (first ? `${row.net}: ` : '') + panel.title }), canvas);
      return figure;
    }));
    lens.dataset.map = map + 1;
  };

  // The read pixel in words, net by net: "residual-20: x 0.80, F(x) −0.41, F(x) + x 0.39".
  const read = () => {
    drawn.forEach(paint);
    enlarge();
    if (!place) { reading.textContent = 'Point at a map, or use Tab and the arrow keys, to see it large and to read its pixels.'; return; }
    const same = drawn.filter(d => key(d.panel) === place.key), at = index(same[0].panel.shape, place.x, place.y);
    const nets = rowsOf(same).map(row => `${row.net}: ` + same.filter(d => d.row === row)
      .map(d => `${d.panel.title} = ${written(d.panel.values[at.number])}`).join(', '));
    reading.textContent = `Map ${at.map + 1}, row ${at.row + 1}, column ${at.column + 1}. ${nets.join('. ')}.`;
  };

  const choose = (panel, x, y) => {
    const [width, height] = size(panel.shape);
    if (x < 0 || y < 0 || x >= width || y >= height || !index(panel.shape, x, y)) return;
    place = { key: key(panel), x, y };
    read();
  };

  const point = (panel, canvas) => event => {
    const unit = canvas.width / canvas.clientWidth, [, height, width] = panel.shape, step = CELL + GAP;
    const [x, y] = [event.offsetX * unit, event.offsetY * unit];
    const [column, row] = [[x, width], [y, height]].map(([at, side]) =>
      Math.floor(at / step) * side + Math.min(side - 1, Math.floor(at % step / CELL * side)));
    choose(panel, column, row);
  };

  const move = panel => event => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    if (!place || place.key !== key(panel)) choose(panel, 0, 0);
    else choose(panel, place.x + by[0], place.y + by[1]);
  };

  const figureOf = (row, panel) => {
    const figure = document.createElement('figure'), caption = document.createElement('figcaption');
    const [count, height, width] = panel.shape, what = `${count} maps of ${height} × ${width}`;
    for (const [tag, text] of [['b', panel.title], ['small', `${count} maps, ${height}×${width}`], ['span', panel.caption]]) {
      caption.append(Object.assign(document.createElement(tag), { textContent: text }));
    }
    const canvas = Object.assign(document.createElement('canvas'), { tabIndex: 0 });
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${row.title}: ${panel.title}, ${what}, ${panel.caption}`);
    for (const kind of ['pointermove', 'pointerdown']) canvas.addEventListener(kind, point(panel, canvas));
    canvas.addEventListener('keydown', move(panel));
    figure.append(caption, canvas);
    drawn.push({ row, panel, canvas, maps: painted(panel) });
    return figure;
  };

  const draw = () => {
    const value = props.value;
    if (!value?.rows) return;
    const focus = drawn.findIndex(d => d.canvas === document.activeElement);
    [drawn, enlarged] = [[], ''];
    rows.replaceChildren(...JSON.parse(value.rows).map(row => {
      const section = document.createElement('section'), panels = document.createElement('div');
      section.append(Object.assign(document.createElement('h3'), { textContent: row.title }), panels);
      panels.className = 'panels';
      panels.append(...row.panels.map(panel => figureOf(row, panel)));
      return section;
    }));
    if (place && !drawn.some(d => key(d.panel) === place.key)) place = null;
    const beyond = drawn.some(({ panel }) => panel.values.some(v => Math.abs(v) > value.limit));
    element.querySelector('.low').textContent = written(-value.limit) + (beyond ? ' and below' : '');
    element.querySelector('.high').textContent = '+' + written(value.limit) + (beyond ? ' and above' : '');
    element.querySelector('.ramp').style.background = `linear-gradient(to right, ${STOPS.join()})`;
    element.dataset.name = value.name;
    read();
    drawn[focus]?.canvas.focus();
  };

  // --- saving ---

  const picture = () => {
    const make = (name, attributes, text) => {
      const node = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [attribute, found] of Object.entries(attributes)) node.setAttribute(attribute, found);
      if (text !== undefined) Object.assign(node, { textContent: text }).style.fill = 'var(--body-text-color)';
      return node;
    };
    const STEP = 4 * CELL, BETWEEN = 4, svg = make('svg', {}), { limit } = props.value;
    let top = 20, right = 0;
    for (const row of rowsOf(drawn)) {
      const high = Math.max(...row.panels.map(p => size(p.shape)[1] / size(p.shape)[0])) * STEP;
      svg.append(make('text', { x: 0, y: top, 'font-size': 16 }, row.title));
      drawn.filter(d => d.row === row).forEach(({ panel }, k) => {
        const left = k * (STEP + 30), [, height, width] = panel.shape, wide = across(panel.shape);
        const side = Math.floor((STEP - BETWEEN * (wide - 1)) / (wide * width)); // of a pixel: whole, so that none shows a seam
        svg.append(make('text', { x: left, y: top + 24, 'font-size': 14 }, `${panel.title}: ${panel.caption}`));
        panel.values.forEach((value, number) => {
          const map = Math.floor(number / (height * width));
          const x = left + (map % wide) * (width * side + BETWEEN) + number % width * side;
          const y = top + 34 + Math.floor(map / wide) * (height * side + BETWEEN) + Math.floor(number / width) % height * side;
          svg.append(make('rect', { x, y, width: side, height: side, fill: `rgb(${colour(value, limit)})` }));
        });
        right = Math.max(right, left + STEP);
      });
      top += high + 74;
    }
    svg.append(make('text', { x: 0, y: top, 'font-size': 14 }, `Purple: below zero, full at ${written(-limit)} and below. Green: above zero, full at ${written(limit)} and above.`));
    svg.setAttribute('viewBox', `0 0 ${right} ${top + 10}`);
    element.append(svg);
    return svg;
  };

  const numbers = () => [['net', 'part', 'map', 'row', 'column', 'value'], ...drawn.flatMap(({ row, panel: { title, shape: [, height, width], values } }) =>
    values.map((value, n) => [row.net, title, Math.floor(n / (height * width)) + 1, Math.floor(n / width) % height + 1, n % width + 1, value]))];
  downloads(element.querySelector('.downloads'), () => props.value.name, {
    PNG: () => pngFile(picture(), props.value.name), SVG: () => svgFile(picture(), props.value.name), CSV: () => csvFile(numbers()),
  });

  // One row for every row of pixels: there are many numbers, so only once somebody wants them.
  const details = element.querySelector('details');
  const fillTable = () => {
    if (!details.open) return;
    const cells = (tag, texts) => {
      const line = document.createElement('tr');
      line.append(...texts.map(text => Object.assign(document.createElement(tag), { textContent: text })));
      return line;
    };
    const body = drawn.flatMap(({ row, panel: { title, shape: [, height, width], values } }) =>
      Array.from({ length: values.length / width }, (_, n) => cells('td', [
        row.net, title, Math.floor(n / height) + 1, n % height + 1, values.slice(n * width, (n + 1) * width).map(written).join('   ')])));
    const table = document.createElement('table');
    table.append(cells('th', ['net', 'part', 'map', 'row', 'values from left to right']), ...body);
    details.querySelector('.table').replaceChildren(table);
  };
  details.addEventListener('toggle', fillTable);

  const take = () => { draw(); fillTable(); };
  watch('value', take);
  take();
};
