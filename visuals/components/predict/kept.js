// Guesses survive a reload of the page: this tab of the browser keeps the newest of them.

const NAME = 'guesses', MOST = 40;

// [[question, answer], ...], the newest last. A browser may keep nothing, and anything may stand there.
const all = () => {
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME));
    return Array.isArray(found) ? found.filter(Array.isArray) : [];
  } catch {
    return [];
  }
};

const write = list => {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(list.slice(-MOST)));
  } catch { /* then a reload asks again */ }
};

const others = question => all().filter(([other]) => other !== question);

export const keep = (question, answer) => write([...others(question), [question, answer]]);
export const forget = question => write(others(question));
export const kept = question => all().find(([other]) => other === question)?.[1] ?? null;

// Whether `values` answer every one of what is asked.
export const answers = (asks, values) => asks.every(ask => {
  const value = values?.[ask.id];
  return ask.options ? ask.options.includes(value) : typeof value === 'number' && value >= ask.low && value <= ask.high;
});
