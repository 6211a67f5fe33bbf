const columns = element.querySelector('.columns');
const GRID = 4, CELL = 72, GAP = 4;

function ramp(hex) {
  const colour = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
  return Array.from({ length: 256 }, (_, v) => colour.map(c => v < 128 ? c * v / 128 : c + (255 - c) * (v - 128) / 127));
}

function column(branch) {
  const figure = document.createElement('figure');
  figure.dataset.branch = branch.branch;
  const caption = document.createElement('figcaption');
  for (const [tag, text] of [['b', branch.title], ['span', branch.caption]]) {
    caption.appendChild(document.createElement(tag)).textContent = text;
  }
  const scale = caption.appendChild(document.createElement('span'));
  scale.className = 'scale';
  scale.appendChild(document.createElement('span')).textContent = '0';
  scale.appendChild(document.createElement('span')).className = 'ramp';
  scale.appendChild(document.createElement('span')).textContent = branch.largest;
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', branch.says);
  figure.append(caption, canvas);
  columns.appendChild(figure);
  paint(canvas, branch, ramp(getComputedStyle(figure).getPropertyValue('--role').trim()));
}

function paint(canvas, branch, colours) {
  const rows = Math.ceil(branch.count / GRID), side = branch.side, bytes = atob(branch.data);
  canvas.width = GRID * (CELL + GAP) - GAP;
  canvas.height = rows * (CELL + GAP) - GAP;
  const context = canvas.getContext('2d'), small = new OffscreenCanvas(side, side), pen = small.getContext('2d');
  context.imageSmoothingEnabled = false;
  for (let k = 0; k < branch.count; k++) {
    const image = pen.createImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      image.data.set([...colours[bytes.charCodeAt(k * side * side + i)], 255], 4 * i);
    }
    pen.putImageData(image, 0, 0);
    context.drawImage(small, (k % GRID) * (CELL + GAP), Math.floor(k / GRID) * (CELL + GAP), CELL, CELL);
  }
}

function draw() {
  const value = props.value;
  if (!value) return;
  columns.replaceChildren();
  value.branches.forEach(column);
  element.dataset.name = value.name;
}

watch('value', draw);
draw();
