// Asks for guesses (see __init__.py).
import { answered, mark } from '../shared/answered.js';
import { control, make, written } from './controls.js';
import { answers, forget, keep, kept } from './kept.js';

export default ({ element, props, watch, trigger, signal }) => {
  const $ = selector => element.querySelector(selector);
  const root = $('.predict'), form = $('form'), asked = $('.asked'), commit = $('.commit'), line = $('.line'), said = $('.line p');
  const lesson = element.closest('[id$="-tab"]')?.id.replace('-tab', '') ?? 'page'; // all of it waits for this answer, unless the section has a question of its own
  let key = '', given = {};

  const guesses = () => props.value.guesses;

  const guess = (ask, value) => {
    if (value === undefined) delete given[ask.id];
    else given[ask.id] = value;
    keep(asking(), { state: 'open', values: given });
    showMissing();
  };

  const showMissing = () => {
    const missing = guesses().filter(ask => given[ask.id] === undefined).map(ask => ask.label);
    commit.disabled = missing.length > 0;
    $('.missing').textContent = missing.length ? `No guess yet${guesses().length > 1 ? `: ${missing.join(', ')}` : '.'}` : '';
  };

  // --- the card ---

  const draw = () => {
    const value = props.value;
    if (!value?.guesses) return;
    const asks = JSON.stringify([value.question, value.guesses.map(ask => ({ ...ask, value: null }))]);
    if (asks !== key && value.state === 'open' && !linked() && restore()) return;
    if (value.state === 'given') given = Object.fromEntries(value.guesses.map(ask => [ask.id, ask.value]));
    else if (asks !== key) given = unsent();
    if (asks !== key || value.state === 'given') {
      $('.question').textContent = value.question;
      root.setAttribute('aria-label', value.question);
      asked.replaceChildren(...value.guesses.map(ask => control(ask, () => given[ask.id], value => guess(ask, value))));
      key = asks;
    }
    showMissing();
    root.hidden = value.state === 'off';
    form.hidden = !['open', 'urged', 'aloud'].includes(value.state);
    for (const part of [asked, commit, $('.missing')]) part.hidden = value.state === 'aloud';
    $('.skip').textContent = value.state === 'aloud' ? 'Show what came out' : 'Skip';
    line.hidden = !['given', 'skipped'].includes(value.state);
    $('.again').textContent = value.state === 'given' ? 'Guess again' : 'Guess after all';
    said.replaceChildren(...(value.state === 'given' ? ['Your guess: ', ...summary()] : value.state === 'skipped' ? ['No guess made.'] : []));
    root.dataset.state = value.state;
    if (!value.own) mark(lesson, ['given', 'skipped', 'off'].includes(value.state) ? value.state : null);
  };

  const summary = () => guesses().flatMap((ask, k) => {
    const part = make('b', {}, written(ask, ask.value));
    return [k ? ', ' : '', ask.label + (ask.options ? ': ' : ' '), part];
  });

  // The question as this tab of the browser remembers it.
  const asking = () => `${lesson}: ${props.value.question}`;

  // Whether another section was shown without a guess.
  const skipped = () => !props.value.own && answered(lesson) === 'skipped';

  // What was filled in before the page was reloaded.
  const unsent = () => {
    const found = kept(asking());
    return found?.state === 'open' ? { ...found.values } : {};
  };

  // A link that says how it asks outranks what was guessed before.
  const linked = () => new URLSearchParams(location.search).has('predict');

  // Gives the guess that was made before the page was reloaded, or in a room; false where there is none.
  const restore = () => {
    const before = kept(asking()), found = before?.state !== 'open' && before ? before : (skipped() ? { state: 'skipped', values: {} } : null);
    if (found?.state !== 'skipped' && !(found?.state === 'given' && answers(guesses(), found.values))) return false;
    turn(found.state, found.values);
    trigger('guessed', { values: found.values });
    return true;
  };

  const turn = (state, values) => {
    props.value = { ...props.value, state, guesses: guesses().map(ask => ({ ...ask, value: values[ask.id] ?? null })) };
    draw();
  };
  const answer = (state, values) => {
    keep(asking(), { state, values });
    turn(state, values);
    $('.again').focus();
    trigger('guessed', { values });
  };
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (commit.disabled) return;
    answer('given', given);
  });
  $('.skip').addEventListener('click', () => {
    answer('skipped', {});
  });
  document.addEventListener('question-skipped', () => {
    if (skipped() && !form.hidden) answer('skipped', {});
  }, { signal });
  document.addEventListener('question-settled', () => { if (!form.hidden) restore(); }, { signal });
  $('.again').addEventListener('click', () => {
    forget(asking());
    turn('open', {});
    asked.querySelector('input').focus();
  });
  watch('value', draw);
  draw();
};
