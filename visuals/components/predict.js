// Asks for guesses (see predict.py). Nothing is a guess until it is dragged, typed or chosen.
const $ = selector => element.querySelector(selector);
const root = $('.predict'), form = $('form'), asked = $('.asked'), commit = $('.commit'), line = $('.line'), said = $('.line p');
const group = 'guess-' + Math.random().toString(36).slice(2); // radio buttons of different cards do not exclude each other
let key = '', given = {};

const make = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children);
  return node;
};
const guesses = () => props.value.guesses;
const written = (ask, value) => ask.options ? value : value.toFixed(ask.decimals) + (ask.unit ? ' ' + ask.unit : '');

// --- one question each ---

const name = ask => {
  if (!ask.colour) return [ask.label];
  const dot = make('i', { 'aria-hidden': 'true' });
  dot.style.setProperty('--colour', ask.colour);
  return [dot, ask.label];
};

const choice = (ask, k) => {
  const options = ask.options.map(option => {
    const input = make('input', { type: 'radio', name: `${group}-${k}`, value: option });
    input.checked = given[ask.id] === option;
    input.addEventListener('change', () => guess(ask, option));
    return make('label', {}, input, option);
  });
  return make('div', { role: 'radiogroup', 'aria-label': ask.label }, make('span', { class: 'name' }, ...name(ask)),
    make('div', { class: 'options' }, ...options));
};

const amount = ask => {
  const step = 10 ** -ask.decimals, limits = { min: ask.low, max: ask.high, step };
  const slider = make('input', { type: 'range', 'aria-label': ask.label, ...limits });
  const number = make('input', { type: 'number', 'aria-label': `${ask.label}${ask.unit ? ` in ${ask.unit}` : ''}`, placeholder: '?', ...limits });
  const row = make('div', {}, make('span', { class: 'name' }, ...name(ask)), slider, make('span', { class: 'number' }, number, ask.unit));
  slider.style.setProperty('--colour', ask.colour || 'var(--primary-700)');
  const show = () => {
    const unset = given[ask.id] === undefined;
    row.classList.toggle('unset', unset);
    if (!unset) slider.value = given[ask.id];
    slider.setAttribute('aria-valuetext', unset ? 'not guessed yet' : written(ask, given[ask.id]));
  };
  const set = value => {
    guess(ask, value);
    show();
  };
  const slid = () => {
    set(+slider.value);
    number.value = slider.value;
  };
  slider.addEventListener('input', slid);
  slider.addEventListener('click', slid); // a click where the thumb was all along is a guess as well
  slider.addEventListener('keydown', event => { if (event.key === ' ') { event.preventDefault(); slid(); } });
  number.addEventListener('input', () => {
    const value = number.valueAsNumber;
    set(value >= ask.low && value <= ask.high ? +value.toFixed(ask.decimals) : undefined);
  });
  number.addEventListener('change', () => {
    if (Number.isNaN(number.valueAsNumber)) return;
    set(+Math.min(ask.high, Math.max(ask.low, number.valueAsNumber)).toFixed(ask.decimals));
    number.value = given[ask.id];
  });
  number.value = given[ask.id] ?? '';
  show();
  return row;
};

const guess = (ask, value) => {
  if (value === undefined) delete given[ask.id];
  else given[ask.id] = value;
  showMissing();
};

const showMissing = () => {
  const missing = guesses().filter(ask => given[ask.id] === undefined).map(ask => ask.label);
  commit.disabled = missing.length > 0;
  $('.missing').textContent = missing.length ? `No guess yet: ${missing.join(', ')}` : '';
};

// --- the card ---

const draw = () => {
  const value = props.value;
  if (!value || !value.guesses) return;
  const asks = JSON.stringify([value.question, value.guesses.map(ask => ({ ...ask, value: null }))]);
  if (value.state === 'given') given = Object.fromEntries(value.guesses.map(ask => [ask.id, ask.value]));
  else if (asks !== key) given = {};
  if (asks !== key || value.state === 'given') {
    $('.question').textContent = value.question;
    root.setAttribute('aria-label', value.question);
    asked.replaceChildren(...value.guesses.map((ask, k) => ask.options ? choice(ask, k) : amount(ask)));
    key = asks;
  }
  commit.textContent = value.commit;
  showMissing();
  root.hidden = value.state === 'off';
  form.hidden = !['open', 'urged'].includes(value.state);
  line.hidden = !['given', 'skipped'].includes(value.state);
  $('.again').textContent = value.state === 'given' ? 'Guess again' : 'Guess after all';
  said.replaceChildren(...(value.state === 'given' ? ['Your guess: ', ...summary()] : value.state === 'skipped' ? ['No guess made.'] : []));
  root.dataset.state = value.state;
};

const summary = () => guesses().flatMap((ask, k) => {
  const part = make('b', {}, written(ask, ask.value));
  return [k ? ', ' : '', ask.label + (ask.options ? ': ' : ' '), part];
});

const turn = (state, values) => {
  props.value = { ...props.value, state, guesses: guesses().map(ask => ({ ...ask, value: values[ask.id] ?? null })) };
  draw();
};
form.addEventListener('submit', event => {
  event.preventDefault();
  if (commit.disabled) return;
  turn('given', given);
  $('.again').focus();
  trigger('guessed', { values: given });
});
$('.skip').addEventListener('click', () => {
  turn('skipped', {});
  $('.again').focus();
  trigger('guessed', { values: {} });
});
$('.again').addEventListener('click', () => {
  turn('open', {});
  asked.querySelector('input').focus();
});
watch('value', draw);
draw();
