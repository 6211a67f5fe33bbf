// The surfaces as a figure of plotly: a scene for each, so that one camera, one range of heights and one colour scale hold
// for all of them. `look` = { view, heights, camera, css, tall }: "surface" or "contour", the range, the camera, what the
// page's style says for a name, and the height in px where that is given.
import { place, write } from './heights.js';

const WIDE = 580, ROOMY = 640; // px: from which width the surfaces stand side by side, and their axes have long names
const LETTERS = 14; // px

export const number = k => k ? String(k + 1) : ''; // plotly calls the first scene or axis "scene", "x", the next "scene2", "x2"

const UPRIGHT = { tickangle: 0 }; // plotly would tilt numbers that have little room
const WHITE = { color: '#fff', line: { color: '#000', width: 2 } };

const asSurface = (common, { heights, css }, mark, centre) => [
  { type: 'surface', ...common, opacityscale: heights.scale === 'linear' ? [[0, 1], [.97, 1], [1, .2]] : [[0, 1], [1, 1]],
    lighting: { ambient: .75, diffuse: .5, specular: .05 },
    contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } } },
  { type: 'scatter3d', ...mark, mode: 'lines+markers', x: [0, 0], y: [0, 0], z: [heights.high, centre],
    line: { width: 4, color: css('--body-text-color') }, marker: { ...WHITE, size: [7, 0] } },
];

const asContour = (common, { heights }, mark) => [
  { type: 'contour', ...common, line: { width: .7, color: 'rgba(255,255,255,.55)' },
    contours: { coloring: 'heatmap', start: heights.low, end: heights.high, size: (heights.high - heights.low) / 16 } },
  { type: 'scatter', ...mark, mode: 'markers', x: [0], y: [0], marker: { ...WHITE, size: 11 } },
];

const traceOf = (value, look, s, k) => {
  const solid = look.view === 'surface', at = solid ? { scene: 'scene' + number(k) } : { xaxis: 'x' + number(k), yaxis: 'y' + number(k) };
  const z = s.heights.map(row => row.map(height => place(height, look.heights))), middle = (value.ticks.length - 1) / 2;
  const said = (r, c) => `${value.axes[2]} ${write(s.heights[r][c])}<br>${value.detail}: ${s.details[r][c] ?? ''}`;
  // The texts of a surface, unlike those of contours, are looked up by column and row.
  const text = s.heights.map((row, r) => row.map((_, c) => solid ? said(c, r) : said(r, c)));
  const common = { x: value.ticks, y: value.ticks, z, text, coloraxis: 'coloraxis', name: s.name, ...at,
    hovertemplate: `${s.name}<br>${value.axes[0]} %{x:.2f}<br>${value.axes[1]} %{y:.2f}<br>%{text}<extra></extra>` };
  const mark = { hoverinfo: 'skip', showlegend: false, ...at };
  return solid ? asSurface(common, look, mark, z[middle][middle]) : asContour(common, look, mark);
};

export const traces = (value, look) => value.surfaces.flatMap((s, k) => traceOf(value, look, s, k));

// Where each surface stands in the figure: side by side, or one below the other on a narrow screen.
const domains = (count, wide) => Array.from({ length: count }, (_, k) => wide
  ? { x: [(k + .02) / count, (k + .98) / count], y: [.16, .93] }
  : { x: [.02, .98], y: [1 - (k + .94) / count * .9, 1 - (k + .09) / count * .9] });

const colourScale = (value, { heights }, wide) => ({
  colorscale: 'Viridis', cmin: heights.low, cmax: heights.high,
  colorbar: { orientation: 'h', x: .5, y: 0, yanchor: 'bottom', len: wide ? .6 : .9, thickness: 12, outlinewidth: 0,
    tickvals: heights.values, ticktext: heights.texts, tickfont: { size: LETTERS }, ...UPRIGHT,
    title: { text: value.axes[2] + (heights.scale === 'log' ? ', logarithmic' : ''), side: 'top', font: { size: LETTERS } } },
});

const headings = (value, places, css) => value.surfaces.map((s, k) => {
  const colour = s.colour.startsWith('var(') ? css(s.colour.slice(4, -1)) : s.colour;
  return { text: `<span style="color:${colour}">■</span> <b>${s.name}</b>`, xref: 'paper', yref: 'paper', showarrow: false, font: { size: 15 },
    x: (places[k].x[0] + places[k].x[1]) / 2, y: places[k].y[1], yanchor: 'bottom', xanchor: 'center' };
});

export const layout = (value, look, width) => {
  const { view, heights, camera, css } = look, wide = width >= WIDE, places = domains(value.surfaces.length, wide);
  const title = axis => ({ text: width >= ROOMY ? axis : axis.split(' ').at(-1), font: { size: LETTERS } });
  const colour = css('--body-text-color'), line = css('--border-color-primary');
  const axis = { color: colour, gridcolor: line, zerolinecolor: line, linecolor: line, range: [value.ticks[0], value.ticks.at(-1)], tickfont: { size: wide ? LETTERS : 12 }, nticks: 5, ...UPRIGHT };
  const made = {
    width, height: look.tall ? look.tall : wide ? Math.min(560, Math.max(400, width * .56)) : Math.min(1, width / 360) * 400 * value.surfaces.length,
    margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, uirevision: 'keep', dragmode: view === 'surface' ? 'turntable' : false,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', font: { color: colour, family: css('--font') || 'sans-serif', size: LETTERS },
    coloraxis: colourScale(value, look, wide), annotations: headings(value, places, css),
  };
  for (const [k, { x, y }] of places.entries()) {
    const n = number(k), [across, along] = value.axes;
    if (view === 'surface') {
      const zaxis = { ...axis, title: { text: '' }, tickvals: heights.values, showticklabels: false, // the colours have the same scale
        range: [heights.low, heights.low + 1.02 * (heights.high - heights.low)] };
      made['scene' + n] = { domain: places[k], camera, aspectmode: 'manual', aspectratio: { x: 1, y: 1, z: .75 },
        xaxis: { ...axis, title: title(across) }, yaxis: { ...axis, title: title(along) }, zaxis };
    } else {
      made['xaxis' + n] = { ...axis, domain: [x[0] + .07, x[1]], anchor: 'y' + n, title: title(across), constrain: 'domain', showgrid: false };
      made['yaxis' + n] = { ...axis, domain: [y[0] + .09, y[1]], anchor: 'x' + n, title: title(along), constrain: 'domain', scaleanchor: 'x' + n, showgrid: false };
    }
  }
  return made;
};
