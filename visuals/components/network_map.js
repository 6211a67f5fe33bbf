const SVG = 'http://www.w3.org/2000/svg';
const STEP = 54, LEFT = 34, MIDDLE = 158, SCALE = 0.15;
const map = element.querySelector('svg.map'), panel = element.querySelector('svg.module');
let drawn = '';

function add(parent, tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}

const height = channels => Math.max(3, channels * SCALE);
const channels = stage => stage.shape[stage.shape.length - 1];

function bar(parent, stage, x, width) {
  const total = height(channels(stage));
  let y = MIDDLE - total / 2;
  const parts = stage.branches || [{ channels: channels(stage) }];
  for (const part of parts) {
    const h = total * part.channels / channels(stage);
    const role = part.branch ? 'branch-' + part.branch : 'stage';
    add(parent, 'rect', { class: role, x: x - width / 2, y, width, height: h });
    y += h;
  }
}

function labels(parent, stage, x) {
  const [first, second] = stage.label;
  add(parent, 'text', { x, y: 254, class: stage.branches ? 'name strong' : '' }, first);
  if (second) add(parent, 'text', { x, y: 268 }, second);
  const [h, w] = stage.shape.length > 1 ? stage.shape : [];
  if (h) add(parent, 'text', { x, y: 285, class: 'small' }, h + '×' + w);
  add(parent, 'text', { x, y: 299, class: 'small' }, (h ? '×' : '') + channels(stage));
}

function drawMap(value) {
  map.replaceChildren();
  const at = {};
  value.stages.forEach((stage, i) => { at[stage.name] = LEFT + i * STEP; });
  const last = LEFT + (value.stages.length - 1) * STEP;
  add(map, 'line', { class: 'wire', x1: LEFT, y1: MIDDLE, x2: last, y2: MIDDLE });
  for (const stage of value.stages) {
    const x = at[stage.name];
    const node = add(map, 'g', stage.branches ? { class: 'node', role: 'radio', 'data-name': stage.name } : {});
    if (stage.branches) {
      node.setAttribute('aria-label', stage.says);
      add(node, 'rect', { class: 'halo', x: x - 25, y: 66, width: 50, height: 240, rx: 6 });
    }
    add(node, 'title', {}, stage.says);
    bar(node, stage, x, stage.branches ? 30 : 14);
    labels(node, stage, x);
  }
  for (const head of value.heads) drawHead(head, at, value.stages);
}

function drawHead(head, at, stages) {
  const from = at[head.after], stage = stages.find(s => s.name === head.after);
  const top = MIDDLE - height(channels(stage)) / 2;
  const x = Math.min(from, 1210 - 78);
  add(map, 'path', { class: 'wire', d: 'M' + from + ' ' + top + ' V 52' });
  add(map, 'rect', { class: 'box', x: x - 76, y: 8, width: 152, height: 44, rx: 5 });
  add(map, 'text', { x, y: 26, class: 'small' }, head.title);
  add(map, 'text', { x, y: 43, class: 'strong' }, head.answer);
}

function drawModule(stage, about) {
  panel.replaceChildren();
  panel.setAttribute('aria-label', stage.branches.map(b => b.says).join('; '));
  const input = { x: 14, y: 20, w: 62, h: 222 };
  add(panel, 'rect', { class: 'box', x: input.x, y: input.y, width: input.w, height: input.h, rx: 5 });
  add(panel, 'text', { x: 45, y: 126 }, 'input');
  add(panel, 'text', { x: 45, y: 143, class: 'small' }, about.input[0]);
  add(panel, 'text', { x: 45, y: 157, class: 'small' }, about.input[1]);
  let y = 20;
  stage.branches.forEach((branch, i) => {
    const row = 40 + i * 61, share = branch.channels / channels(stage), h = 222 * share, end = y + h / 2;
    const columns = branch.steps.length === 1 ? [335] : [150, 335];
    const role = ' branch-' + branch.branch;
    add(panel, 'path', { class: 'wire' + role, d: 'M76 ' + row + ' H 335' });
    add(panel, 'path', { class: 'wire' + role, d: 'M485 ' + row + ' C 560 ' + row + ' 560 ' + end + ' 640 ' + end });
    branch.steps.forEach(([text, detail], k) => {
      add(panel, 'rect', { class: 'box' + role, x: columns[k], y: row - 19, width: 150, height: 38, rx: 5 });
      add(panel, 'text', { x: columns[k] + 75, y: row - 3, class: 'strong' }, text);
      add(panel, 'text', { x: columns[k] + 75, y: row + 12, class: 'small' }, detail);
    });
    add(panel, 'rect', { class: 'branch-' + branch.branch, x: 640, y, width: 34, height: h });
    y += h;
    branch.end = end;
  });
  endLabels(stage);
}

function endLabels(stage) {
  let floor = 0;
  for (const branch of stage.branches) {
    floor = Math.max(branch.end + 4, floor + 15);
    const text = branch.title + ': ' + branch.channels + ' channels, ' + branch.share;
    add(panel, 'text', { class: 'left', x: 682, y: floor }, text);
  }
}

function mark(value) {
  const nodes = [...map.querySelectorAll('.node')];
  for (const node of nodes) {
    const chosen = node.dataset.name === value.chosen;
    node.setAttribute('aria-checked', chosen);
    node.setAttribute('tabindex', chosen ? 0 : -1);
  }
  const stage = value.stages.find(s => s.name === value.chosen);
  if (!stage) return;
  const about = value.modules[value.chosen];
  element.querySelector('.title').textContent = about.title;
  element.querySelector('.shapes').textContent = about.shapes;
  drawModule(stage, about);
  element.dataset.chosen = value.chosen;
}

function draw() {
  if (!props.value) return;
  if (!props.value.chosen) props.value = { ...props.value, chosen: element.dataset.chosen };
  const value = props.value;
  const content = JSON.stringify([value.stages, value.heads]);
  if (content !== drawn) {
    const first = !drawn;
    const focused = map.contains(document.activeElement) ? document.activeElement.dataset.name : '';
    drawMap(value);
    drawn = content;
    mark(value);
    if (first) reveal();
    if (focused) map.querySelector('[data-name="' + focused + '"]').focus();
  } else {
    mark(value);
  }
}

function reveal() {  // on a narrow screen, without scrolling the page
  const node = map.querySelector('.node[aria-checked="true"]'), frame = map.parentElement;
  if (!node) return;
  const at = node.getBoundingClientRect(), seen = frame.getBoundingClientRect();
  frame.scrollLeft += at.left + at.width / 2 - seen.left - seen.width / 2;
}

function choose(node) {
  if (!node || node.dataset.name === props.value.chosen) return;
  props.value = { ...props.value, chosen: node.dataset.name };
  mark(props.value);
  trigger('choose', { name: node.dataset.name });
}

map.addEventListener('click', event => choose(event.target.closest('.node')));
map.addEventListener('keydown', event => {
  const nodes = [...map.querySelectorAll('.node')], i = nodes.indexOf(event.target.closest('.node'));
  if (i < 0) return;
  const to = { ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: nodes.length - 1, Enter: i, ' ': i }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const node = nodes[(to + nodes.length) % nodes.length];
  choose(node);
  node.focus({ preventScroll: true });
  reveal();
});

watch('value', draw);
draw();
