// The learner's page: what the teacher asks now, and the answer once it is revealed.
import { control, make, written } from '../components/predict/controls.js';
import { figure } from './dots.js';
import { every, keep, kept, Refused, send } from '../components/shared/news.js';

const $ = selector => document.querySelector(selector);
const code = location.pathname.match(/\/([a-z]{4})$/i)?.[1].toUpperCase() ?? '';
const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

// Of this room: who this browser is there, and a guess that has not arrived yet.
const me = kept('learner')?.code === code ? kept('learner') : { code, id: id(), waiting: null };
const who = { Learner: me.id };
let joined = false, failed = 0, state = null, given = {}, mine = null, changing = false, late = false;

const show = (selector, is) => { $(selector).hidden = !is; };
const warn = sentence => {
  $('.notice').textContent = sentence;
  show('.notice', sentence);
};

// A guess that this tab has begun and not sent, by what it belongs to; it outlives a reload.
const begun = (round, values) => keep('begun', { code, round, values }, 'sessionStorage');
const begunFor = round => {
  const found = kept('begun', 'sessionStorage');
  return found?.code === code && found.round === round ? found.values : {};
};

// --- what comes and goes ---

const turn = async () => {
  try {
    if (!joined) {
      await send('PUT', `rooms/${code}/learner`, who);
      joined = true;
      keep('learner', me);
    }
    if (me.waiting) await handIn();
    const found = await send('GET', `rooms/${code}/news?since=${state?.news ?? 0}`, who);
    failed = 0;
    warn('');
    if (found) take(found);
  } catch (error) {
    if (!(error instanceof Refused)) {
      if (++failed > 1) warn('No connection. This page tries again by itself.');
    } else if ([404, 422].includes(error.status)) leave(error.message);
    else warn(error.message);
  }
};

const handIn = async () => {
  const { round, values } = me.waiting;
  try {
    await send('PUT', `rooms/${code}/guess`, who, { round, values });
  } catch (error) {
    if (error.status === 429) return; // the next turn tries again
    if (![409, 422].includes(error.status)) throw error;
    late = round === state?.round;
    mine = null;
  }
  me.waiting = null;
  keep('learner', me);
  if (state) draw();
};

const take = found => {
  if (found.round !== state?.round) {
    late = false;
    given = begunFor(found.round);
    changing = Object.keys(given).length > 0;
  }
  state = found;
  mine = me.waiting?.round === state.round ? me.waiting.values : state.mine;
  draw();
};

// --- what is shown ---

// The whole page, which follows the room.
const whole = link => `../${link}&room=${code}`;

const draw = () => {
  const { phase, question, outcome, together, place, race } = state, asks = question?.asked ?? [];
  const asking = phase === 'ask' && (!mine || changing);
  const guess = mine && asks.map(ask => (asks.length > 1 ? `${ask.label} ` : '') + written(ask, mine[ask.id]).replaceAll(' ', '\u00a0')).join(', ');
  show('.question', question || race);
  $('.question').textContent = race ? `Your seed is ${race.seed}` : question?.question ?? '';
  if (asking && $('.guess').hidden) $('.asked').replaceChildren(...asks.map(row));
  show('.guess', asking);
  showMissing();
  const none = late ? 'Your guess came after the question was closed.' : 'You made no guess.';
  $('.said').textContent = {
    lobby: 'You are in. The question comes here when your teacher asks it.',
    ask: asking ? '' : `Your guess: ${guess}. You can change it until the question is closed.`,
    closed: `The question is closed. ${guess ? `Your guess: ${guess}.` : none}`,
    reveal: guess ? `Your guess: ${guess}.` : none,
    seeds: race?.said,
  }[phase];
  show('.again', phase === 'ask' && !asking);
  show('.outcome', outcome || race?.outcome);
  if (outcome) {
    const said = document.createElement('div');
    said.innerHTML = outcome.said; // of the server alone
    $('.outcome').replaceChildren(...asks.map((ask, k) => figure(ask, together[k], outcome.found[ask.id], mine?.[ask.id])), said);
    $('.whole a').href = whole(question.link);
  }
  if (race?.outcome) {
    $('.outcome').innerHTML = race.outcome; // of the server alone
    $('.whole a').href = whole(race.link);
  }
  if (phase === 'lobby') $('.whole a').href = `../?room=${code}`;
  $('.whole a').textContent = race ? 'Your race on the whole page' : 'Follow on the whole page';
  show('.whole', outcome || race?.link || phase === 'lobby');
  show('.place', place);
  if (place) $('.place').replaceChildren(`Your teacher is at ${place.lesson}, “${place.section}”. `, make('a', { href: whole(place.link), target: '_blank' }, 'Open it'));
};

const row = ask => control(ask, () => given[ask.id], value => {
  if (value === undefined) delete given[ask.id];
  else given[ask.id] = value;
  begun(state.round, given);
  showMissing();
});

const showMissing = () => {
  const missing = (state.question?.asked ?? []).filter(ask => given[ask.id] === undefined).map(ask => ask.label);
  $('.guess .commit').disabled = missing.length > 0;
  $('.missing').textContent = missing.length ? `No guess yet: ${missing.join(', ')}` : '';
};

// The end of a room, or a code that there is not.
const leave = sentence => {
  news.end();
  warn(joined ? '' : sentence);
  for (const part of document.querySelectorAll('main > :not(.notice)')) part.hidden = true;
  if (!joined) askForCode();
  else {
    $('.said').textContent = sentence;
    show('.said', true);
    $('.whole a').href = '../';
    $('.whole a').textContent = 'The whole page';
    show('.whole', true);
  }
};

const askForCode = () => {
  show('.join', true);
  $('.join').addEventListener('submit', event => {
    event.preventDefault();
    location.assign($('#code').value.toUpperCase());
  });
};

$('.guess').addEventListener('submit', event => {
  event.preventDefault();
  if ($('.guess .commit').disabled) return;
  mine = { ...given };
  changing = false;
  me.waiting = { round: state.round, values: mine };
  begun(state.round, {});
  keep('learner', me);
  draw();
  $('.again').focus();
  news.now();
});
$('.again').addEventListener('click', () => {
  given = { ...mine };
  changing = true;
  draw();
  $('.asked input').focus();
});

// Another tab of this browser is the same learner, and has sent a guess.
addEventListener('storage', ({ key }) => {
  if (key !== 'learner' || !state) return;
  state.news = 0;
  news.now();
});

document.body.classList.toggle('framed', parent !== window); // by the whole page
$('header .code').textContent = code;
const news = code ? every(turn) : askForCode();
