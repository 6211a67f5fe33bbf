// The projector's page. The browser that has opened the room leads it, by a secret that it keeps.
import { make } from '../components/predict/controls.js';
import { figure } from './dots.js';
import { abroad, every, keep, kept, Refused, send } from '../components/shared/news.js';
import { seedFigure } from './seeds.js';

const $ = selector => document.querySelector(selector);
const RACE = 'seeds/'; // what a choice begins with that is a race, and not a question
const ASKING = ['ask', 'closed'];
const seeds = seedFigure();
let room = kept('room'), state = null, failed = 0, news = null, network = '', saved = 0;

const who = () => ({ Leader: room.secret });
const all = (selector, text) => { for (const part of document.querySelectorAll(selector)) part.textContent = text; };
const show = (selector, is) => { $(selector).hidden = !is; };
const warn = sentence => {
  $('.notice').textContent = sentence;
  show('.notice', sentence);
};

const turn = async () => {
  try {
    const found = await send('GET', `rooms/${room.code}/lead?since=${state?.news ?? 0}&present=${state?.present ?? 0}`, who());
    failed = 0;
    warn('');
    if (found) draw(found);
  } catch (error) {
    if (error instanceof Refused) closed(error.message);
    else if (++failed > 1) warn('No connection. This page tries again by itself.');
  }
};

const draw = found => {
  const first = state?.phase !== found.phase || state.round !== found.round, { phase, question, joined, outcome, together, race } = found;
  const chose = state && choosing(), begins = !state;
  state = found;
  document.body.dataset.phase = phase;
  show('.door', phase === 'lobby');
  show('.round', phase !== 'lobby');
  all('.joined', `${joined} ${joined === 1 ? 'has' : 'have'} joined`);
  $('.question').textContent = race ? 'Everybody trains a seed: is the gap more than chance?' : question?.question ?? '';
  $('.in').textContent = phase === 'lobby' ? '' : `${found.in} of ${found.present} in`;
  $('.ranges').textContent = phase === 'ask' ? question.asked.map(range).join(' · ') : '';
  if (first) {
    $('.figures').replaceChildren(...race ? [seeds.place] : together ? question.asked.map((ask, k) => figure(ask, together[k], outcome?.found[ask.id])) : []);
    $('.told-of').innerHTML = outcome?.said ?? ''; // of the server alone
  }
  if (phase === 'reveal') noteRevealed(question);
  if (race) {
    seeds.show(race);
    $('.told-of').innerHTML = race.said;
  }
  for (const option of $('select').options) option.textContent = (found.done.includes(option.value) ? '✓ ' : '') + option.dataset.title;
  if (choosing() && race && !race.ended) $('select').value = race.key; // it was stopped
  else if (choosing() && (begins || (!chose && phase !== 'lobby'))) chooseNext(race?.key ?? question?.key);
  show('.choice', choosing());
  show('.commit', true);
  show('.back', ASKING.includes(phase));
  show('.end', choosing());
  for (const part of ['.save', '.handout']) show(part, choosing() && Boolean(race || found.done.length));
  drawChoice();
  // Enter goes on with what is asked. It never asks something new: that button is turned to first.
  if (first && ASKING.includes(phase)) $('.commit').focus();
  else if (first || (choosing() && !chose)) $('.commit').blur();
};

// For the whole page of this browser (see components/rail/send_place.js).
const noteRevealed = question => {
  const before = kept('revealed'), questions = before?.code === room.code ? before.questions : [];
  if (questions.every(({ key }) => key !== question.key)) keep('revealed', { code: room.code, at: Date.now(), questions: [...questions, question] });
};

// What may be answered, and in what.
const range = ask => `${ask.label}: ${ask.options ? ask.options.join(', ') : [ask.low, 'to', ask.high, ask.unit].join(' ').trim()}`;

// Whether the teacher chooses what comes next.
const choosing = () => ['lobby', 'reveal'].includes(state.phase) || (state.race && !state.race.goes_on);
const racing = () => $('select').value.startsWith(RACE);
const depth = () => Number($('select').value.slice(RACE.length));

const drawChoice = () => {
  const { phase, takes, race } = state, goesOn = race && !race.ended && race.depth === depth();
  $('.commit').textContent = { ask: 'Close', closed: 'Reveal' }[phase] ?? (!choosing() ? 'Stop' : racing() ? goesOn ? 'Go on' : 'Train' : 'Ask');
  show('.takes', choosing() && racing());
  $('.takes').textContent = takes?.[depth()] ?? 'a seed for each phone';
};

// What the main button sends.
const next = () => {
  if (choosing()) return racing() ? ['PUT', 'seeds', { depth: depth() }] : ['PUT', 'question', { question: $('select').value, round: state.round + 1 }];
  return { ask: ['PUT', 'phase', { to: 'closed' }], closed: ['PUT', 'phase', { to: 'reveal' }], seeds: ['DELETE', 'seeds'] }[state.phase];
};

const step = () => ask(...next());

const ask = async (method, path, sent) => {
  try {
    await send(method, `rooms/${room.code}/${path}`, who(), sent);
  } catch (error) {
    warn(error instanceof Refused ? error.message : 'No connection. Press the button again.');
    return;
  }
  news.now();
};

// The first behind this one that was not there yet.
const chooseNext = key => {
  const keys = [...$('select').options].map(option => option.value), from = keys.indexOf(key) + 1;
  const left = [...keys.slice(from), ...keys.slice(0, from)].find(other => !state.done.includes(other));
  if (left) $('select').value = left;
};

const takeBack = () => {
  if (!state.in || confirm('Take the question back? Its guesses are deleted.')) ask('DELETE', 'question');
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
  for (const part of ['.door', '.round', '.choice', '.takes', '.back', '.end', '.save', '.handout']) show(part, false);
  warn(sentence);
  all('header .code, header .where', '');
  show('.commit', true);
  $('.commit').textContent = 'Open a room';
  $('.commit').focus();
};

const end = async () => {
  const keepIt = !$('.save').hidden && saved !== state.news ? ' Cancel, and save the lesson first, to keep them.' : '';
  if (!confirm(`End the room? Its guesses are deleted.${keepIt}`)) return;
  try {
    await send('DELETE', `rooms/${room.code}`, who());
    closed('');
  } catch (error) {
    if (error instanceof Refused) closed(error.message);
    else warn('No connection. Press the button again.');
  }
};

const save = async () => {
  const page = abroad('..', network).href;
  try {
    const answer = await fetch(`rooms/${room.code}/record.zip?page=${encodeURIComponent(page)}`, { headers: who() });
    if (!answer.ok) throw new Refused(answer.status, (await answer.json()).error);
    const link = make('a', { href: URL.createObjectURL(await answer.blob()), download: `lesson-${room.code}.zip` });
    link.click();
    saved = state.news;
    URL.revokeObjectURL(link.href);
  } catch (error) {
    warn(error instanceof Refused ? error.message : 'No connection. Press the button again.');
  }
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

const option = (title, value) => Object.assign(make('option', { value, 'data-title': title }), { textContent: title });

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
    if (!group.isConnected) $('.papers').append(' ', make('a', { href: `handout?tab=${key.split('/')[0]}`, target: '_blank' }, lesson));
    group.append(option(section, key));
    $('select').append(group);
  }
  $('select').append(make('optgroup', { label: 'Everybody a seed' }, ...found.races.map(({ title, key }) => option(title, key))));
  if (room) lead();
  else open();
};

$('.commit').addEventListener('click', () => (room ? step() : open()));
$('select').addEventListener('change', drawChoice);
$('.back').addEventListener('click', takeBack);
$('.end').addEventListener('click', end);
$('.save').addEventListener('click', save);
// Clickers send these.
document.addEventListener('keydown', event => {
  if (!['PageDown', 'ArrowRight'].includes(event.key) || event.target.matches('select') || !room || state?.race?.goes_on) return;
  event.preventDefault();
  if (choosing() && document.activeElement !== $('.commit')) $('.commit').focus();
  else step();
});
start();
