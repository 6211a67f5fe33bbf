// Where this browser leads a room (see classroom/lead.js), a button in the page's head sends it the open section. From then
// on whoever follows comes along: to each section that is opened, to its settings, and to the runs that are started.
import { keep, kept } from '../shared/news.js';
import { settle } from './revealed.js';

const LEADING = 'leading-room', HOURS = 3; // that a room lasts at most

export const room = () => kept('room');

const button = () => document.querySelector('.page-head .to-room');

const leading = () => room() !== null && kept(LEADING, 'sessionStorage') === room().code;
const lead = is => keep(LEADING, is ? room().code : null, 'sessionStorage');

const draw = () => {
  if (!button()) return;
  button().hidden = !room();
  button().textContent = !room() ? '' : leading() ? `Room ${room().code} follows: stop` : `Send this section to room ${room().code}`;
};

const place = () => {
  const { tab, at } = document.documentElement.dataset;
  return { tab, at };
};

// The address of the open section; one that was just opened may not name it.
const query = () => {
  const named = new URLSearchParams(location.search), { tab, at } = place();
  if (named.get('tab') !== tab || named.get('at') !== at) for (const name of [...named.keys()]) named.delete(name);
  named.set('tab', tab);
  named.set('at', at);
  return `?${named}`;
};

const send = async run => {
  const of = run ? `&run=${run.name}${run.ended ? '&ran=on' : ''}` : '';
  const { code, secret } = room(), body = JSON.stringify({ query: query() + of });
  let said = 'no connection';
  try {
    const answer = await fetch(`class/rooms/${code}/place`, { method: 'PUT', headers: { Leader: secret }, body });
    said = answer.ok ? '' : (await answer.json()).error;
  } catch { /* said already */ }
  lead(!said);
  draw();
  if (said) button().textContent = `Not sent: ${said}`;
};

// The questions that the room has revealed (see classroom/lead.js) wait here no longer.
const settleRevealed = () => {
  const revealed = kept('revealed');
  if (!room() || revealed?.code !== room().code || Date.now() - revealed.at > HOURS * 3_600_000) return;
  for (const question of revealed.questions) settle(question);
};

// `follow` tells of each section that is opened; the room may be opened in another tab of the browser.
export const sendPlace = (follow, signal) => {
  const runs = new Map(); // the newest of each section, as it stands there: { name, query, ended }
  const here = () => Object.values(place()).join('/');
  const again = () => { if (leading()) send(runs.get(here())); };
  // Whether a button that starts runs is the open section's, and its run.
  const isHere = button => document.getElementById(button)?.matches(`#${place().tab}-${place().at} [id$="-go"]`);
  follow(() => {
    draw();
    again();
  }, signal);
  window.addEventListener('storage', () => {
    draw();
    settleRevealed();
  }, { signal });
  document.addEventListener('room-left', again, { signal });
  // What is set up otherwise after a run has not run.
  document.addEventListener('address-kept', () => {
    const run = runs.get(here());
    if (run && run.query !== query()) {
      if (run.ended) runs.delete(here());
      else run.query = query();
    }
    again();
  }, { signal });
  document.addEventListener('run-begun', ({ detail }) => {
    if (!isHere(detail)) return;
    runs.set(here(), { name: Date.now(), query: query(), ended: false });
    again();
  }, { signal });
  // The first press may only have asked for a guess.
  document.addEventListener('run-ended', ({ detail }) => {
    if (!isHere(detail) || !runs.has(here())) return;
    if (document.querySelector(`#${place().tab}-${place().at} [data-state=urged]`)) runs.delete(here());
    else runs.get(here()).ended = true;
    again();
  }, { signal });
  document.addEventListener('click', event => {
    if (!event.target.closest('.to-room')) return;
    if (leading()) {
      lead(false);
      draw();
    } else send(runs.get(here()));
  }, { signal });
  draw();
  settleRevealed();
};
