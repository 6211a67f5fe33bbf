// Where the visitor is on the page: one lesson, one section of it. What shows the way listens here.

const listeners = new Set();
let lessons = [], place = null; // place: { tab, at }

export const follow = (listener, signal) => {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
};

export const chart = found => { lessons = found; };
export const known = () => lessons;
export const here = () => place;

const lessonOf = tab => lessons.find(lesson => lesson.name === tab) ?? lessons[0];

// The place nearest to what was asked for: an unknown section is the lesson's first.
export const nearest = ({ tab, at }) => {
  const lesson = lessonOf(tab);
  const section = lesson.sections.find(one => one.name === at) ?? lesson.sections[0];
  return { tab: lesson.name, at: section.name };
};

// The section before or after this one, through all lessons; null at either end.
export const beside = step => {
  const all = lessons.flatMap(lesson => lesson.sections.map(({ name, title }) => ({ tab: lesson.name, at: name, title })));
  return all[all.findIndex(one => one.tab === place?.tab && one.at === place?.at) + step] ?? null;
};

// What stays in the address on all ways: `present=on` where the page is shown on a projector, and the room that it follows.
export const presenting = () => {
  const room = new URLSearchParams(globalThis.location?.search).get('room');
  return (document.documentElement.hasAttribute('data-present') ? '&present=on' : '') + (room ? `&room=${encodeURIComponent(room)}` : '');
};
export const address = ({ tab, at }) => `?tab=${tab}&at=${at}${presenting()}`;

export const go = asked => {
  place = nearest(asked);
  for (const listener of listeners) listener(place);
};
