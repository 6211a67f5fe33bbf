// Plotly, fetched once for the page. By itself it draws every scene again for each frame of the screen, changed or not; here
// it gets frames only for a while after `wake`.

const AWAKE = 1000; // ms
const waiting = new Set();
let until = 0, loading = null;

const frame = then => performance.now() < until ? window.requestAnimationFrame(then) : waiting.add(then);

export const wake = () => {
  until = performance.now() + AWAKE;
  for (const then of waiting) window.requestAnimationFrame(then);
  waiting.clear();
};

const load = async address => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  new Function('requestAnimationFrame', await answer.text())(frame);
  return window.Plotly;
};

export const plotly = address => {
  loading ??= load(address).catch(error => { loading = null; throw error; });
  return loading;
};
