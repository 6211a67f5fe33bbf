// Draws props.value (see __init__.py): the signal enters at the top, the output is at the bottom.
import { digits } from '../shared/axes.js';
import { ramp } from '../shared/ramp.js';
import { onResize } from '../shared/watching.js';

const HEIGHT = 275, TOP = 40, GAP = 12; // px: of the cells, above them for the names, between two columns
const ROLES = ['plain', 'residual'];
const BRIGHT = { gradient: 'a larger gradient, not a better net', signal: 'a larger spread of its output' };

export default ({ element, props, watch, signal }) => {
  const $ = selector => element.querySelector(selector);
  const canvas = $('canvas'), pen = canvas.getContext('2d'), output = $('output'), kinds = [...element.querySelectorAll('.kinds input')];
  const colours = Object.fromEntries(ROLES.map(role => [role, ramp(role)]));
  const group = 'nets-' + Math.random().toString(36).slice(2);
  let view = null, looks = [], cursor = null, pointed = null, pending = false;

  const kind = () => kinds.find(input => input.checked).value;
  const place = value => {
    const [low, high] = view.scales[kind()].map(Math.log10);
    return value > 0 ? Math.min(1, Math.max(0, (Math.log10(value) - low) / (high - low))) : 0;
  };
  const paint = (role, value) => value === null ? '#fff' : `rgb(${colours[role][Math.round(255 * place(value))].map(Math.round)})`;
  const inWords = value => value === null ? 'no number' : digits({ log: true }, value || 0);

  // The newest look that had been taken by the step under the chart's cursor.
  const seen = () => {
    const taken = looks.filter(look => look);
    return (cursor === null ? null : taken.findLast(([step]) => step <= cursor)) ?? (cursor === null ? taken.at(-1) : taken[0]);
  };
  const values = net => seen()?.[1][net.name]?.[kind() === 'signal' ? 0 : 1];
  const width = () => (canvas.clientWidth - GAP * (view.nets.length - 1)) / view.nets.length;
  const high = net => HEIGHT / net.layers;

  const draw = () => {
    pending = false;
    if (!view || !canvas.clientWidth) return;
    const scale = window.devicePixelRatio, style = getComputedStyle(element), wide = width();
    canvas.style.height = `${TOP + HEIGHT}px`;
    [canvas.width, canvas.height] = [canvas.clientWidth, TOP + HEIGHT].map(size => Math.round(size * scale));
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    view.nets.forEach((net, k) => {
      const x = k * (wide + GAP), [word, depth] = net.name.split(/-(?=\d)/);
      pen.fillStyle = style.color;
      pen.font = `14px ${style.fontFamily}`;
      pen.textAlign = 'center';
      pen.fillText(wide < 54 && word === 'residual' ? 'resid.' : word, x + wide / 2, 14, wide + GAP);
      pen.fillText((depth ?? '').split(',')[0], x + wide / 2, 31, wide + GAP);
      const found = values(net), each = high(net), line = each > 10 ? 1 : 0;
      for (let layer = 0; layer < net.layers; layer++) {
        pen.fillStyle = found ? paint(net.role, found[layer]) : style.getPropertyValue('--background-fill-secondary'); // not looked at yet
        pen.fillRect(x, TOP + layer * each, wide, each - line);
      }
      // Around the column, as black cells look like a dark page.
      Object.assign(pen, { strokeStyle: style.getPropertyValue('--body-text-color-subdued'), lineWidth: 1 });
      pen.strokeRect(x + .5, TOP + .5, wide - 1, HEIGHT - 1);
      if (pointed?.net === k) {
        Object.assign(pen, { strokeStyle: style.color, lineWidth: 2 });
        pen.strokeRect(x - 1, TOP + pointed.layer * each - 1, wide + 2, each + 2);
      }
    });
    say();
  };

  const say = () => {
    const look = seen(), [low, top] = view.scales[kind()];
    $('.low').textContent = digits({ log: true }, low);
    $('.high').textContent = digits({ log: true }, top);
    element.querySelectorAll('.ramps i').forEach((bar, k) => {
      const stops = Array.from({ length: 9 }, (_, n) => `rgb(${colours[ROLES[k]][Math.round(n * 255 / 8)].map(Math.round)})`);
      bar.style.background = `linear-gradient(to right, ${stops})`;
    });
    element.dataset.step = look ? look[0] : '';
    element.dataset.run = view.run;
    if (!look) { output.textContent = 'No layer has been looked at yet.'; return; }
    const net = view.nets[pointed?.net], found = net && values(net);
    output.textContent = found ? `Step ${look[0]}: ${kind()} in layer ${pointed.layer + 1} of ${net.name}: ${inWords(found[pointed.layer])}`
      : `Step ${look[0]}. Top: first layer. Brighter: ${BRIGHT[kind()]}. Point to read.`;
    const told = view.nets.filter(values).map(each => `${each.name} ${inWords(values(each)[0])} in the first layer, ${inWords(values(each).at(-1))} in the last`);
    canvas.setAttribute('aria-label', `${kind()} by layer at step ${look[0]}: ${told.join('; ')}`);
  };

  const refresh = () => {
    if (pending || signal.aborted) return;
    pending = true;
    requestAnimationFrame(draw);
  };

  const take = () => {
    const value = props.value;
    if (!value?.nets || (view && value.run < view.run)) return; // the last words of a superseded run
    if (!view || value.run !== view.run) { looks = []; cursor = pointed = null; }
    view = value;
    $('.note').textContent = value.note;
    const { start, new: found } = JSON.parse(value.looks);
    found.forEach((look, k) => { looks[start + k] = look; });
    refresh();
  };

  window.addEventListener('cursor-of-run', ({ detail }) => {
    if (!view || detail.run !== view.run) return;
    cursor = detail.x;
    refresh();
  }, { signal });
  canvas.addEventListener('pointermove', event => {
    if (!view) return;
    const net = Math.floor(event.offsetX / (width() + GAP)), layer = Math.floor((event.offsetY - TOP) / high(view.nets[net] ?? view.nets[0]));
    pointed = view.nets[net] && layer >= 0 && layer < view.nets[net].layers ? { net, layer } : null;
    refresh();
  });
  canvas.addEventListener('pointerleave', () => { pointed = null; refresh(); });
  kinds.forEach(input => { input.name = group; input.addEventListener('change', refresh); });
  onResize(canvas, refresh, signal);
  watch('value', take);
  take();
};
