// What keys do with the open section on a projector (see present.js): its run, its question, its outcome.
import { here } from '../shared/way.js';
import { room } from './send_place.js';

const root = document.documentElement;

const shown = selector => {
  const { tab, at } = here(), all = document.querySelectorAll(`#${tab}-${at} :is(${selector})`);
  return [...all].find(part => part.checkVisibility());
};

export const run = () => shown('button.primary')?.click();

// Shows what came out without a guess, as the question's own button does.
export const reveal = () => (shown('.predict form')?.querySelector('.skip') ?? shown('.unguessed'))?.click();

const frame = () => document.querySelector('iframe.of-room');

// The page of the room that this browser leads, on the whole screen.
const openRoom = () => {
  const made = Object.assign(document.createElement('iframe'), { className: 'of-room', src: 'class/lead', title: 'The room' });
  made.addEventListener('load', () => {
    made.contentWindow.addEventListener('keydown', ({ key }) => { if (['g', 'Escape'].includes(key)) hideGuesses(); });
    made.contentWindow.focus();
  });
  document.body.append(made);
};

// Everybody's guesses where there is a room, else the card of the question; both come and go.
export const guesses = () => {
  if (guessing()) hideGuesses();
  else if (room()) openRoom();
  else if (shown('.predict')) root.toggleAttribute('data-guesses', true);
};

export const guessing = () => Boolean(frame()) || root.hasAttribute('data-guesses');

export const hideGuesses = () => {
  if (frame()) document.dispatchEvent(new Event('room-left'));
  frame()?.remove();
  root.removeAttribute('data-guesses');
  window.focus();
};
