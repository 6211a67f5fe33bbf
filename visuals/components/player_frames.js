// What a frame of the player looks like and says. A frame and its pixels are described in player.py. Comes before the player's other scripts.
const SIDE = 32; // pixels of a picture

// (B, 32, 32, C) in base64 as one square of B pictures, row by row, ready to be drawn; null where nothing was sent.
const decoded = (base64, samples, channels) => {
  if (!base64) return null;
  const bytes = atob(base64), across = Math.sqrt(samples), image = new ImageData(across * SIDE, across * SIDE);
  for (let sample = 0, from = 0; sample < samples; sample++) {
    const [left, top] = [sample % across * SIDE, Math.floor(sample / across) * SIDE];
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++, from += channels) {
      const to = 4 * ((top + Math.floor(pixel / SIDE)) * image.width + left + pixel % SIDE);
      for (let colour = 0; colour < 3; colour++) image.data[to + colour] = bytes.charCodeAt(from + colour % channels);
      image.data[to + 3] = 255;
    }
  }
  return image;
};

// Draws the sample with this number, or all of them where it is null.
const paint = (canvas, image, sample) => {
  const side = image && sample === null ? image.width : SIDE, context = canvas.getContext('2d');
  if (canvas.width !== side) canvas.width = canvas.height = side;
  if (!image) return context.clearRect(0, 0, side, side);
  const across = image.width / SIDE, [x, y] = sample === null ? [0, 0] : [sample % across * SIDE, Math.floor(sample / across) * SIDE];
  context.putImageData(image, -x, -y, x, y, side, side);
};

// [mean, standard deviation] of the pixels shown, 0 to 255.
const statistics = (image, sample) => {
  const across = image.width / SIDE, numbers = [];
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
    if (sample === null || Math.floor(y / SIDE) * across + Math.floor(x / SIDE) === sample) numbers.push(...image.data.subarray(4 * pixel, 4 * pixel + 3));
  }
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  return [mean, Math.sqrt(numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / numbers.length)];
};

// --- in words ---

const subscript = number => String(number).replace(/\d/g, digit => '₀₁₂₃₄₅₆₇₈₉'[digit]);
const xAt = t => 'x' + subscript(t);

// The captions of a frame. `next`: the frame of the following step, where it is known; `closed`: the large picture is Eq. 4's;
// `many`: all samples are shown.
const captions = (frame, next, closed, many) => {
  const there = frame.way === 'there', made = many ? 'the new pictures' : 'the new picture';
  if (frame.t === 0) return {
    xt: 'Time t = 0 of 1000: ' + (there ? 'the picture, before any noise' : made + ', all noise is removed'),
    eps: there ? 'ε: no noise yet' : 'ε̂: no noise left', x0: there ? 'x₀: the picture it starts from' : 'x₀: ' + made,
    other: there ? 'x₀ by Eq. 4: the same' : 'no step is left',
  };
  return there ? {
    xt: `Time t = ${frame.t} of 1000: noise added ` + (closed ? 'in one go (Eq. 4)' : 'step by step (Eq. 2)'),
    eps: 'ε: the noise in it', x0: 'x₀: the picture it started from',
    other: closed ? `${xAt(frame.t)} step by step (Eq. 2)` : `${xAt(frame.t)} in one go (Eq. 4), other noise`,
  } : {
    xt: `Time t = ${frame.t} of 1000: noise is removed`,
    eps: 'ε̂: the noise the network sees', x0: 'x̂₀: the clean picture it implies',
    other: next ? `${xAt(next.t)}: after this step` : 'after this step',
  };
};

// A formula as [text, role] pieces: what xt, or the clean picture, is made of.
const formula = frame => {
  if (frame.t === 0) return [[frame.way === 'there' ? 'x₀, the picture itself' : 'x₀, drawn by the network']];
  const signal = [frame.signal.toFixed(3), 'signal'], noise = [frame.noise.toFixed(3), 'noise'];
  return frame.way === 'there'
    ? [[xAt(frame.t) + ' = '], signal, [' · x₀ + '], noise, [' · ε']]
    : [['x̂₀ = ( ' + xAt(frame.t) + ' − '], noise, [' · ε̂ ) / '], signal];
};

// Writes such pieces into a line. Its elements stay, as new ones would make the browser style far more than the line.
const write = (line, list) => {
  while (line.children.length > list.length) line.lastChild.remove();
  list.forEach(([text, role = ''], k) => {
    Object.assign(line.children[k] ?? line.appendChild(document.createElement('span')), { textContent: text, className: role });
  });
};
