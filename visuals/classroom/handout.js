// The lesson on paper: what was asked and guessed, and what came out. For the browser that leads the room.
import { make } from '../components/predict/controls.js';
import { figure } from './dots.js';
import { abroad, kept, send } from './news.js';

const $ = selector => document.querySelector(selector);
const room = kept('room');

const warn = sentence => {
  $('.notice').textContent = sentence;
  $('.notice').hidden = false;
};

// Where the question is, in words and for a phone.
const about = ({ question, lesson, section, link }, network) => {
  const address = abroad(`../${link}`, network).href, qr = make('img', { alt: '', src: `qr.svg?of=${encodeURIComponent(address)}` });
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

const draw = ({ questions, network }) => {
  $('.when').textContent = `Room ${room.code}, ${new Date().toLocaleDateString('en-GB', { dateStyle: 'long' })}`;
  $('.asked-here').append(...questions.map(each =>
    make('article', {}, about(each.question, network), ...drawn({ ...each, outcome: null }), ...counted(each))));
  const told = questions.filter(each => each.outcome);
  $('.answers').append(...told.map(answer));
  $('.answers').hidden = !told.length;
};

$('.print').addEventListener('click', () => print());
if (!room) warn('This browser leads no room.');
else send('GET', `rooms/${room.code}/lesson`, { Leader: room.secret }).then(draw, error => warn(error.message));
