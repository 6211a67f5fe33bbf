// Draws props.value (see surfaces.py) by plotly: one figure with a scene for each surface, so that one camera, one range
// of heights and one colour scale hold for all of them.
const $ = selector => element.querySelector(selector);
const figure = $('figure'), drawing = $('.drawing'), trouble = $('.trouble'), details = $('details');
const WIDE = 640; // px: from which width the surfaces stand side by side
const TURN = Math.PI / 18, NEARER = .85; // of one press of a camera button
const HOME = { eye: { x: -1.22, y: -1.22, z: 1.25 }, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -.15 } };
const TABLE = 11; // rows and columns of a table at most
const STAY = 300; // ms in view, from which on the script that draws is fetched
let value = null, camera = HOME, view = 'surface', scale = 'linear', pending = false, ready = false, drawn = '', width = 0;

// --- numbers ---

const SUPERSCRIPTS = { '-': '⁻', ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((s, k) => [k, s])) };
const power = k => '10' + [...String(k)].map(c => SUPERSCRIPTS[c]).join('');
const write = h => {
  if (h === null) return '';
  if (h === 'inf') return 'not finite';
  if (h !== 0 && (h < 1e-3 || h >= 1e5)) { const [front, k] = h.toExponential(2).split('e'); return `${front}·${power(+k)}`; }
  return String(+h.toPrecision(3));
};
const all = () => value.surfaces.flatMap(s => s.heights.flat());
const finite = () => all().filter(h => typeof h === 'number');

// The range of heights on the scale in use, the same for all surfaces, with its ticks.
const range = () => {
  if (scale === 'linear') {
    const ticks = Array.from({ length: value.cut + 1 }, (_, k) => k);
    return { low: 0, high: value.cut, values: ticks, texts: ticks.map(k => k < value.cut ? String(k) : `≥ ${k}`) };
  }
  const logs = finite().filter(h => h > 0).map(Math.log10);
  const low = Math.floor(Math.min(0, ...logs)), high = Math.ceil(Math.max(1, ...logs)), step = Math.ceil((high - low) / 7);
  const values = [];
  for (let k = Math.ceil(low / step) * step; k <= high; k += step) values.push(k);
  return { low, high, values, texts: values.map(k => Math.abs(k) < 4 ? String(10 ** k).replace(/(\.0*1).*/, '$1') : power(k)) };
};
const place = (h, { low, high }) => {
  if (h === null) return null;
  if (h === 'inf') return high;
  return Math.min(high, scale === 'linear' ? h : Math.max(low, Math.log10(h)));
};
const axisName = () => value.axes[2] + (scale === 'log' ? ', logarithmic' : '');

// --- the figure ---

const css = name => getComputedStyle(element).getPropertyValue(name).trim();
const resolved = colour => colour.startsWith('var(') ? css(colour.slice(4, -1)) : colour;

const number = k => k ? String(k + 1) : ''; // plotly calls the first scene or axis "scene", "x", the next "scene2", "x2"

const traces = heights => value.surfaces.flatMap((s, k) => {
  const at = view === 'surface' ? { scene: 'scene' + number(k) } : { xaxis: 'x' + number(k), yaxis: 'y' + number(k) };
  const z = s.heights.map(row => row.map(h => place(h, heights)));
  const said = (r, c) => `${value.axes[2]} ${write(s.heights[r][c])}<br>${value.detail}: ${s.details[r][c] ?? ''}`;
  // The texts of a surface, unlike those of contours, are looked up by column and row.
  const text = s.heights.map((row, r) => row.map((_, c) => view === 'surface' ? said(c, r) : said(r, c)));
  const common = { x: value.ticks, y: value.ticks, z, text, coloraxis: 'coloraxis', name: s.name, ...at,
    hovertemplate: `${s.name}<br>${value.axes[0]} %{x:.2f}<br>${value.axes[1]} %{y:.2f}<br>%{text}<extra></extra>` };
  const middle = (value.ticks.length - 1) / 2, centre = z[middle][middle];
  const mark = { hoverinfo: 'skip', showlegend: false, ...at }, white = { color: '#fff', line: { color: '#000', width: 2 } };
  const step = (heights.high - heights.low) / 16;
  return view === 'surface'
    ? [{ type: 'surface', ...common, opacityscale: scale === 'linear' ? [[0, 1], [.97, 1], [1, .2]] : [[0, 1], [1, 1]], lighting: { ambient: .75, diffuse: .5, specular: .05 },
         contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } } },
       { type: 'scatter3d', ...mark, mode: 'lines+markers', x: [0, 0], y: [0, 0], z: [heights.high, centre], line: { width: 4, color: css('--body-text-color') },
         marker: { ...white, size: [7, 0] } }]
    : [{ type: 'contour', ...common, line: { width: .7, color: 'rgba(255,255,255,.55)' },
         contours: { coloring: 'heatmap', start: heights.low, end: heights.high, size: step } },
       { type: 'scatter', ...mark, mode: 'markers', x: [0], y: [0], marker: { ...white, size: 11 } }];
});

// Where each surface stands in the figure: side by side, or one below the other on a narrow screen.
const domains = wide => value.surfaces.map((_, k, { length }) => wide
  ? { x: [(k + .02) / length, (k + .98) / length], y: [.14, .93] }
  : { x: [.02, .98], y: [1 - (k + .94) / length * .9, 1 - (k + .09) / length * .9] });

const layout = (heights, width) => {
  const wide = width >= WIDE, name = axis => wide ? axis : axis.split(' ').at(-1), text = css('--body-text-color'), line = css('--border-color-primary'), places = domains(wide);
  const axis = { color: text, gridcolor: line, zerolinecolor: line, linecolor: line, range: [value.ticks[0], value.ticks.at(-1)] };
  const made = {
    width, height: wide ? Math.min(560, Math.max(430, width * .56)) : Math.min(1, width / 360) * 400 * value.surfaces.length,
    margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, uirevision: 'keep', dragmode: view === 'surface' ? 'turntable' : false,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: { color: text, family: css('--font') || 'sans-serif', size: 13 },
    coloraxis: { colorscale: 'Viridis', cmin: heights.low, cmax: heights.high, colorbar: { orientation: 'h', x: .5, y: 0,
      yanchor: 'bottom', len: wide ? .6 : .9, thickness: 12, tickvals: heights.values, ticktext: heights.texts,
      title: { text: axisName(), side: 'top' }, outlinewidth: 0 } },
    annotations: value.surfaces.map((s, k) => ({ text: `<span style="color:${resolved(s.colour)}">■</span> <b>${s.name}</b>`,
      xref: 'paper', yref: 'paper', x: (places[k].x[0] + places[k].x[1]) / 2, y: places[k].y[1], yanchor: 'bottom', xanchor: 'center',
      showarrow: false, font: { size: 15 } })),
  };
  value.surfaces.forEach((_, k) => {
    const n = number(k), [across, along] = value.axes;
    if (view === 'surface') made['scene' + n] = { domain: places[k], camera, aspectmode: 'manual', aspectratio: { x: 1, y: 1, z: .75 },
      xaxis: { ...axis, title: { text: name(across) } }, yaxis: { ...axis, title: { text: name(along) } },
      zaxis: { ...axis, title: { text: wide ? value.axes[2] : '' }, range: [heights.low, heights.low + 1.02 * (heights.high - heights.low)], tickvals: heights.values, ticktext: heights.texts } };
    else {
      const [bottom, top] = places[k].y, [left, right] = places[k].x;
      made['xaxis' + n] = { ...axis, domain: [left + .07, right], anchor: 'y' + n, title: { text: name(across) }, constrain: 'domain', showgrid: false };
      made['yaxis' + n] = { ...axis, domain: [bottom + .09, top], anchor: 'x' + n, title: { text: name(along) }, constrain: 'domain', scaleanchor: 'x' + n, showgrid: false };
    }
  });
  return made;
};

const draw = async () => {
  const heights = range(), kind = view + value.surfaces.length;
  width = drawing.clientWidth;
  if (drawn && drawn !== kind) Plotly.purge(drawing); // scenes and flat axes do not turn into each other
  await Plotly.react(drawing, traces(heights), layout(heights, width), { displayModeBar: false, scrollZoom: false, responsive: false });
  if (drawn !== kind) {
    drawing.on('plotly_relayouting', follow);
    drawing.on('plotly_relayout', settle);
  }
  drawn = kind;
  figure.dataset.view = view;
  figure.dataset.scale = scale;
  figure.dataset.run = value.run;
  figure.dataset.points = all().filter(h => h !== null).length;
};

// --- the camera, one for all surfaces ---

const look = next => {
  camera = next;
  if (drawn && view === 'surface') Plotly.relayout(drawing, Object.fromEntries(value.surfaces.map((_, k) => [`scene${number(k)}.camera`, camera])));
};
const sceneOf = event => Object.keys(event ?? {}).find(key => /^scene\d*\.camera$/.test(key));
const follow = event => { // while one surface is turned by hand; to lay out the figure anew would hold it fast
  const turned = sceneOf(event);
  if (!turned) return;
  camera = event[turned];
  value.surfaces.map((_, k) => 'scene' + number(k)).filter(name => !turned.startsWith(name + '.')).forEach(name => {
    const scene = drawing._fullLayout[name];
    scene._scene.setViewport({ ...scene, camera });
  });
};
const settle = event => { // let go: now the layout of all says so too
  const turned = sceneOf(event);
  if (turned && Object.keys(event).length === 1) look(event[turned]);
};
const move = name => {
  if (name === 'reset') return look(HOME);
  const { x, y, z } = camera.eye, far = Math.hypot(x, y, z);
  let around = Math.atan2(y, x), up = Math.asin(z / far), distance = far;
  if (name === 'left') around -= TURN;
  if (name === 'right') around += TURN;
  if (name === 'up') up = Math.min(1.5, up + TURN);
  if (name === 'down') up = Math.max(-1.5, up - TURN);
  if (name === 'nearer') distance *= NEARER;
  if (name === 'farther') distance /= NEARER;
  const flat = distance * Math.cos(up);
  look({ ...camera, eye: { x: flat * Math.cos(around), y: flat * Math.sin(around), z: distance * Math.sin(up) } });
};

// --- what stands below and around it ---

const say = () => {
  const lost = all().filter(h => h === 'inf').length, cut = finite().filter(h => h > value.cut).length;
  const parts = [(view === 'surface' ? 'A pin stands in the place of the trained net.' : 'White point: the trained net.') + ' Both pictures have the same scale.'];
  if (scale === 'linear' && cut) parts.push(`${cut} places have a ${value.axes[2]} above ${value.cut} and are cut off there.`);
  if (lost) parts.push(`At ${lost} places the ${value.axes[2]} is not a finite number; they are drawn at the upper end.`);
  $('.note').textContent = parts.join(' ');
  drawing.setAttribute('aria-label', value.label);
};

const cell = (name, text, scope = '') => Object.assign(document.createElement(name), { textContent: text }, scope && { scope });
const fillTables = () => {
  if (!details.open) return;
  const middle = (value.ticks.length - 1) / 2, step = Math.ceil(middle / ((TABLE - 1) / 2));
  const shown = [...value.ticks.keys()].filter(k => (k - middle) % step === 0), name = t => t.toFixed(2);
  $('.tables').replaceChildren(...value.surfaces.map(s => {
    const table = document.createElement('table'), head = document.createElement('tr'), body = document.createElement('tbody');
    const whole = step === 1 ? '' : `, every ${step}th place`;
    head.append(cell('td', ''), ...shown.map(c => cell('th', name(value.ticks[c]), 'col')));
    for (const r of shown) {
      const row = document.createElement('tr');
      row.append(cell('th', name(value.ticks[r]), 'row'), ...shown.map(c => cell('td', write(s.heights[r][c]))));
      body.append(row);
    }
    table.append(cell('caption', `${s.name}: ${value.axes[2]}. Columns: ${value.axes[0]}; rows: ${value.axes[1]}${whole}`), document.createElement('thead'), body);
    table.tHead.append(head);
    return table;
  }));
};

const picture = format => async () => { // on the page's colour, as the picture itself has none
  const { width, height } = drawing.layout;
  const saved = { data: drawing.data, layout: { ...drawing.layout, paper_bgcolor: background(element), plot_bgcolor: background(element) } };
  const made = await Plotly.toImage(saved, { format, width, height, scale: 2 });
  return (await fetch(made)).blob();
};
const rows = () => [['net', value.axes[0], value.axes[1], value.axes[2], value.detail],
  ...value.surfaces.flatMap(s => s.heights.flatMap((row, r) => row.map((h, c) => [s.name, value.ticks[c], value.ticks[r], h ?? undefined, s.details[r][c] ?? undefined])))];
downloads($('.downloads'), () => value?.surfaces.map(s => s.name).join(' ') ?? '',
  { PNG: picture('png'), SVG: picture('svg'), CSV: () => csvFile(rows()) });

// --- when to draw ---

const refresh = () => { // at most once a frame, however fast values arrive
  if (pending || !value) return;
  pending = true;
  requestAnimationFrame(async () => {
    say();
    fillTables();
    if (ready && drawing.clientWidth) await draw();
    pending = false;
  });
};
const take = () => {
  const next = props.value;
  if (!next || !next.surfaces || (value && next.run < value.run)) return; // the last words of a superseded run
  value = next;
  refresh();
};

const choose = (kind, name) => {
  if (kind === 'view') view = name; else scale = name;
  $('.camera').hidden = view === 'contour';
  element.querySelectorAll(`button[data-${kind}]`).forEach(b => b.setAttribute('aria-pressed', b.dataset[kind] === name));
  refresh();
};
const withoutWebGL = () => {
  element.querySelector('[data-view=surface]').disabled = true;
  trouble.textContent = 'This browser cannot draw in three dimensions (it has no WebGL), so the surfaces are shown as contours.';
  choose('view', 'contour');
};
const load = () => new Promise((resolve, reject) => { // once for the page
  window.plotlyLoaded ??= new Promise((loaded, failed) => document.head.append(
    Object.assign(document.createElement('script'), { src: value.script, onload: loaded, onerror: failed })));
  window.plotlyLoaded.then(resolve, reject);
});
const start = async () => {
  seen.disconnect();
  const context = document.createElement('canvas').getContext('webgl');
  if (!context) withoutWebGL();
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  try { await load(); ready = true; } catch { trouble.textContent = 'The script that draws could not be loaded. The numbers are in the tables below.'; }
  refresh();
};
let coming = 0;
const seen = new IntersectionObserver(entries => { // a page that still lays itself out shows everything for a moment
  clearTimeout(coming);
  if (value && entries.at(-1).isIntersecting) coming = setTimeout(start, STAY);
}, { rootMargin: '200px' });

element.querySelectorAll('button[data-view]').forEach(b => b.addEventListener('click', () => choose('view', b.dataset.view)));
element.querySelectorAll('button[data-scale]').forEach(b => b.addEventListener('click', () => choose('scale', b.dataset.scale)));
element.querySelectorAll('[data-move]').forEach(b => b.addEventListener('click', () => move(b.dataset.move)));
details.addEventListener('toggle', refresh);
new ResizeObserver(() => { if (drawing.clientWidth !== width) refresh(); }).observe(drawing);
new MutationObserver(refresh).observe(document.body, { attributes: true, attributeFilter: ['class'] });
watch('value', take);
take();
seen.observe(figure);
