// Follows the teacher of a room, whose code the address has: to the section, with its settings, and to the runs (see
// send_place.js). Who leaves stays in the room, and comes back with one press. While the room asks a question, and until
// the teacher leads on from what came out, the room's own page covers this one.
import { every, keep, kept, Refused, send } from '../shared/news.js';
import { settle } from './revealed.js';

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
  const who = { Learner: learner(code) }, own = { code, at: null, pending: null, aside: null };
  const before = kept(KEPT, 'sessionStorage');
  if (before?.code === code) Object.assign(own, before);
  const said = make('span', {}), turned = make('button', { type: 'button', hidden: true }), button = make('button', { type: 'button' });
  const bar = make('section', { className: 'following', ariaLabel: 'The lesson' }, said, ' ', turned, ' ', button);
  let joined = false, left = false, cover = null, state = null;
  let waiting = null; // the place of a run that waits for the guess here

  const note = change => keep(KEPT, Object.assign(own, change), 'sessionStorage');

  const asking = () => ['ask', 'closed'].includes(state?.phase);
  // What came out, and nothing that the teacher has shown since.
  const result = () => (['reveal', 'seeds'].includes(state?.phase) && !state.place ? `${state.phase} ${state.round}` : null);

  const draw = () => {
    said.textContent = left ? '' : waiting ? 'Your teacher’s run is on. It comes here once you have guessed.' : 'Following the lesson';
    turned.hidden = left || !result();
    turned.textContent = turned.hidden ? '' : cover ? 'To the page' : 'To the result';
    button.textContent = left ? 'Back to the lesson' : 'Leave';
  };

  const coverUp = is => {
    if (is === Boolean(cover)) return;
    cover?.remove();
    cover = is ? make('iframe', { className: 'of-room', src: `class/${code}`, title: 'The question' }) : null;
    if (cover) document.body.insertBefore(cover, bar);
  };

  // --- the teacher's place ---

  // Where the page is set up otherwise it is loaded anew: that is how a link sets it up.
  const go = ({ link, run }) => {
    const at = `${link} ${run ?? ''}`;
    if (own.at === at) return;
    note({ at });
    waiting = null;
    const there = goal(link), now = goal(location.search), place = Object.fromEntries(there), anew = sets(there) || sets(now);
    if (anew && there.toString() !== now.toString()) {
      note({ pending: run ? place : null });
      location.assign(`${link}&room=${code}`);
      return;
    }
    document.dispatchEvent(new CustomEvent('open-section', { detail: place }));
    if (run) start(place);
  };

  // A press runs what it finds answered; else the card says that it waits for a guess, as it does for everybody.
  const start = place => {
    if (urged(place)) wait(place);
    else press(goOf(place), signal);
  };
  const goOf = ({ tab, at }) => `#${tab}-${at} [id$="-go"]`;
  const urged = ({ tab, at }) => document.querySelector(`#${tab}-${at} [data-state=urged]`);

  // For a guess that is under way; once the run has ended, what is filled in counts.
  const wait = place => {
    const card = urged(place);
    waiting = card && place;
    if (!card || !state?.place?.ran) return;
    const commit = card.querySelector('.commit');
    if (!commit.disabled) commit.click();
    else {
      waiting = null;
      press(goOf(place), signal);
    }
  };

  document.addEventListener('run-ended', ({ detail }) => {
    const { link, run } = state?.place ?? {}, place = link && Object.fromEntries(goal(link));
    if (left || !run || !document.getElementById(detail)?.matches(goOf(place))) return;
    wait(place);
    draw();
  }, { signal });
  document.addEventListener('lesson-answered', ({ detail }) => {
    if (detail !== waiting?.tab) return;
    press(goOf(waiting), signal);
    waiting = null;
    draw();
  }, { signal });

  // --- the room ---

  const show = () => {
    if (!left && state?.phase === 'reveal' && state.question) settle(state.question, state.mine);
    coverUp(!left && (asking() || (result() !== null && own.aside !== result())));
    if (!left && !asking() && state?.place) go(state.place);
    if (!left && waiting && state?.place?.ran) wait(waiting);
    draw();
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
      coverUp(false);
      said.textContent = error.message;
      turned.remove();
      button.remove();
    }
  };

  turned.addEventListener('click', () => {
    note({ aside: cover ? result() : null });
    show();
  });
  // Whoever has left is not led back when the page is loaded anew.
  button.addEventListener('click', () => {
    left = !left;
    waiting = null;
    note({ at: null });
    const address = new URL(location);
    if (left) address.searchParams.delete('room');
    else address.searchParams.set('room', code);
    history.replaceState(history.state, '', address);
    show();
  });
  document.body.append(bar);
  document.documentElement.toggleAttribute('data-following', true);
  draw();
  if (own.pending) press(goOf(own.pending), signal);
  note({ pending: null });
  const news = every(turn);
  signal.addEventListener('abort', () => {
    news.end();
    bar.remove();
    document.documentElement.toggleAttribute('data-following', false);
  });
};
