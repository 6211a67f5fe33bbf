// The pictures of the player's frames: out of base64, onto a canvas, and in two numbers.
export const SIDE = 32; // pixels of a picture

// (B, 32, 32, C) in base64 as one square of B pictures, row by row, ready to be drawn; null where nothing was sent.
export const decoded = (base64, samples, channels) => {
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
export const paint = (canvas, image, sample) => {
  const side = image && sample === null ? image.width : SIDE, context = canvas.getContext('2d');
  if (canvas.width !== side) canvas.width = canvas.height = side;
  if (!image) return context.clearRect(0, 0, side, side);
  const across = image.width / SIDE, [x, y] = sample === null ? [0, 0] : [sample % across * SIDE, Math.floor(sample / across) * SIDE];
  context.putImageData(image, -x, -y, x, y, side, side);
};

// [mean, standard deviation] of the pixels shown, 0 to 255.
export const statistics = (image, sample) => {
  const across = image.width / SIDE, numbers = [];
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
    if (sample === null || Math.floor(y / SIDE) * across + Math.floor(x / SIDE) === sample) numbers.push(...image.data.subarray(4 * pixel, 4 * pixel + 3));
  }
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  return [mean, Math.sqrt(numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / numbers.length)];
};
