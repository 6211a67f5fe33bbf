// Draws the components of the first screen (see page/opening/first_screen.py), then lets gradio begin, and takes the screen
// away once gradio's components are drawn.
import { mount } from './mount.js';

const PATIENCE = 3000; // ms: for a value that is computed for its first visitor, and for a component that has gone since
const screen = document.getElementById('first-screen');
const shown = [...screen.querySelectorAll('[data-drawn]')].filter(element => element.checkVisibility({ visibilityProperty: true }));

const awaited = new Set(shown.map(element => element.closest('[data-twin]').dataset.twin));
const after = ms => new Promise(done => { setTimeout(done, ms); });
const replaced = new AbortController();
const remove = () => {
  screen.remove();
  replaced.abort();
};
document.addEventListener('component-drawn', ({ target }) => {
  if (screen.contains(target)) return;
  const { id } = target.closest('.block');
  awaited.delete(id);
  if (!awaited.size) remove();
  else if (id === 'rail') after(PATIENCE).then(remove);
}, { signal: replaced.signal });

const read = () => new Promise(done => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', done);
  else done();
});
const drawn = shown.map(element => {
  const { name, value } = JSON.parse(element.dataset.drawn);
  return mount(name, { element, props: { value }, watch: () => {}, trigger: () => {}, still: true });
});
await Promise.race([Promise.all(drawn), after(PATIENCE)]);
await after(0); // the browser shows them
await read();
await import(new URL(screen.dataset.gradio, document.baseURI));
