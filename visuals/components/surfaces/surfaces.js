// Draws props.value (see __init__.py) by plotly, as surfaces under one camera or as contours.
import { background, csvFile, downloads } from '../shared/downloads.js';
import { onResize, onSight, onTheme } from '../shared/watching.js';
import { HOME, moved } from './camera.js';
import { layout, number, traces } from './figure.js';
import { all, finite, range } from './heights.js';
import { plotly, wake } from './plotly.js';
import { tableOf } from './table.js';

const STAY = 300; // ms in view, from which on the script that draws is fetched

export default ({ element, props, watch, signal }) => {
  const $ = selector => element.querySelector(selector);
  const figure = $('figure'), drawing = $('.drawing'), trouble = $('.trouble'), details = $('details');
  let value = null, camera = HOME, view = 'surface', scale = 'linear', pending = false, drawn = '', width = 0;
  let Plotly = null;

  const css = name => getComputedStyle(element).getPropertyValue(name).trim();

  // The height that there is on a projector; elsewhere it follows from the width.
  const given = () => document.documentElement.hasAttribute('data-present') ? parseFloat(css('--tall')) : 0;

  const draw = async () => {
    const look = { view, camera, css, heights: range(value, scale), tall: given() }, kind = view + value.surfaces.length;
    width = drawing.clientWidth;
    if (drawn && drawn !== kind) Plotly.purge(drawing); // scenes and flat axes do not turn into each other
    wake();
    await Plotly.react(drawing, traces(value, look), layout(value, look, width), { displayModeBar: false, scrollZoom: 'gl3d', responsive: false });
    if (drawn !== kind) {
      drawing.on('plotly_relayouting', follow);
      drawing.on('plotly_relayout', settle);
    }
    drawn = kind;
    wake();
    Object.assign(figure.dataset, { view, scale, run: value.run, points: all(value).filter(h => h !== null).length });
  };

  // --- the camera ---

  const look = next => {
    camera = next;
    wake();
    if (drawn && view === 'surface') Plotly.relayout(drawing, Object.fromEntries(value.surfaces.map((_, k) => [`scene${number(k)}.camera`, camera])));
  };
  const sceneOf = event => Object.keys(event ?? {}).find(key => /^scene\d*\.camera$/.test(key));
  const follow = event => { // while one surface is turned by hand; to lay out the figure anew would hold it fast
    const turned = sceneOf(event);
    if (!turned) return;
    camera = event[turned];
    for (const name of value.surfaces.map((_, k) => 'scene' + number(k)).filter(other => !turned.startsWith(other + '.'))) {
      const scene = drawing._fullLayout[name];
      scene._scene.setViewport({ ...scene, camera });
    }
  };
  const settle = event => { // let go: now the layout of all says so too
    const turned = sceneOf(event);
    if (turned && Object.keys(event).length === 1) look(event[turned]);
  };

  // Before the picture is pressed, wheel and finger scroll the page over it; then they zoom and turn.
  let pressed = false;
  const press = on => { pressed = on; drawing.classList.toggle('pressed', on); };
  const pass = event => { if (!pressed) event.stopPropagation(); };
  for (const kind of ['wheel', 'touchstart', 'touchmove']) drawing.addEventListener(kind, pass, { capture: true, passive: true });
  drawing.addEventListener('pointerdown', event => { if (event.pointerType === 'mouse') press(true); }, { capture: true });
  drawing.addEventListener('click', () => press(true), { capture: true });
  drawing.addEventListener('pointerleave', event => { if (event.pointerType === 'mouse' && !event.buttons) press(false); });
  document.addEventListener('pointerdown', event => { if (!drawing.contains(event.target)) press(false); }, { signal });
  for (const kind of ['pointermove', 'pointerdown', 'wheel', 'touchmove']) drawing.addEventListener(kind, wake, { capture: true, passive: true });

  // --- what stands below and around it ---

  const say = () => {
    const lost = all(value).filter(h => h === 'inf').length, cut = finite(value).filter(h => h > value.cut).length;
    const parts = [(view === 'surface' ? 'The pin marks the trained net.' : 'White point: the trained net.') + ' Both pictures share one scale.'];
    if (view === 'surface') parts.push('Drag to turn. Click first, and the wheel zooms.');
    if (scale === 'linear' && cut) parts.push(`${cut} of ${all(value).length} places have a ${value.axes[2]} above ${value.cut} and are cut off there.`);
    if (lost) parts.push(`At ${lost} places the ${value.axes[2]} is not a finite number; they are drawn at the upper end.`);
    $('.note').textContent = parts.join(' ');
    drawing.setAttribute('aria-label', value.label);
  };

  const fillTables = () => {
    if (details.open) $('.tables').replaceChildren(...value.surfaces.map(s => tableOf(value, s)));
  };

  const picture = format => async () => { // on the page's colour, as the picture itself has none
    const { width, height } = drawing.layout;
    const saved = { data: drawing.data, layout: { ...drawing.layout, paper_bgcolor: background(element), plot_bgcolor: background(element) } };
    wake();
    const made = await Plotly.toImage(saved, { format, width, height, scale: 2 });
    return (await fetch(made)).blob();
  };
  const rows = () => [['net', value.axes[0], value.axes[1], value.axes[2], value.detail],
    ...value.surfaces.flatMap(s => s.heights.flatMap((row, r) => row.map((h, c) => [s.name, value.ticks[c], value.ticks[r], h ?? undefined, s.details[r][c] ?? undefined])))];
  downloads($('.downloads'), () => value?.surfaces.map(s => s.name).join(' ') ?? '',
    { PNG: picture('png'), SVG: picture('svg'), CSV: () => csvFile(rows()) });

  // --- when to draw ---

  const refresh = () => { // at most once a frame, however fast values arrive
    if (pending || !value || signal.aborted) return;
    pending = true;
    requestAnimationFrame(async () => {
      say();
      fillTables();
      if (Plotly && drawing.clientWidth) await draw();
      pending = false;
    });
  };
  const take = () => {
    const next = props.value;
    if (!next?.surfaces || (value && next.run < value.run)) return; // the last words of a superseded run
    value = next;
    refresh();
  };

  const choose = (kind, name) => {
    if (kind === 'view') view = name;
    else scale = name;
    $('.camera').hidden = view === 'contour';
    for (const button of element.querySelectorAll(`button[data-${kind}]`)) button.setAttribute('aria-pressed', button.dataset[kind] === name);
    refresh();
  };
  const withoutWebGL = () => {
    $('[data-view=surface]').disabled = true;
    trouble.textContent = 'This browser cannot draw in three dimensions (it has no WebGL), so the surfaces are shown as contours.';
    choose('view', 'contour');
  };
  const start = async () => {
    looking.abort();
    const context = document.createElement('canvas').getContext('webgl');
    if (!context) withoutWebGL();
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    try {
      Plotly = await plotly(value.script);
    } catch {
      trouble.textContent = 'The script that draws could not be loaded. The numbers are in the tables below.';
    }
    refresh();
  };

  const each = (kind, then) => element.querySelectorAll(`button[data-${kind}]`).forEach(b => b.addEventListener('click', () => then(b.dataset[kind])));
  each('view', name => choose('view', name));
  each('scale', name => choose('scale', name));
  each('move', name => look(moved(camera, name)));
  details.addEventListener('toggle', refresh);
  onResize(drawing, () => { if (drawing.clientWidth !== width) refresh(); }, signal);
  onTheme(refresh, signal);
  watch('value', take);
  take();

  // A page that still lays itself out shows everything for a moment.
  let coming = 0;
  const looking = new AbortController();
  signal.addEventListener('abort', () => {
    clearTimeout(coming);
    looking.abort();
    if (drawn) Plotly.purge(drawing);
  });
  onSight(figure, sight => {
    clearTimeout(coming);
    if (value && sight) coming = setTimeout(start, STAY);
  }, looking.signal, { rootMargin: '200px' });
};
