// Links to the sections beside the open one; the rail opens them.
import { address, beside, follow, here } from '../shared/way.js';

export default ({ element, signal }) => {
  const nav = element.querySelector('nav');

  const link = (step, word) => {
    const place = beside(step);
    if (!place) return document.createElement('span');
    const made = Object.assign(document.createElement('a'), { href: address(place), rel: step < 0 ? 'prev' : 'next', title: `Alt + Page ${step < 0 ? 'up' : 'down'}` });
    const text = [Object.assign(document.createElement('small'), { textContent: word }), Object.assign(document.createElement('b'), { textContent: place.title })];
    made.append(...text);
    made.addEventListener('click', event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      document.dispatchEvent(new CustomEvent('open-section', { detail: { tab: place.tab, at: place.at } }));
    });
    return made;
  };

  const draw = () => nav.replaceChildren(link(-1, '← Previous'), link(1, 'Next →'));
  follow(draw, signal);
  if (here()) draw();
};
