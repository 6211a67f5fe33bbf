// Feature maps in a branch's colour.

// 256 colours [r, g, b]: black at 0, the role's colour in the middle, white at 255.
export const ramp = role => {
  const hex = getComputedStyle(document.documentElement).getPropertyValue('--role-' + role).trim();
  const colour = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
  return Array.from({ length: 256 }, (_, v) => colour.map(c => v < 128 ? c * v / 128 : c + (255 - c) * (v - 128) / 127));
};

export const bytesOf = base64 => Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));

// One map, the bytes from `first` on, as a canvas of width × height pixels.
export const bitmap = (bytes, first, width, height, colours) => {
  const canvas = new OffscreenCanvas(width, height), pen = canvas.getContext('2d'), image = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colours[bytes[first + i]], 255], 4 * i);
  pen.putImageData(image, 0, 0);
  return canvas;
};
