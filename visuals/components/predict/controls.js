// The controls of a guess: a slider with its number, or answers to choose from. Nothing is a guess until it is dragged, typed or chosen.
const CLEAR = 6; // px from which a finger has moved sideways

export const make = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children);
  return node;
};

export const written = (ask, value) => ask.options ? value : value.toFixed(ask.decimals) + (ask.unit ? ' ' + ask.unit : '');

// The control of an Amount or a Choice; `guessed()` is what it shows, undefined where there is no guess, and `guess(value)` changes that.
export const control = (ask, guessed, guess) => (ask.options ? choice : amount)(ask, guessed, guess);

const name = ask => {
  if (!ask.colour) return [ask.label];
  const dot = make('i', { 'aria-hidden': 'true' });
  dot.style.setProperty('--colour', ask.colour);
  return [dot, ask.label];
};

const choice = (ask, guessed, guess) => {
  const group = 'guess-' + Math.random().toString(36).slice(2); // radio buttons of different cards do not exclude each other
  const options = ask.options.map(option => {
    const input = make('input', { type: 'radio', name: group, value: option });
    input.checked = guessed() === option;
    input.addEventListener('change', () => guess(option));
    return make('label', {}, input, option);
  });
  return make('div', { role: 'radiogroup', 'aria-label': ask.label }, make('span', { class: 'name' }, ...name(ask)),
    make('div', { class: 'options' }, ...options));
};

const amount = (ask, guessed, guess) => {
  const step = 10 ** -ask.decimals, limits = { min: ask.low, max: ask.high, step };
  const slider = make('input', { type: 'range', 'aria-label': ask.label, ...limits });
  const number = make('input', { type: 'number', 'aria-label': `${ask.label}${ask.unit ? ` in ${ask.unit}` : ''}`, placeholder: '?', ...limits });
  const ends = [written({ ...ask, decimals: 0 }, ask.low), ask.decimals ? '' : 'whole numbers', written({ ...ask, decimals: 0 }, ask.high)];
  const row = make('div', {}, make('span', { class: 'name' }, ...name(ask)), slider, make('span', { class: 'number' }, number, ask.unit),
    make('span', { class: 'ends' }, ...ends.map(end => make('span', {}, end))));
  slider.style.setProperty('--colour', ask.colour || 'var(--primary-700)');
  const show = () => {
    const unset = guessed() === undefined;
    row.classList.toggle('unset', unset);
    if (!unset) slider.value = guessed();
    slider.setAttribute('aria-valuetext', unset ? 'not guessed yet' : written(ask, guessed()));
  };
  const set = value => {
    guess(value);
    show();
  };
  const slid = () => {
    set(+slider.value);
    number.value = slider.value;
  };
  // A finger that comes down may be about to scroll: it guesses once it moves sideways, or is lifted where it came down.
  let down = null;
  slider.addEventListener('pointerdown', event => { down = event.pointerType === 'touch' ? event : null; });
  slider.addEventListener('pointermove', event => {
    if (!down || Math.abs(event.clientX - down.clientX) <= Math.max(CLEAR, Math.abs(event.clientY - down.clientY))) return;
    down = null;
    slid();
  });
  slider.addEventListener('pointerup', event => {
    const tapped = down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) <= CLEAR;
    down = null;
    if (tapped) slid();
    else show();
  });
  slider.addEventListener('pointercancel', () => { // it scrolls
    down = null;
    show();
  });
  slider.addEventListener('input', () => { if (!down) slid(); });
  slider.addEventListener('click', () => { // a click where the thumb was all along is a guess as well
    down = null;
    slid();
  });
  slider.addEventListener('keydown', event => {
    down = null;
    if (event.key !== ' ') return;
    event.preventDefault();
    slid();
  });
  number.addEventListener('input', () => {
    const value = number.valueAsNumber;
    set(value >= ask.low && value <= ask.high ? +value.toFixed(ask.decimals) : undefined);
  });
  number.addEventListener('change', () => {
    if (Number.isNaN(number.valueAsNumber)) return;
    set(+Math.min(ask.high, Math.max(ask.low, number.valueAsNumber)).toFixed(ask.decimals));
    number.value = guessed();
  });
  number.value = guessed() ?? '';
  show();
  return row;
};
