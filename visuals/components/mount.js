// Puts a component's template and script into its place once it is on the page (see base.py).
// biome-ignore lint/correctness/noUnresolvedImports: page/files.py puts the templates together
import templates from './templates.js';

const files = new Map(); // name of a file: the promise of what it holds

const fetched = name => {
  const load = async () => {
    const address = new URL(`../values/${name}.json`, import.meta.url), answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
    return answer.json();
  };
  if (!files.has(name)) files.set(name, load().catch(error => { files.delete(name); throw error; }));
  return files.get(name);
};

// A value, or what the file holds that stands for it, with what stands beside the file's name.
const contentOf = async value => {
  if (!value?.file) return value;
  const { file, ...rest } = value;
  return { ...structuredClone(await fetched(file)), ...rest };
};

// A browser remembers that a module could not be fetched; under another address it asks for it again.
const tries = new Map(); // by name of a component
const scriptOf = async name => {
  const address = `./${name}/${name}.js`, again = tries.get(name);
  return (await import(again ? `${address}?try=${again}` : address)).default;
};

// Aborted when the element has left the page: whatever listens to the window or the document ends with it.
const present = new Map();
new MutationObserver(() => {
  for (const [element, controller] of present) {
    if (element.isConnected) continue;
    present.delete(element);
    controller.abort();
  }
}).observe(document.body, { childList: true, subtree: true });

const presenceOf = element => {
  const controller = new AbortController();
  present.set(element, controller);
  return controller;
};

// What stands in the place of what could not be fetched.
const apologise = (element, again) => {
  const words = Object.assign(document.createElement('p'), { textContent: 'This part of the page could not be loaded. ' });
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Try again' });
  const place = Object.assign(document.createElement('div'), { className: 'notice' });
  place.setAttribute('role', 'alert');
  words.append(button);
  place.append(words);
  button.addEventListener('click', () => {
    button.disabled = true;
    again();
  });
  element.replaceChildren(place);
};

// `name` is the component's folder; `place` is what gradio gives to a script. The component's script gets the same, with
// `signal`, but sees values where files stand for them. Values that arrive before it is there wait, in their order.
export const mount = (name, { element, props, watch, ...rest }) => {
  const listeners = [], tell = () => element.dispatchEvent(new Event('component-drawn', { bubbles: true }));
  let value, here = null; // here: aborted when the script's work is over
  const seen = {
    get value() { return value; },
    set value(changed) { value = props.value = changed; },
  };
  const start = async given => {
    const [script, content] = await Promise.all([scriptOf(name), contentOf(given)]);
    value = content;
    element.innerHTML = templates[name];
    here = presenceOf(element);
    script({ ...rest, element, props: seen, watch: (_, listener) => listeners.push(listener), signal: here.signal });
    tell();
  };
  const hear = async given => {
    if (given?.file) element.ariaBusy = 'true'; // what is there belongs to the value before: style.css says so
    value = await contentOf(given).finally(() => { element.ariaBusy = null; });
    for (const listener of listeners) listener();
  };
  let order = Promise.resolve();
  const next = given => {
    order = order.then(() => here ? hear(given) : start(given)).catch(error => {
      console.error(error);
      here?.abort();
      here = null;
      listeners.length = 0;
      tries.set(name, (tries.get(name) ?? 0) + 1);
      apologise(element, () => next(props.value));
      tell();
    });
  };
  watch('value', () => next(props.value));
  next(props.value);
  return order;
};
