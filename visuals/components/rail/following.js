// Follows the teacher of a room, whose code the address has: to the section, with its settings, and to the runs (see
// send_place.js). Who leaves stays in the room, and comes back with one press. While the room asks a question, its own
// page covers this one, so that nothing here tells the answer.
import { every, keep, kept, Refused, send } from '../shared/news.js';

const KEPT = 'following', PLACE = ['present', 'room']; // of an address: what says nothing about where it leads

const make = (name, properties, ...content) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...content);
  return node;
};

const learner = code => {
  const known = kept('learner');
  if (known?.code === code) return known.id;
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
  keep('learner', { code, id, waiting: null });
  return id;
};

// What a query leads to: section and settings, in one order.
const goal = query => {
  const named = new URLSearchParams(query);
  for (const name of PLACE) named.delete(name);
  named.sort();
  return named;
};
const sets = named => [...named.keys()].some(name => !['tab', 'at'].includes(name));

// `press` clicks a button once it is on the page.
export const followRoom = (code, press, signal) => {
  const who = { Learner: learner(code) }, own = { code, left: false, at: null, pending: null };
  const before = kept(KEPT, 'sessionStorage');
  if (before?.code === code) Object.assign(own, before);
  const said = make('span', {}), button = make('button', { type: 'button' });
  const bar = make('section', { className: 'following', ariaLabel: 'The lesson' }, said, ' ', button);
  let joined = false, asked = null, state = null;

  const note = change => keep(KEPT, Object.assign(own, change), 'sessionStorage');

  const draw = () => {
    said.textContent = own.left ? '' : 'Following the lesson';
    button.textContent = own.left ? 'Back to the lesson' : 'Leave';
  };

  // The learner's page, while a question is open.
  const ask = is => {
    if (is === Boolean(asked)) return;
    asked?.remove();
    asked = is ? make('iframe', { className: 'of-room', src: `class/${code}`, title: 'The question' }) : null;
    if (asked) document.body.insertBefore(asked, bar);
  };

  // Where the page is set up otherwise it is loaded anew: that is how a link sets it up.
  const go = ({ link, run }) => {
    const at = `${link} ${run ?? ''}`;
    if (own.at === at) return;
    note({ at });
    const there = goal(link), now = goal(location.search), place = Object.fromEntries(there), anew = sets(there) || sets(now);
    if (anew && there.toString() !== now.toString()) {
      note({ pending: run ? place : null });
      location.assign(`${link}&room=${code}`);
      return;
    }
    document.dispatchEvent(new CustomEvent('open-section', { detail: place }));
    if (run) start(place);
  };
  const start = ({ tab, at }) => press(`#${tab}-${at} [id$="-go"]`, signal);

  const show = () => {
    ask(!own.left && ['ask', 'closed'].includes(state?.phase));
    if (!own.left && !asked && state?.place) go(state.place);
  };

  const turn = async () => {
    try {
      if (!joined) await send('PUT', `class/rooms/${code}/learner`, who);
      joined = true;
      const found = await send('GET', `class/rooms/${code}/news?since=${state?.news ?? 0}`, who);
      if (!found) return;
      state = found;
      show();
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 422].includes(error.status)) return; // it tries again
      news.end();
      ask(false);
      said.textContent = error.message;
      button.remove();
    }
  };

  button.addEventListener('click', () => {
    note({ left: !own.left, at: null });
    draw();
    show();
  });
  document.body.append(bar);
  draw();
  if (own.pending && !own.left) start(own.pending);
  note({ pending: null });
  const news = every(turn);
  signal.addEventListener('abort', () => { news.end(); bar.remove(); });
};
