// Saving what a component shows, made in the browser alone.

// What style sheets say of a drawing, and a font that is there wherever the file is opened.
export const PAINT = ['fill', 'opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'paint-order'];
export const LETTERS = ['font-size', 'font-weight', 'text-anchor'], FONT = 'Arial, Helvetica, sans-serif';

// Mixed colours are computed as color(srgb 0.6 0.2 0), which few programs other than browsers can read.
export const plainColour = text => {
  const mixed = text.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)$/);
  return mixed ? `rgb(${mixed.slice(1).map(c => Math.round(255 * Math.min(1, Math.max(0, c))))})` : text;
};

export const background = node => {
  for (; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (colour !== 'transparent' && !colour.endsWith(', 0)')) return plainColour(colour);
  }
  return 'white';
};

// The text of an SVG file that needs nothing of the page: `svg` as it looks now (it must be on the page; it is changed
// and taken off), on the page's colour, and as large as it must be for FONT.
export const svgText = (svg, title) => {
  const behind = background(svg), space = 'http://www.w3.org/2000/svg';
  svg.querySelectorAll('text').forEach(text => { text.style.fontFamily = FONT; });
  const [, , wide, high] = svg.getAttribute('viewBox').split(' ').map(Number), all = svg.getBBox();
  const width = Math.ceil(Math.max(wide, all.x + all.width + 8)), height = Math.ceil(Math.max(high, all.y + all.height + 8));
  const styles = [...svg.querySelectorAll('*')].map(node => {
    const style = getComputedStyle(node), text = node.tagName === 'text';
    const found = [...PAINT, ...(text ? LETTERS : [])].map(key => [key, plainColour(style.getPropertyValue(key)).replaceAll('px', '')]);
    return [node, text ? [...found, ['font-family', FONT]] : found];
  });
  for (const [node, style] of styles) {
    for (const name of [...node.getAttributeNames()]) if (/^(style|class|data-.*)$/.test(name)) node.removeAttribute(name);
    for (const [key, found] of style) node.setAttribute(key, found);
  }
  const ground = document.createElementNS(space, 'rect'), name = document.createElementNS(space, 'title');
  for (const [key, found] of Object.entries({ width, height, fill: behind })) ground.setAttribute(key, found);
  name.textContent = title;
  svg.prepend(name, ground);
  for (const attribute of [...svg.getAttributeNames()]) svg.removeAttribute(attribute);
  for (const [key, found] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(key, found);
  svg.remove();
  return { text: new XMLSerializer().serializeToString(svg), width, height };
};

export const svgFile = (svg, title) => new Blob([svgText(svg, title).text], { type: 'image/svg+xml' });

// The same picture in pixels, two for each px.
export const pngFile = (svg, title) => new Promise((resolve, reject) => {
  const { text, width, height } = svgText(svg, title), image = new Image(), canvas = document.createElement('canvas');
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  image.onload = () => {
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(resolve, 'image/png');
  };
  image.onerror = reject;
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
});

// rows: [[cell, ...], ...], the names of the columns first; undefined is an empty cell.
export const csvFile = rows => {
  const cell = value => /[",\n]/.test(value ?? '') ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? '');
  return new Blob([rows.map(row => row.map(cell).join(',') + '\n').join('')], { type: 'text/csv' });
};

// A button for each of makers = {PNG: () => a Blob or the promise of one}, put into `place`. Nothing is saved where a maker
// gives null. The file gets its name from name(), a sentence or a word.
export const downloads = (place, name, makers) => {
  const save = async kind => {
    const made = await makers[kind]();
    if (!made) return;
    const link = document.createElement('a'), address = URL.createObjectURL(made);
    const words = name().toLowerCase().match(/[a-z0-9]+/g) ?? ['figure'];
    link.href = address;
    link.download = words.join('-').slice(0, 60).replace(/-$/, '') + '.' + kind.toLowerCase();
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  const buttons = Object.keys(makers).map(kind => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: kind });
    button.addEventListener('click', () => save(kind));
    return button;
  });
  place.replaceChildren('Save as', ...buttons);
};
