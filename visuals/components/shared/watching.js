// What a component watches around itself, until it has gone: `signal` is the one that its script gets.

const until = (signal, observer) => signal.addEventListener('abort', () => observer.disconnect());

export const onResize = (node, then, signal) => {
  const observer = new ResizeObserver(() => then());
  observer.observe(node);
  until(signal, observer);
};

// `what`: the kinds of change, as a MutationObserver takes them. `then` gets the observer, to end it.
export const onChange = (node, what, then, signal) => {
  const observer = new MutationObserver(() => then(observer));
  observer.observe(node, what);
  until(signal, observer);
};

// When the page turns dark or light.
export const onTheme = (then, signal) => onChange(document.body, { attributes: true, attributeFilter: ['class'] }, () => then(), signal);

// Tells whether the node is on the screen, whenever that changes.
export const onSight = (node, then, signal, options = {}) => {
  const observer = new IntersectionObserver(entries => then(entries.at(-1).isIntersecting), options);
  observer.observe(node);
  until(signal, observer);
};
