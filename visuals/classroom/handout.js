// The lesson on paper. For the browser that leads a room: what was asked and guessed, and what came out. Where the address
// names a tab: its exercises, with empty axes to sketch on, and their answers.
import { make } from '../components/predict/controls.js';
import { axes } from './axes.js';
import { figure } from './dots.js';
import { abroad, kept, send } from '../components/shared/news.js';
import { seedFigure } from './seeds.js';

const $ = selector => document.querySelector(selector);
const room = kept('room'), tab = new URLSearchParams(location.search).get('tab');

const warn = sentence => {
  $('.notice').textContent = sentence;
  $('.notice').hidden = false;
};

const code = address => make('img', { alt: '', src: `qr.svg?of=${encodeURIComponent(address)}` });

// Where the question is, in words and for a phone.
const about = ({ question, lesson, section, link }, network) => {
  const address = abroad(`../${link}`, network).href, qr = code(address);
  const place = make('p', { class: 'place' }, `${lesson}, ${section}: `, make('a', { href: address }, address));
  return make('div', { class: 'about' }, make('div', {}, make('h3', {}, question), place), qr);
};

// What nobody has guessed has room for a guess by hand.
const blank = ask => ask.options
  ? make('div', {}, make('p', {}, ask.label), make('ul', { class: 'boxes' }, ...ask.options.map(option => make('li', {}, option))))
  : figure(ask, { values: [], median: null });

const drawn = ({ question, together, outcome }) =>
  question.asked.map((ask, k) => together ? figure(ask, together[k], outcome?.found[ask.id]) : blank(ask));

const counted = ({ together }) => together ? [make('p', {}, `${together[0].values.length} guesses`)] : [];

// The outcome, in the server's own words, and the name of what it was recorded in (see assets/README.md).
const answer = each => {
  const said = make('div', {}), { runs } = each.outcome;
  said.innerHTML = each.outcome.said; // of the server alone
  const recorded = runs.length ? [make('p', { class: 'place' }, `Recorded run: ${runs.join(', ')}`)] : [];
  return make('article', {}, make('h3', {}, each.question.question), ...drawn(each), said, ...recorded);
};

// Everybody's seeds, and what the class has measured with them.
const raced = race => {
  const seeds = seedFigure(), said = make('div', {});
  said.innerHTML = race.said; // of the server alone
  const drawn = make('article', {}, make('h3', {}, `Everybody a seed: ${race.nets.join(' against ')}`), seeds.place, said);
  seeds.show(race);
  return drawn;
};

const draw = ({ questions, races, network }) => {
  $('.when').textContent = `Room ${room.code}, ${new Date().toLocaleDateString('en-GB', { dateStyle: 'long' })}`;
  $('.asked-here').append(...questions.map(each =>
    make('article', {}, about(each.question, network), ...drawn({ ...each, outcome: null }), ...counted(each))));
  const told = questions.filter(each => each.outcome);
  $('.answers').append(...told.map(answer), ...races.map(raced));
  $('.answers').hidden = !told.length && !races.length;
};

// --- the exercises of a tab ---

const exercise = ({ question, task, label, link, x, y }, network) => make('article', {},
  make('div', { class: 'about' },
    make('div', {}, make('h3', {}, question), make('p', {}, task), make('p', { class: 'place' }, make('a', { href: `../${link}` }, label))),
    code(abroad(`../${link}`, network).href)),
  axes(x, y));

const answered = ({ question, answer }) => {
  const said = make('div', {});
  said.innerHTML = answer; // of the server alone
  return make('article', {}, make('h3', {}, question), said);
};

const drawExercises = ({ lesson, exercises, recorded, network }) => {
  document.body.classList.add('exercises');
  $('.when').textContent = lesson;
  $('.asked-here h2').textContent = 'Sketch what you expect, then look';
  $('.answers h2').textContent = `${lesson}: the answers`;
  $('.asked-here').append(...exercises.map(each => exercise(each, network)));
  $('.answers').append(...exercises.map(answered), make('p', { class: 'place' }, `Recorded runs and weights: ${recorded.join(', ')}`));
  $('.answers').hidden = false;
};

$('.print').addEventListener('click', () => print());
if (tab) send('GET', `exercises/${encodeURIComponent(tab)}`, {}).then(drawExercises, () => warn('The exercises could not be fetched.'));
else if (!room) warn('This browser leads no room.');
else send('GET', `rooms/${room.code}/lesson`, { Leader: room.secret }).then(draw, error => warn(error.message));
