// Points drawn in a square (see __init__.py). A stroke is a line of points that are put down in one go.
import { onResize, onTheme } from '../shared/watching.js';

export default ({ element, props, watch, signal }) => {
  const canvas = element.querySelector('canvas'), output = element.querySelector('output');
  const STEP = .05; // of the square's half side: how far the cross moves, and how far apart a stroke's points are
  let strokes = [], drawing = false, cross = [0, 0], keys = false;

  const points = () => strokes.flat();
  const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
  const gap = () => STEP * props.value.edge;

  const draw = () => {
    const size = canvas.clientWidth, dots = window.devicePixelRatio || 1, style = getComputedStyle(element), pen = canvas.getContext('2d');
    if (!size || !props.value) return;
    canvas.width = canvas.height = Math.round(size * dots);
    const at = ([x, y]) => [x, -y].map(v => (v / props.value.edge + 1) / 2 * canvas.width);
    pen.fillStyle = style.getPropertyValue('--role-signal');
    for (const point of points()) {
      pen.beginPath();
      pen.arc(...at(point), 2.5 * dots, 0, 2 * Math.PI);
      pen.fill();
    }
    if (!strokes.length && !keys) {
      pen.fillStyle = style.getPropertyValue('--body-text-color-subdued');
      pen.font = `${15 * dots}px sans-serif`;
      pen.textAlign = 'center';
      pen.fillText('Draw a shape here', canvas.width / 2, canvas.height / 2);
    }
    if (keys) {
      const [x, y] = at(cross);
      pen.strokeStyle = style.getPropertyValue('--body-text-color');
      pen.lineWidth = dots;
      pen.stroke(new Path2D(`M${x - 8 * dots},${y} h${16 * dots} M${x},${y - 8 * dots} v${16 * dots}`));
    }
    const [count, most] = [points().length, props.value.most];
    output.textContent = `${count} of ${most} points` + (count >= most ? ', full' : '');
    element.querySelector('.pad').dataset.points = count;
  };

  const tell = () => {
    props.value = { ...props.value, points: points().map(point => point.map(v => +v.toFixed(3))) };
    draw();
  };

  const put = point => {
    const { edge, most } = props.value, stroke = strokes.at(-1), inside = point.map(v => Math.max(-edge, Math.min(edge, v)));
    if (points().length >= most || (stroke.length && apart(stroke.at(-1), inside) < gap())) return;
    stroke.push(inside);
  };

  // From the last point of a stroke to this place, so that a fast hand leaves no gaps.
  const stretch = point => {
    const from = strokes.at(-1).at(-1) ?? point, steps = Math.max(1, Math.floor(apart(from, point) / gap()));
    for (let k = 1; k <= steps; k++) put(from.map((v, axis) => v + (point[axis] - v) * k / steps));
  };

  const placeOf = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * 2 - 1, 1 - (event.clientY - box.top) / box.height * 2].map(v => v * props.value.edge);
  };
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId);
    strokes.push([]);
    drawing = true;
    put(placeOf(event));
    draw();
  };
  canvas.onpointermove = event => { if (drawing) { stretch(placeOf(event)); draw(); } };
  canvas.onpointerup = canvas.onpointercancel = () => { if (drawing) { drawing = false; tell(); } };
  canvas.onkeydown = event => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }, move = moves[event.key];
    if (!move && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    keys = true;
    if (move) cross = cross.map((v, axis) => Math.max(-props.value.edge, Math.min(props.value.edge, v + move[axis] * gap())));
    else { strokes.push([]); put(cross); return tell(); }
    draw();
  };
  canvas.onblur = () => { keys = false; draw(); };
  element.querySelector('.undo').onclick = () => { strokes.pop(); tell(); };
  element.querySelector('.clear').onclick = () => { strokes = []; tell(); };
  const receive = () => { // what is here already comes back as it was sent
    const given = props.value?.points ?? [];
    if (JSON.stringify(given) !== JSON.stringify(points().map(point => point.map(v => +v.toFixed(3))))) strokes = given.length ? [given] : [];
    draw();
  };
  onResize(canvas, draw, signal);
  onTheme(draw, signal);
  watch('value', receive);
  receive();
};
