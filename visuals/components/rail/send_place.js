// Where this browser leads a room (see classroom/lead.js), a button in the page's head sends it the open section. From then
// on whoever follows comes along: to each section that is opened, to its settings, and to the runs that are started.
import { keep, kept } from '../shared/news.js';

const LEADING = 'leading-room';

export const room = () => kept('room');

const button = () => document.querySelector('.page-head .to-room');

const leading = () => room() !== null && kept(LEADING, 'sessionStorage') === room().code;
const lead = is => keep(LEADING, is ? room().code : null, 'sessionStorage');

const draw = () => {
  if (!button()) return;
  button().hidden = !room();
  button().textContent = !room() ? '' : leading() ? `Room ${room().code} follows: stop` : `Send this section to room ${room().code}`;
};

// The address of the open section; one that was just opened may not name it. Where a run is followed nobody is asked first.
const query = run => {
  const named = new URLSearchParams(location.search), { tab, at } = document.documentElement.dataset;
  if (named.get('tab') !== tab || named.get('at') !== at) for (const name of [...named.keys()]) named.delete(name);
  named.set('tab', tab);
  named.set('at', at);
  if (run) {
    named.set('run', run);
    named.set('predict', 'off');
  }
  return `?${named}`;
};

const send = async run => {
  const { code, secret } = room(), body = JSON.stringify({ query: query(run) });
  let said = 'no connection';
  try {
    const answer = await fetch(`class/rooms/${code}/place`, { method: 'PUT', headers: { Leader: secret }, body });
    said = answer.ok ? '' : (await answer.json()).error;
  } catch { /* said already */ }
  lead(!said);
  draw();
  if (said) button().textContent = `Not sent: ${said}`;
};

// `follow` tells of each section that is opened; the room may be opened in another tab of the browser.
export const sendPlace = (follow, signal) => {
  let run = null; // the newest one of the open section
  const again = () => { if (leading()) send(run); };
  follow(() => {
    run = null;
    draw();
    again();
  }, signal);
  window.addEventListener('storage', draw, { signal });
  document.addEventListener('address-kept', again, { signal });
  document.addEventListener('run-begun', ({ detail }) => {
    const { tab, at } = document.documentElement.dataset;
    if (!document.getElementById(detail)?.matches(`#${tab}-${at} [id$="-go"]`)) return;
    run = Date.now();
    again();
  }, { signal });
  document.addEventListener('click', event => {
    if (!event.target.closest('.to-room')) return;
    if (leading()) {
      lead(false);
      draw();
    } else send(run);
  }, { signal });
  draw();
};
