// A question that a room has revealed is answered on the whole page, too: with the guess that was sent there, if any. What
// has waited for it is shown.
import { answered, mark } from '../shared/answered.js';
import { keep, kept } from '../predict/kept.js';

const ANSWERS = ['given', 'skipped'];

// `question` as the room tells it (see classroom/questions.py).
export const settle = ({ key, question, own }, mine) => {
  const [tab] = key.split('/'), name = `${tab}: ${question}`, state = mine ? 'given' : 'skipped';
  if (ANSWERS.includes(kept(name)?.state)) return;
  keep(name, { state, values: mine ?? {} });
  if (!own && !answered(tab)) mark(tab, state);
  document.dispatchEvent(new Event('question-settled'));
};
