// The projector's page. The browser that has opened the room leads it, by a secret that it keeps.
import { figure } from './dots.js';
import { abroad, every, keep, kept, Refused, send } from './news.js';

const $ = selector => document.querySelector(selector);
const STEPS = { lobby: 'Ask', ask: 'Close', closed: 'Reveal', reveal: 'Ask' }; // what the main button does in each phase
let room = kept('room'), state = null, failed = 0, news = null, network = '';

const who = () => ({ Leader: room.secret });
const all = (selector, text) => { for (const part of document.querySelectorAll(selector)) part.textContent = text; };
const show = (selector, is) => { $(selector).hidden = !is; };
const warn = sentence => {
  $('.notice').textContent = sentence;
  show('.notice', sentence);
};

const turn = async () => {
  try {
    const found = await send('GET', `rooms/${room.code}/lead?since=${state?.news ?? 0}`, who());
    failed = 0;
    warn('');
    if (found) draw(found);
  } catch (error) {
    if (error instanceof Refused) closed(error.message);
    else if (++failed > 1) warn('No connection. This page tries again by itself.');
  }
};

const draw = found => {
  const first = state?.phase !== found.phase || state.round !== found.round, { phase, question, joined, outcome, together } = found;
  state = found;
  document.body.dataset.phase = phase;
  show('.door', phase === 'lobby');
  show('.round', phase !== 'lobby');
  all('.joined', `${joined} ${joined === 1 ? 'has' : 'have'} joined`);
  $('.question').textContent = question?.question ?? '';
  $('.in').textContent = phase === 'lobby' ? '' : `${found.in} of ${joined} in`;
  if (first) {
    $('.figures').replaceChildren(...together ? question.asked.map((ask, k) => figure(ask, together[k], outcome?.found[ask.id])) : []);
    $('.told-of').innerHTML = outcome?.said ?? ''; // of the server alone
    if (phase === 'reveal') chooseNext(question.key);
  }
  const choosing = ['lobby', 'reveal'].includes(phase);
  show('.choice', choosing);
  show('.commit', true);
  $('.commit').textContent = STEPS[phase];
  show('.end', choosing);
  show('.save', phase === 'reveal');
  show('.handout', phase === 'reveal');
  if (first) $('.commit').focus();
};

const step = async () => {
  const body = { lobby: ask, ask: () => ['phase', { to: 'closed' }], closed: () => ['phase', { to: 'reveal' }], reveal: ask }[state.phase]();
  try {
    await send('PUT', `rooms/${room.code}/${body[0]}`, who(), body[1]);
  } catch (error) {
    warn(error instanceof Refused ? error.message : 'No connection. Press the button again.');
    return;
  }
  news.now();
};
const ask = () => ['question', { question: $('select').value, round: state.round + 1 }];

const chooseNext = key => {
  const keys = [...$('select').options].map(option => option.value);
  $('select').value = keys[(keys.indexOf(key) + 1) % keys.length];
};

// --- the room ---

const open = async () => {
  try {
    room = await send('POST', 'rooms', {});
  } catch (error) {
    closed(error instanceof Refused ? error.message : 'No connection. Press the button again.');
    return;
  }
  keep('room', room);
  lead();
};

const lead = () => {
  const base = abroad('.', network), place = base.host + base.pathname.replace(/\/$/, '');
  all('.code', room.code);
  all('.where', place);
  $('.qr').src = `qr.svg?of=${encodeURIComponent(base.href + room.code)}`;
  $('.qr').alt = `QR code of ${place}/${room.code}`;
  state = null;
  warn('');
  news = every(turn);
};

const closed = sentence => {
  news?.end();
  room = state = null;
  keep('room', null);
  document.body.dataset.phase = 'none';
  for (const part of ['.door', '.round', '.choice', '.end', '.save', '.handout']) show(part, false);
  warn(sentence);
  all('header .code, header .where', '');
  show('.commit', true);
  $('.commit').textContent = 'Open a room';
  $('.commit').focus();
};

const end = async () => {
  if (!confirm('End the room? Its guesses are deleted.')) return;
  try {
    await send('DELETE', `rooms/${room.code}`, who());
    closed('');
  } catch (error) {
    if (error instanceof Refused) closed(error.message);
    else warn('No connection. Press the button again.');
  }
};

const save = async () => {
  const answer = await fetch(`rooms/${room.code}/guesses.csv`, { headers: who() });
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(await answer.blob()), download: 'guesses.csv' });
  link.click();
  URL.revokeObjectURL(link.href);
};

// Whether the room that this browser has opened is still there.
const stands = async () => {
  try {
    await send('GET', `rooms/${room.code}/lead`, who());
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
};

const start = async () => {
  let found;
  try {
    found = await send('GET', 'questions', {});
    if (room && !await stands()) room = null;
  } catch {
    warn('No connection. This page tries again by itself.');
    setTimeout(start, 2000);
    return;
  }
  network = found.network;
  for (const { key, lesson, section } of found.questions) {
    const groups = [...$('select').children], group = groups.find(one => one.label === lesson) ?? Object.assign(document.createElement('optgroup'), { label: lesson });
    group.append(new Option(section, key));
    $('select').append(group);
  }
  if (room) lead();
  else open();
};

$('.commit').addEventListener('click', () => (room ? step() : open()));
$('.end').addEventListener('click', end);
$('.save').addEventListener('click', save);
// Clickers send these.
document.addEventListener('keydown', event => {
  if (!['PageDown', 'ArrowRight'].includes(event.key) || event.target.matches('select') || !room) return;
  event.preventDefault();
  step();
});
start();
