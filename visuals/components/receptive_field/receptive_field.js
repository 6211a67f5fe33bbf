// Draws props.value (see __init__.py): a map, and on the picture what the position that is pointed at sees.
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { ramp, bytesOf, bitmap } from '../shared/ramp.js';
import { unfolding } from '../shared/unfolding.js';

export default ({ element, props, watch, trigger }) => {
  const [map, theory, effect] = [...element.querySelectorAll('canvas')];
  const place = element.querySelector('.place'), says = element.querySelector('.says');
  const SIDE = 480; // pixels of a canvas
  const VEIL = 225; // of 255: the picture stays in sight where it does not count
  let at = null, hovered = null, shown = '', loaded = '', image = null, bytes = null, colours = null;

  const chosenField = () => props.value.fields.find(field => field.branch === props.value.branch);
  const activation = ([row, column]) => (bytes[row * props.value.side + column] / 255 * props.value.largest).toPrecision(2);
  const role = branch => getComputedStyle(document.documentElement).getPropertyValue('--role-' + branch).trim();

  // The field of a position in pixels of the canvas: [left, top, side], parts of it outside the picture.
  const frame = (field, [row, column]) => {
    const unit = SIDE / props.value.size;
    return [(field.start + column * field.jump) * unit, (field.start + row * field.jump) * unit, field.size * unit];
  };

  const sized = canvas => {
    canvas.width = canvas.height = SIDE;
    return canvas.getContext('2d');
  };

  const drawMap = now => {
    const context = sized(map), { side } = props.value, unit = SIDE / side;
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap(bytes, 0, side, side, colours), 0, 0, SIDE, SIDE);
    const cell = ([row, column]) => [column * unit, row * unit, unit, unit];
    rectangle(context, cell(at), '#fff', 4, []);
    if (hovered) rectangle(context, cell(hovered), '#fff', 3, [8, 6]);
    place.textContent = `${props.value.name}, row ${now[0] + 1}, column ${now[1] + 1}: ${activation(now)}`;
  };

  // Where the field is larger than the picture its frame is drawn at the picture's edge, so that it can be seen.
  const clipped = ([x, y, side]) => {
    const edge = 4, [left, top] = [Math.max(x, edge), Math.max(y, edge)];
    return [left, top, Math.min(x + side, SIDE - edge) - left, Math.min(y + side, SIDE - edge) - top];
  };

  const rectangle = (context, [x, y, width, height], colour, line, dashes) => {
    for (const [stroke, thick, dash] of [['#000', line + 3, []], [colour, line, dashes]]) {
      context.setLineDash(dash);
      context.strokeStyle = stroke;
      context.lineWidth = thick;
      context.strokeRect(x, y, width, height);
    }
  };

  const frames = (context, now) => {
    const own = chosenField();
    for (const field of [...props.value.fields.filter(f => f !== own), own]) {
      const mine = field === own;
      rectangle(context, clipped(frame(field, now)), role(field.branch), mine ? 7 : 5, mine ? [] : [18, 10]);
    }
  };

  const drawTheory = now => {
    const context = sized(theory);
    if (!image) return;
    context.drawImage(image, 0, 0, SIDE, SIDE);
    const [x, y, side] = frame(chosenField(), now);
    context.fillStyle = 'rgb(0 0 0 / 55%)'; // what lies outside is dark
    context.beginPath();
    context.rect(0, 0, SIDE, SIDE);
    context.rect(x, y, side, side);
    context.fill('evenodd');
    frames(context, now);
  };

  // Until the gradient of the chosen position has come, the old one is marked as such.
  const tellEffect = () => {
    const { effective } = props.value, waiting = at.join() !== effective.at.join();
    effect.closest('figure').classList.toggle('waiting', waiting);
    says.textContent = waiting ? 'Computing what moves this position …' : effective.says;
  };

  const drawEffect = () => {
    const context = sized(effect), { size, effective } = props.value;
    if (!image) return;
    context.drawImage(image, 0, 0, SIDE, SIDE);
    const veil = new OffscreenCanvas(size, size), pen = veil.getContext('2d'), pixels = pen.createImageData(size, size);
    bytesOf(effective.data).forEach((v, i) => { pixels.data[4 * i + 3] = VEIL * (1 - v / 255); }); // the darker the less it counts
    pen.putImageData(pixels, 0, 0);
    context.drawImage(veil, 0, 0, SIDE, SIDE);
    rectangle(context, clipped(frame(chosenField(), effective.at)), role(props.value.branch), 3, []);
  };

  const show = () => {
    const now = hovered || at;
    drawMap(now);
    drawTheory(now);
  };

  const draw = () => {
    const value = props.value;
    if (!value?.fields) return;
    const of = value.known + ': ' + value.name;
    if (of === shown) props.value = { ...value, at }; // moved on since this was asked for
    else [shown, at, hovered] = [of, value.at, null];
    [bytes, colours] = [bytesOf(value.data), ramp(value.branch)];
    map.setAttribute('aria-label', `${value.name}, ${value.side} × ${value.side} positions. Arrow keys move, and show what a position sees.`);
    element.querySelector('ul').replaceChildren(...value.fields.map(field => {
      const item = Object.assign(document.createElement('li'), { textContent: `${field.title}: ${field.size} × ${field.size}` });
      item.dataset.branch = field.branch;
      item.className = field.branch === value.branch ? 'chosen' : '';
      return item;
    }));
    element.querySelector('.frames').textContent = value.frames;
    if (loaded !== value.picture) image = null; // it is another picture's
    show();
    tellEffect();
    drawEffect();
    load(value);
    fillTable();
  };

  const load = value => {
    const next = new Image();
    next.onload = () => {
      if (props.value.picture !== value.picture) return;
      [image, loaded] = [next, value.picture];
      show();
      drawEffect();
      Object.assign(element.dataset, { name: value.name, at: props.value.effective.at.join() });
    };
    next.src = value.picture;
  };

  // --- pointing ---

  const under = event => [event.offsetY, event.offsetX].map(v =>
    Math.min(props.value.side - 1, Math.max(0, Math.floor(v / map.clientWidth * props.value.side))));

  const choose = position => {
    hovered = null;
    if (position.join() === at.join()) return show();
    at = position;
    props.value = { ...props.value, at };
    show();
    tellEffect();
    trigger('probe', { at });
  };

  map.addEventListener('pointermove', event => {
    hovered = under(event);
    show();
  });
  map.addEventListener('pointerleave', () => {
    hovered = null;
    show();
  });
  map.addEventListener('click', event => choose(under(event)));
  map.addEventListener('keydown', event => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    choose(at.map((v, k) => Math.min(props.value.side - 1, Math.max(0, v + by[k]))));
  });

  // --- saving, and the numbers ---

  const picture = () => {
    const svg = element.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
    const make = (name, attributes, text = '') => {
      const node = svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
      for (const [key, found] of Object.entries(attributes)) node.setAttribute(key, found);
      node.textContent = text;
    };
    const style = 'font-size:15px;fill:var(--body-text-color)';
    [[map, place.textContent], [theory, 'What it can see'], [effect, 'What moves it']].forEach(([part, text], k) => {
      make('text', { x: k * (SIDE + 20), y: 24, style }, text);
      make('image', { href: part.toDataURL(), x: k * (SIDE + 20), y: 40, width: SIDE, height: SIDE });
    });
    props.value.fields.forEach((field, k) => {
      make('rect', { x: SIDE + 20 + k * 130, y: SIDE + 54, width: 12, height: 12, style: `fill:var(--role-${field.branch})` });
      make('text', { x: SIDE + 37 + k * 130, y: SIDE + 65, style }, `${field.title}: ${field.size} × ${field.size}`);
    });
    svg.setAttribute('viewBox', `0 0 ${3 * SIDE + 40} ${SIDE + 76}`);
    return svg;
  };

  const rows = () => Array.from({ length: props.value.side }, (_, row) =>
    Array.from({ length: props.value.side }, (_, column) => activation([row, column])));
  const numbers = () => [['row', ...rows().map((_, column) => 'column ' + (column + 1))], ...rows().map((row, k) => [k + 1, ...row])];

  // All that is drawn, a number a line: activations, sides of the fields, the position, and each pixel's share of the largest gradient.
  const lines = () => {
    const { side, size, fields, effective } = props.value, gradient = bytesOf(effective.data);
    const grid = (what, side, value) => Array.from({ length: side * side }, (_, k) => [what, Math.floor(k / side) + 1, k % side + 1, value(k)]);
    return [['what', 'row', 'column', 'value'],
      ...grid('activation', side, k => activation([Math.floor(k / side), k % side])),
      ...fields.map(field => [`field of ${field.title}: pixels along a side`, '', '', field.size]),
      ['chosen position', ...effective.at.map(v => v + 1), activation(effective.at)],
      ...grid('gradient over its largest', size, k => ((gradient[k] / 255) ** 2).toPrecision(2))];
  };
  const title = () => props.value.name;
  downloads(element.querySelector('.downloads'), title, {
    PNG: () => pngFile(picture(), title()), SVG: () => svgFile(picture(), title()), CSV: () => csvFile(lines()),
  });

  const fillTable = unfolding(element.querySelector('details'), numbers);

  watch('value', draw);
  draw();
};
