// Draws the rail (see __init__.py) and opens sections. The address is written whenever one opens.
import { answered, mark } from '../shared/answered.js';
import { press, watchPresses } from '../shared/pressing.js';
import { present } from './present.js';
import { sendPlace } from './send_place.js';
import { address, beside, chart, follow, go, here, nearest, presenting } from '../shared/way.js';

const VISITED = 'visited-sections';

const visited = () => {
  try {
    return new Set(JSON.parse(localStorage.getItem(VISITED)) ?? []);
  } catch {
    return new Set(); // a browser may keep nothing
  }
};

const remember = name => {
  try {
    localStorage.setItem(VISITED, JSON.stringify([...visited().add(name)]));
  } catch { /* then nothing is marked after a reload */ }
};

export default ({ element, props, trigger, signal, still }) => {
  const [top, side] = element.querySelectorAll('nav'), list = side.querySelector('ol');
  const { lessons } = props.value;
  chart(lessons);

  const link = (place, text) => {
    const made = Object.assign(document.createElement('a'), { href: address(place), textContent: text });
    made.addEventListener('click', event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or window of its own
      event.preventDefault();
      open(place);
    });
    return made;
  };

  const draw = ({ tab, at }) => {
    const seen = visited(), lesson = lessons.find(one => one.name === tab);
    top.replaceChildren(...lessons.map(one => {
      const made = link(nearest({ tab: one.name }), one.title);
      if (one.name === tab) made.setAttribute('aria-current', 'true');
      return made;
    }));
    list.replaceChildren(...lesson.sections.map(({ name, title }) => {
      const item = document.createElement('li'), made = link({ tab, at: name }, title);
      if (name === at) made.setAttribute('aria-current', 'page');
      if (seen.has(`${tab}/${name}`)) made.append(Object.assign(document.createElement('span'), { className: 'visited', textContent: '✓', title: 'visited' }));
      item.append(made);
      return item;
    }));
    const current = list.querySelector('[aria-current]');
    list.scrollTo({ left: current.offsetLeft - list.offsetLeft - (list.clientWidth - current.offsetWidth) / 2 });
  };

  // The heading of a section is there once gradio has put the section on the page.
  const focusHeading = ({ tab, at }) => {
    const wanted = `#${tab}-${at} h2`, found = () => {
      const heading = document.querySelector(wanted);
      if (!heading?.offsetParent) return false;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      window.scrollTo({ top: 0 });
      return true;
    };
    if (found()) return;
    const looking = new MutationObserver(() => {
      const { tab: tabNow, at: atNow } = here();
      if (tabNow !== tab || atNow !== at || found()) looking.disconnect();
    });
    looking.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['style'] });
  };

  // A section that waits for its lesson's question has been seen once it no longer does.
  const visit = ({ tab, at }) => {
    const { waits } = lessons.find(one => one.name === tab).sections.find(one => one.name === at);
    if (!waits || answered(tab)) remember(`${tab}/${at}`);
  };

  const show = place => {
    visit(place);
    draw(place);
    document.documentElement.dataset.tab = place.tab;
    document.documentElement.dataset.at = place.at;
    for (const said of document.querySelectorAll('.set-by-link')) said.hidden ||= said.dataset.at && said.dataset.at !== place.at;
    props.value = { ...props.value, ...place };
    trigger('go');
  };
  if (still) {
    draw(document.documentElement.dataset);
    return;
  }
  follow(show, signal);
  sendPlace(follow, signal);

  const open = place => {
    history.pushState(null, '', address(place));
    go(place);
    focusHeading(here());
  };

  const asked = () => Object.fromEntries(new URLSearchParams(location.search));
  window.addEventListener('popstate', () => { go(asked()); focusHeading(here()); }, { signal });
  document.addEventListener('keydown', event => {
    const step = { PageUp: -1, PageDown: 1 }[event.key], next = step && event.altKey && beside(step);
    if (!next) return;
    event.preventDefault();
    open(next);
  }, { signal });
  document.addEventListener('open-section', ({ detail }) => open(detail), { signal });
  // Gradio gives every link in a text a tab of its own; those to this page stay in this one.
  document.addEventListener('click', event => {
    const link = event.target.closest('a[target=_blank][href^="?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.assign(link.href + presenting());
  }, { signal });

  document.addEventListener('click', event => {
    const link = event.target.closest('.set-by-link a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(Object.fromEntries(new URLSearchParams(link.search)));
  }, { signal });

  // What waits for the question of a lesson is shown without a guess; the card of the question may not be there yet.
  document.addEventListener('click', event => {
    if (!event.target.closest('.unguessed')) return;
    mark(here().tab, 'skipped');
    document.dispatchEvent(new Event('question-skipped'));
  }, { signal });

  const { tab, at } = document.documentElement.dataset; // the place that the page opens at
  const { tab: named, at: of, present: shown, room, ...settings } = asked();
  present(shown === 'on', open, signal);
  if (settings.predict === 'off') mark(nearest({ tab }).tab, 'off');
  go({ tab, at });
  document.addEventListener('lesson-answered', () => {
    visit(here());
    draw(here());
  }, { signal });
  const linked = Object.keys(settings).length > 0;
  watchPresses(linked, signal);
  const reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  if (linked) trigger('linked', { link: location.search, reloaded });
  if (room) import('./following.js').then(module => module.followRoom(room.toUpperCase(), press, signal));
};
