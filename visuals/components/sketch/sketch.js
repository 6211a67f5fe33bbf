// A picture that is drawn here, pixel by pixel (see __init__.py). Python gets it when "Start from this drawing" is pressed.

export default ({ element, props, watch, trigger }) => {
  const $ = selector => element.querySelector(selector);
  const canvas = $('canvas'), brush = $('.brush'), SIDE = 32, MOST_UNDONE = 50;
  const COLOURS = { white: [255, 255, 255], black: [0, 0, 0], grey: [128, 128, 128], red: [214, 39, 40], orange: [255, 140, 0], yellow: [250, 220, 60],
    green: [60, 140, 60], 'light green': [150, 205, 110], blue: [40, 90, 200], 'sky blue': [135, 190, 235], purple: [130, 70, 160], brown: [120, 75, 40] };
  const OF = { 1: ['white', 'black'], 3: Object.keys(COLOURS) }; // what can be chosen
  const GROUND = { 1: 'black', 3: 'sky blue' }; // what an empty sketch is filled with

  let channels = null, pixels = null; // (32, 32, 3), also where Python gets one channel of them
  let past = [], size = 2.4, colour = 'white';
  let stroke = null; // {under: pixels before it, cover: how much of each pixel it covers, x, y: where the brush is}
  let cursor = [SIDE / 2, SIDE / 2]; // of the keys

  function draw() {
    const image = canvas.getContext('2d').createImageData(SIDE, SIDE);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) image.data.set([...pixels.subarray(3 * pixel, 3 * pixel + 3), 255], 4 * pixel);
    canvas.getContext('2d').putImageData(image, 0, 0);
    const percent = n => 100 * n / SIDE + '%';
    Object.assign(brush.style, { left: percent(cursor[0]), top: percent(cursor[1]), width: percent(size), height: percent(size) });
    brush.classList.toggle('down', stroke !== null);
    for (const name of ['undo', 'clear', 'use']) $('.' + name).disabled = !past.length;
    canvas.dataset.strokes = past.length;
  }

  // --- strokes ---

  const remember = () => { past = [...past.slice(1 - MOST_UNDONE), pixels.slice()]; };

  // A round dab of the brush. Its edge is mixed with what was there before the stroke, as ink is in scanned handwriting.
  function dab(x, y) {
    const { under, cover } = stroke, ink = COLOURS[colour];
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const far = Math.hypot(pixel % SIDE + .5 - x, Math.floor(pixel / SIDE) + .5 - y), here = Math.min(1, size / 2 + .5 - far);
      if (here <= cover[pixel]) continue;
      cover[pixel] = here;
      for (let k = 3 * pixel; k < 3 * pixel + 3; k++) pixels[k] = Math.round(under[k] + here * (ink[k % 3] - under[k]));
    }
  }

  function begin(x, y) {
    remember();
    stroke = { under: pixels.slice(), cover: new Float32Array(SIDE * SIDE), x, y };
    dab(x, y);
    draw();
  }

  function go(x, y) { // dabs close to one another, so that a fast hand draws a line too
    const steps = Math.ceil(2 * Math.hypot(x - stroke.x, y - stroke.y));
    for (let k = 1; k <= steps; k++) dab(stroke.x + (x - stroke.x) * k / steps, stroke.y + (y - stroke.y) * k / steps);
    Object.assign(stroke, { x, y });
    draw();
  }

  function end() { stroke = null; draw(); }

  function fill(name) {
    for (let k = 0; k < pixels.length; k++) pixels[k] = COLOURS[name][k % 3];
    end();
  }

  // --- mouse, finger, keys ---

  const place = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * SIDE, (event.clientY - box.top) / box.height * SIDE];
  };
  canvas.addEventListener('pointerdown', event => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    begin(...place(event));
  });
  canvas.addEventListener('pointermove', event => { if (stroke && event.buttons) go(...place(event)); });
  for (const kind of ['pointerup', 'pointercancel']) canvas.addEventListener(kind, end);
  canvas.addEventListener('blur', end);

  canvas.addEventListener('keydown', event => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by && event.key !== ' ') return;
    event.preventDefault();
    if (by) {
      cursor = cursor.map((n, k) => Math.max(.5, Math.min(SIDE - .5, Math.floor(n) + .5 + by[k])));
      stroke ? go(...cursor) : draw();
    } else if (!event.repeat) {
      stroke ? end() : begin(...cursor);
      $('.said').textContent = stroke ? 'The brush is down.' : 'The brush is up.';
    }
  });

  // --- tools ---

  const press = (buttons, chosen) => buttons.forEach(button => button.setAttribute('aria-pressed', String(button === chosen)));
  const sizes = [...element.querySelectorAll('[data-size]')];
  sizes.forEach(button => button.addEventListener('click', () => { size = Number(button.dataset.size); press(sizes, button); draw(); }));

  function palette() {
    const buttons = OF[channels].map(name => {
      const button = Object.assign(document.createElement('button'), { type: 'button', title: name });
      button.style.background = `rgb(${COLOURS[name]})`;
      button.setAttribute('aria-label', name);
      button.addEventListener('click', () => { colour = name; press(buttons, button); });
      return button;
    });
    $('.colours').replaceChildren($('.colours span'), ...buttons);
    buttons[0].click();
  }

  $('.undo').onclick = () => { pixels = past.pop() ?? pixels; end(); };
  $('.clear').onclick = () => { remember(); fill(GROUND[channels]); };
  $('.fill').onclick = () => { remember(); fill(colour); };
  $('.use').onclick = () => {
    const sent = pixels.filter((_, k) => channels === 3 || k % 3 === 0);
    props.value = { channels, side: SIDE, pixels: btoa(String.fromCharCode(...sent)) };
    trigger('drawn', {});
  };

  function receive() { // a sketch in other colours begins anew; otherwise what is drawn stays
    const wanted = props.value?.channels;
    if (!OF[wanted] || wanted === channels) return;
    channels = wanted;
    pixels = new Uint8Array(3 * SIDE * SIDE);
    past = [];
    canvas.setAttribute('aria-label', 'Your drawing, 32 by 32 pixels. Arrow keys move the brush, Space puts it down and lifts it.');
    palette();
    fill(GROUND[channels]);
  }
  watch('value', receive);
  receive();
};
