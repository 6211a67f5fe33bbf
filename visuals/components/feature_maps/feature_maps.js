// Draws props.value (see __init__.py): the concatenation as a strip, and under it a column of maps for each branch.
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { ramp, bytesOf, bitmap } from '../shared/ramp.js';
import { unfolding } from '../shared/unfolding.js';

export default ({ element, props, watch, trigger }) => {
  const columns = element.querySelector('.columns'), strip = element.querySelector('.strip canvas');
  const reading = element.querySelector('.reading'), more = element.querySelector('.more button');
  const ACROSS = 8, CELL = 72, GAP = 4;
  let painted = []; // what is on the page: { branch, canvas, colours, bytes }
  let wanted = null; // { known, name, chosen, all }: an answer that comes late does not undo what was chosen since

  const alike = (one, other) => one?.branch === other?.branch && one?.channel === other?.channel;
  const isChosen = (branch, channel) => props.value.chosen.branch === branch.branch && props.value.chosen.channel === channel;

  const say = (branch, k) => {
    const [mean, largest] = [branch.means[k], branch.maxima[k]];
    reading.textContent = `Channel ${branch.order[k]} of ${branch.title}: mean ${mean}, largest ${largest}.`;
  };

  const sayChosen = () => {
    const branch = props.value.branches.find(b => b.branch === props.value.chosen.branch);
    const k = branch.order.indexOf(props.value.chosen.channel);
    if (k >= 0) say(branch, k);
    else reading.textContent = `Channel ${props.value.chosen.channel} of ${branch.title} is enlarged.`;
  };

  // --- choosing a channel ---

  const want = choice => {
    wanted = { ...wanted, ...choice };
    props.value = { ...props.value, ...choice };
  };

  const open = (branch, channel) => {
    if (isChosen(branch, channel)) return;
    want({ chosen: { branch: branch.branch, channel } });
    painted.forEach(paint);
    sayChosen();
    trigger('open', { branch: branch.branch, channel });
  };

  const under = (canvas, branch) => event => {
    const unit = canvas.width / canvas.clientWidth, step = CELL + GAP;
    const k = Math.floor(event.offsetY * unit / step) * ACROSS + Math.min(ACROSS - 1, Math.floor(event.offsetX * unit / step));
    return k < branch.order.length ? k : -1;
  };

  const move = branch => event => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ACROSS, ArrowDown: ACROSS, Enter: 0, ' ': 0 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = props.value.chosen.branch === branch.branch ? branch.order.indexOf(props.value.chosen.channel) + by : 0;
    open(branch, branch.order[Math.min(branch.order.length - 1, Math.max(0, at))]);
  };

  // --- drawing ---

  const paint = ({ branch, canvas, colours, bytes }) => {
    const side = props.value.side, context = canvas.getContext('2d'), step = CELL + GAP;
    canvas.width = ACROSS * step - GAP;
    canvas.height = Math.ceil(branch.order.length / ACROSS) * step - GAP;
    context.imageSmoothingEnabled = false;
    branch.order.forEach((channel, k) => {
      const [x, y] = [k % ACROSS * step, Math.floor(k / ACROSS) * step];
      context.drawImage(bitmap(bytes, k * side * side, side, side, colours), x, y, CELL, CELL);
      if (!isChosen(branch, channel)) return;
      for (const [colour, width] of [['#000', 8], ['#fff', 4]]) { // seen on every map
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(x + 3, y + 3, CELL - 6, CELL - 6);
      }
    });
  };

  const texts = (parent, parts) => {
    for (const [tag, text, name] of parts) {
      parent.append(Object.assign(document.createElement(tag), { textContent: text, className: name || '' }));
    }
    return parent;
  };

  const column = branch => {
    const figure = document.createElement('figure'), caption = document.createElement('figcaption');
    const frame = Object.assign(document.createElement('div'), { className: 'window' });
    const canvas = Object.assign(document.createElement('canvas'), { tabIndex: 0 }), at = under(canvas, branch);
    figure.dataset.branch = branch.branch;
    texts(caption, [['b', branch.title + ' branch'], ['span', branch.caption]]);
    caption.append(texts(document.createElement('span'), [['span', '0'], ['span', '', 'ramp'], ['span', branch.largest]]));
    caption.lastChild.className = 'scale';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', branch.says);
    canvas.addEventListener('pointermove', event => { if (at(event) >= 0) say(branch, at(event)); });
    canvas.addEventListener('pointerleave', sayChosen);
    canvas.addEventListener('click', event => { if (at(event) >= 0) open(branch, branch.order[at(event)]); });
    canvas.addEventListener('keydown', move(branch));
    frame.append(canvas);
    figure.append(caption, frame);
    painted.push({ branch, canvas, colours: ramp(branch.branch), bytes: bytesOf(branch.data) });
    return figure;
  };

  const drawStrip = value => {
    const total = value.branches.reduce((sum, branch) => sum + branch.channels, 0), context = strip.getContext('2d');
    strip.width = total;
    let x = 0;
    element.querySelector('.shares').replaceChildren(...value.branches.map(branch => {
      const part = texts(document.createElement('div'), [['span', branch.title]]);
      part.dataset.branch = branch.branch;
      part.style.flex = `${branch.channels} 1 0`;
      return part;
    }));
    for (const branch of value.branches) {
      context.drawImage(bitmap(bytesOf(branch.strip), 0, branch.channels, 1, ramp(branch.branch)), x, 0);
      x += branch.channels;
    }
    element.querySelector('.says').textContent = value.says;
    strip.setAttribute('aria-label', value.says);
  };

  strip.addEventListener('click', event => {
    let channel = Math.min(strip.width - 1, Math.floor(event.offsetX / strip.clientWidth * strip.width));
    for (const branch of props.value.branches) {
      if (channel < branch.channels) return open(branch, channel);
      channel -= branch.channels;
    }
  });

  const draw = () => {
    if (!props.value?.branches) return;
    const { known, name, chosen, asked, all } = props.value, same = wanted?.known === known && wanted.name === name;
    const since = same && !alike(asked, wanted.chosen); // what was chosen since this was asked for
    if (wanted) props.value = { ...props.value, chosen: since ? wanted.chosen : chosen, all: wanted.all };
    const value = props.value, late = value.all !== all || !isChosen(chosen, chosen.channel);
    wanted = { known, name, chosen: value.chosen, all: value.all };
    if (late) trigger('more', {}); // the request for what is wanted may have left with what this answer brought
    const focused = painted.find(({ canvas }) => canvas === document.activeElement);
    painted = [];
    drawStrip(value);
    columns.replaceChildren(...value.branches.map(column));
    painted.forEach(paint);
    painted.find(({ branch }) => branch.branch === focused?.branch.branch)?.canvas.focus({ preventScroll: true });
    more.textContent = value.all ? 'Show only the strongest' : 'Show all channels';
    sayChosen();
    fillTable();
    element.dataset.name = value.name;
    element.dataset.count = value.branches.reduce((sum, branch) => sum + branch.order.length, 0);
  };

  more.addEventListener('click', () => {
    want({ all: !props.value.all });
    trigger('more', {});
  });

  // --- saving, and the numbers ---

  const LETTER = 'font-size:16px;fill:var(--body-text-color)';
  const make = (parent, name, attributes, text) => {
    const node = parent.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
    for (const [key, found] of Object.entries(attributes)) node.setAttribute(key, found);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const enlarged = (canvas, width, height) => { // without smoothing
    const large = Object.assign(document.createElement('canvas'), { width, height }), context = large.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, width, height);
    return large.toDataURL();
  };

  // As on the page: the strip with the branches' shares, and below it their maps.
  const picture = () => {
    const side = painted[0].canvas.width, step = side + 24, width = painted.length * step - 24, svg = make(element, 'svg', {});
    const { name, branches } = props.value, total = strip.width;
    let x = 0;
    for (const branch of branches) {
      const wide = branch.channels / total * width;
      make(svg, 'rect', { x, y: 0, width: wide, height: 8, style: `fill:var(--role-${branch.branch})` });
      make(svg, 'text', { x, y: 26, style: LETTER }, `${branch.title}: ${branch.share}`);
      x += wide;
    }
    make(svg, 'image', { href: enlarged(strip, width, 40), x: 0, y: 34, width, height: 40 });
    painted.forEach(({ branch, canvas }, k) => {
      make(svg, 'rect', { x: k * step, y: 96, width: side, height: 8, style: `fill:var(--role-${branch.branch})` });
      make(svg, 'text', { x: k * step, y: 126, style: LETTER }, `${name}, ${branch.title} branch, white is ${branch.largest}`);
      make(svg, 'image', { href: canvas.toDataURL(), x: k * step, y: 136, width: canvas.width, height: canvas.height });
    });
    svg.setAttribute('viewBox', `0 0 ${width} ${136 + Math.max(...painted.map(({ canvas }) => canvas.height))}`);
    return svg;
  };

  const numbers = () => [['branch', 'channel', 'mean', 'largest'], ...props.value.branches.flatMap(branch =>
    branch.order.map((channel, k) => [branch.title, channel, branch.means[k], branch.maxima[k]]))];
  const title = () => 'feature maps of module ' + props.value.name;
  downloads(element.querySelector('.downloads'), title, {
    PNG: () => pngFile(picture(), title()), SVG: () => svgFile(picture(), title()), CSV: () => csvFile(numbers()),
  });

  const fillTable = unfolding(element.querySelector('details'), numbers);

  watch('value', draw);
  draw();
};
