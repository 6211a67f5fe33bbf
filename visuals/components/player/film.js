// The film below the player: some of the frames as small pictures, at their places on the timeline.
import { sideways } from '../shared/sideways.js';
import { SIDE, paint } from './pixels.js';

const THUMBS = 18;

// Where a frame stands on the film, in hundredths of its width.
export const placeOf = (index, total) => 100 * (index / Math.max(1, total - 1) * (THUMBS - 1) + .5) / THUMBS;

// Draws the pictures of the frames from index `from` on.
export const drawFilm = (strip, frames, total, sample, from) => {
  const pen = strip.getContext('2d'), whole = document.createElement('canvas');
  for (let k = 0; k < THUMBS; k++) {
    const index = Math.round(k / (THUMBS - 1) * (total - 1));
    if (index < from) continue;
    pen.clearRect(k * SIDE, 0, SIDE, SIDE);
    if (!frames[index]) continue;
    paint(whole, frames[index].xt, sample);
    pen.drawImage(whole, k * SIDE, 0, SIDE, SIDE);
  }
};

// Calls `to` with the place that is pressed or dragged to: 0 is the first frame, 1 the last.
export const scrub = (strip, to) => sideways(strip, event => {
  const box = strip.getBoundingClientRect();
  to(((event.clientX - box.left) / box.width * THUMBS - .5) / (THUMBS - 1));
});
