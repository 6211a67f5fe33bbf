// The view for a projector: the open section alone, in large letters (see page/present.css). The address carries it.
import { beside } from '../shared/way.js';
import { guesses, guessing, hideGuesses, reveal, run } from './acts.js';

const WIDE = 853, HIGH = 480; // px: the window that a section is drawn for, however large the screen is
const PICTURE = .705; // of the screen's height
const STEPS = { PageUp: -1, ArrowLeft: -1, PageDown: 1, ArrowRight: 1 }; // clickers send the keys of pages
const ACTS = { r: run, g: guesses };
const PRESSED = 'button, a, summary, [role=radio], [tabindex="0"]'; // Enter is for these where they have the focus
const root = document.documentElement;

const on = () => root.hasAttribute('data-present');

const button = () => document.querySelector('.page-head .present');

const size = () => {
  const zoom = Math.max(1, Math.min(innerWidth / WIDE, innerHeight / HIGH));
  root.style.setProperty('--present', zoom);
  root.style.setProperty('--tall', `${PICTURE * innerHeight / zoom}px`);
};

const turn = is => {
  size();
  root.toggleAttribute('data-present', is);
  root.removeAttribute('data-blank');
  hideGuesses();
  if (button()) button().textContent = is ? 'Leave (Esc)' : 'Present';
  const address = new URL(location);
  if (is) address.searchParams.set('present', 'on');
  else address.searchParams.delete('present');
  history.replaceState(history.state, '', address);
};

// What a key does here, none where it is not pressed for this: a slider and a text have keys of their own.
const keyed = ({ key, target, altKey, ctrlKey, metaKey }, open) => {
  if (altKey || ctrlKey || metaKey) return null;
  if (key === 'Escape') return guessing() ? hideGuesses : () => turn(false);
  if (target.matches('input, select, textarea, [role=slider]') && !key.startsWith('Page')) return null;
  const next = STEPS[key] && beside(STEPS[key]);
  if (next) return () => { hideGuesses(); open(next); };
  if (key === 'Enter') return target.closest(PRESSED) ? null : reveal;
  if (key in ACTS) return ACTS[key];
  return ['b', '.'].includes(key) ? () => root.toggleAttribute('data-blank') : null;
};

export const present = (asked, open, signal) => {
  window.addEventListener('resize', size, { signal });
  document.addEventListener('click', ({ target }) => { if (target.closest('.page-head .present')) turn(!on()); }, { signal });
  document.addEventListener('keydown', event => {
    const act = on() && keyed(event, open);
    if (!act) return;
    event.preventDefault();
    act();
  }, { signal });
  // That a run is under way, also before its section can say so.
  const runs = new Set();
  for (const [name, changed] of [['run-begun', 'add'], ['run-ended', 'delete']]) {
    document.addEventListener(name, ({ detail: button }) => {
      runs[changed](button);
      root.toggleAttribute('data-running', runs.size > 0);
    }, { signal });
  }
  if (asked) turn(true);
};
