// Draws props.value (see __init__.py): three lines of stages, the heads at theirs, and the chosen module opened.
import { svgFile, pngFile, csvFile, downloads } from '../shared/downloads.js';
import { onResize } from '../shared/watching.js';
import { unfolding } from '../shared/unfolding.js';

export default ({ element, props, watch, trigger, signal }) => {
  const SVG = 'http://www.w3.org/2000/svg';
  const WIDTH = 630, LEFT = 26, SCALE = 0.07; // px of a box for each channel
  const LINES = [{ names: 12, middle: 46, reach: 22 }, { names: 88, middle: 126, reach: 24 }, { names: 196, middle: 252, reach: 38 }];
  const BETWEEN = [72, 179], UNDER = 44; // y of the wires from line to line; px from a line to what its heads answer
  const map = element.querySelector('svg.map'), panel = element.querySelector('svg.module'), readout = element.querySelector('.readout');
  const POINT = 'On the line: places; below it: channels, one for each filter. Point at a layer to read what it does.';
  let drawn = '';

  const add = (parent, tag, attributes, text) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    parent.appendChild(node);
    return node;
  };

  const extent = channels => Math.max(3, channels * SCALE);
  const channels = stage => stage.shape.at(-1);

  // --- the whole network ---

  // name of a stage: { x, y, stage }; x and y are the middle of its box
  const places = stages => {
    const at = {};
    LINES.forEach((line, k) => {
      const mine = stages.filter(stage => stage.line === k), step = (WIDTH - LEFT) / (mine.length - (k === LINES.length - 1 ? .5 : .15)); // with room for the last wire
      mine.forEach((stage, i) => { at[stage.name] = { x: LEFT + i * step, y: line.middle, step, stage }; });
    });
    return at;
  };

  const box = (parent, { stage, x, y }) => {
    const total = extent(channels(stage)), width = stage.branches ? 26 : 12;
    let top = y - total / 2;
    for (const part of stage.branches || [{ channels: channels(stage) }]) {
      const height = total * part.channels / channels(stage);
      add(parent, 'rect', { class: part.branch ? 'branch-' + part.branch : 'stage', x: x - width / 2, y: top, width, height });
      top += height;
    }
  };

  // The shape of what a stage hands on, above and below the wire behind it.
  const onTheWire = (parent, { stage, x, y, step }) => {
    const middle = x + step / 2, [height, width] = stage.shape.length > 1 ? stage.shape : [1, 1];
    add(parent, 'text', { x: middle, y: y - 5, class: 'small' }, height + '×' + width);
    add(parent, 'text', { x: middle, y: y + 15, class: 'small' }, '×' + channels(stage));
  };

  const drawStage = (at, last) => {
    const { stage, x, y } = at, { names, reach } = LINES[stage.line], module = Boolean(stage.branches);
    const node = add(map, 'g', module ? { class: 'node', role: 'radio', 'data-name': stage.name, 'aria-label': stage.says } : {});
    node.dataset.says = stage.says;
    add(node, 'rect', { class: module ? 'halo' : 'reach', x: x - 24, y: names - 13, width: 48, height: y + reach - names + 13, rx: 6 });
    box(node, at);
    stage.label.forEach((line, k) => add(node, 'text', { x, y: names + 13 * k, class: module ? 'name strong' : '' }, line));
    if (!last) onTheWire(map, at);
  };

  const wires = at => {
    const lines = LINES.map((_, k) => Object.values(at).filter(({ stage }) => stage.line === k));
    for (const line of lines) add(map, 'line', { class: 'wire', x1: line[0].x, y1: line[0].y, x2: line.at(-1).x, y2: line[0].y });
    BETWEEN.forEach((between, k) => {
      const [end, start] = [lines[k].at(-1), lines[k + 1][0]];
      add(map, 'path', { class: 'wire', d: `M${end.x} ${end.y} H${WIDTH - 2} V${between} H3 V${start.y} H${start.x}` });
    });
  };

  // Its answer below its stage.
  const drawHead = (head, at) => {
    const { stage, x, y } = at[head.after], bottom = y + UNDER;
    const text = add(map, 'text', { x: Math.min(WIDTH - 4, x + 60), y: bottom, class: 'right' }, `${head.title}: `);
    add(text, 'tspan', { class: 'strong answer' }, head.answer);
    add(map, 'path', { class: 'wire', d: `M${x} ${y + extent(channels(stage)) / 2} V${bottom - 13}` });
    if (head.layers.length) text.dataset.says = `${head.title} after ${head.after}: ` + head.layers.map(layer => layer.title).join(', ') + '.';
  };

  const drawMap = value => {
    map.replaceChildren();
    const at = places(value.stages), last = value.stages.at(-1).name;
    wires(at);
    for (const place of Object.values(at)) drawStage(place, place.stage.name === last);
    for (const head of value.heads) drawHead(head, at);
  };

  // --- the chosen module ---

  // In px: [width, height] of the drawing; input: its width; columns: left of both boxes, and their size; rows: the first and
  // the way to the next; bar: left and width of the stacked outputs. The narrow one fits a phone.
  const WIDE = { size: [630, 190], input: 64, columns: [86, 252], box: [142, 38], rows: [24, 47], bar: [452, 30], narrow: false };
  const NARROW = { size: [340, 380], input: 46, columns: [64, 174], box: [98, 58], rows: [62, 92], bar: [306, 30], narrow: true };

  const drawBox = (into, { narrow, box: [width, height] }, role, x, row, [text, detail]) => {
    add(into, 'rect', { class: 'box' + role, x, y: row - height / 2, width, height, rx: 5 });
    const [first, ...rest] = text.split(' '), lines = narrow ? [first, rest.join(' ')] : [text];
    lines.forEach((line, k) => add(into, 'text', { x: x + width / 2, y: row - 4 + (narrow ? 15 * k - 6 : 0), class: 'strong' }, line));
    add(into, 'text', { x: x + width / 2, y: row + (narrow ? 22 : 13), class: 'small' }, detail);
  };

  const drawModule = (into, stage, about, look) => {
    const { size: [width, tall], input, columns: [first, second], box: [wide], rows, bar: [left, thick], narrow } = look;
    const edge = narrow ? 20 : 4, whole = tall - 2 * edge, middle = (4 + input + 4) / 2;
    into.replaceChildren();
    into.setAttribute('viewBox', `0 0 ${width} ${tall}`);
    add(into, 'rect', { class: 'box', x: 4, y: edge, width: input, height: whole, rx: 5 });
    add(into, 'text', { x: middle, y: tall / 2 - 13, class: 'strong' }, 'input');
    about.input.forEach((line, k) => add(into, 'text', { x: middle, y: tall / 2 + 6 + 15 * k, class: 'small' }, line));
    let y = edge, floor = 0;
    stage.branches.forEach((branch, i) => {
      const row = rows[0] + i * rows[1], height = whole * branch.channels / channels(stage), end = y + height / 2, role = ' branch-' + branch.branch;
      const columns = branch.steps.length === 1 ? [second] : [first, second], out = second + wide, bend = (out + left) / 2;
      add(into, 'path', { class: 'wire' + role, d: `M${4 + input} ${row} H${second} M${out} ${row} C${bend} ${row} ${bend} ${end} ${left} ${end}` });
      branch.steps.forEach((step, k) => drawBox(into, look, role, columns[k], row, step));
      add(into, 'rect', { class: 'branch-' + branch.branch, x: left, y, width: thick, height });
      floor = Math.max(end + 4, floor + 16); // thin shares must not have their words on top of one another
      const words = `${branch.title}: ${branch.channels}${narrow ? ' channels' : ''}, ${branch.share}`;
      if (narrow) add(into, 'text', { class: 'left', x: first, y: row - 36 }, words);
      else add(into, 'text', { class: 'left', x: left + thick + 10, y: floor }, words);
      y += height;
    });
  };

  const showModule = (stage, about) => {
    panel.setAttribute('aria-label', stage.branches.map(b => b.says).join('; '));
    drawModule(panel, stage, about, panel.parentElement.clientWidth < 500 ? NARROW : WIDE);
  };

  const mark = value => {
    for (const node of map.querySelectorAll('.node')) {
      const chosen = node.dataset.name === value.chosen;
      node.setAttribute('aria-checked', chosen);
      node.setAttribute('tabindex', chosen ? 0 : -1);
    }
    const stage = value.stages.find(s => s.name === value.chosen);
    if (!stage) return;
    const about = value.modules[value.chosen];
    element.querySelector('.title').textContent = about.title;
    element.querySelector('.shapes').textContent = about.shapes;
    readout.textContent = (frame.scrollWidth > frame.clientWidth ? 'Swipe to see more of the map. ' : '') + POINT;
    showModule(stage, about);
    element.dataset.chosen = value.chosen;
  };

  const draw = () => {
    if (!props.value?.stages) return;
    if (!props.value.chosen) props.value = { ...props.value, chosen: element.dataset.chosen };
    const value = props.value, content = JSON.stringify([value.stages, value.heads]);
    if (content === drawn) {
      const moved = element.dataset.chosen !== value.chosen; // by a link
      mark(value);
      return moved && reveal();
    }
    const first = !drawn, focused = map.contains(document.activeElement) ? document.activeElement.dataset.name : '';
    drawMap(value);
    drawn = content;
    mark(value);
    if (first) reveal();
    fade();
    if (focused) map.querySelector(`[data-name="${focused}"]`).focus();
    fillTable();
  };

  const frame = map.parentElement;
  const fade = () => { // where it goes on, its edge fades
    const { scrollLeft, scrollWidth, clientWidth } = frame;
    frame.classList.toggle('more-left', scrollLeft > 2);
    frame.classList.toggle('more-right', scrollLeft + clientWidth < scrollWidth - 2);
  };

  const reveal = () => { // on a narrow screen, without scrolling the page
    const node = map.querySelector('.node[aria-checked="true"]');
    if (!node) return;
    const at = node.getBoundingClientRect(), seen = frame.getBoundingClientRect();
    frame.scrollLeft += at.left + at.width / 2 - seen.left - seen.width / 2;
  };

  let across = 0; // px: width in which it was drawn last; 0 while another tab of the page is open
  onResize(frame, () => {
    const width = frame.clientWidth, opened = !across && width;
    if (width === across) return;
    across = width;
    if (width && props.value?.stages) mark(props.value);
    if (opened) reveal();
    fade();
  }, signal);
  frame.addEventListener('scroll', fade);

  const choose = node => {
    if (!node || node.dataset.name === props.value.chosen) return;
    props.value = { ...props.value, chosen: node.dataset.name };
    mark(props.value);
    trigger('choose', { name: node.dataset.name });
  };

  const read = event => {
    const part = event.target.closest('[data-says]');
    if (part) readout.textContent = part.dataset.says;
  };
  map.addEventListener('pointerover', read);
  map.addEventListener('pointerdown', read);
  map.addEventListener('pointerleave', event => { // a finger leaves at once: what it touched stays to be read
    if (event.pointerType === 'mouse') mark(props.value);
  });
  map.addEventListener('click', event => choose(event.target.closest('.node')));
  map.addEventListener('keydown', event => {
    const nodes = [...map.querySelectorAll('.node')], i = nodes.indexOf(event.target.closest('.node'));
    const to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: nodes.length - 1, Enter: i, ' ': i }[event.key];
    if (i < 0 || to === undefined) return;
    event.preventDefault();
    const node = nodes[(to + nodes.length) % nodes.length];
    choose(node);
    node.focus({ preventScroll: true });
    reveal();
  });

  // --- saving, and the same in words ---

  const together = () => {
    const svg = document.createElementNS(SVG, 'svg'), { chosen, stages, modules } = props.value;
    add(svg, 'text', { x: 4, y: 326, class: 'left strong' }, element.querySelector('.title').textContent + ': ' + element.querySelector('.shapes').textContent);
    const below = add(svg, 'g', { transform: 'translate(0 340)' });
    svg.append(...map.cloneNode(true).childNodes);
    drawModule(below, stages.find(stage => stage.name === chosen), modules[chosen], WIDE);
    svg.setAttribute('viewBox', `0 0 ${WIDTH} 540`);
    element.append(svg);
    return svg;
  };

  const layers = () => [['layer', 'what it does'], ...props.value.stages.map(s => [s.name, s.says]),
    ...props.value.heads.flatMap(h => h.layers.map(l => [`${h.title}, ${h.after}`, l.says]))];
  const title = () => 'GoogLeNet, module ' + props.value.chosen;
  downloads(element.querySelector('.downloads'), title, {
    PNG: () => pngFile(together(), title()), SVG: () => svgFile(together(), title()), CSV: () => csvFile(layers()),
  });

  const fillTable = unfolding(element.querySelector('details'), layers);

  watch('value', draw);
  draw();
};
