// Whether a lesson's question is answered, how ("given", "skipped", "off"), and what waits for that: an attribute of the page
// (see page/style.css). This tab of the browser keeps the visitor's own answers, for whatever section is opened next.

const NAME = 'answered-lessons', OWN = ['given', 'skipped'];
const attribute = lesson => `data-answered-${lesson}`;

const kept = () => {
  try {
    return Object.entries(JSON.parse(sessionStorage.getItem(NAME)) ?? {}).filter(([, how]) => OWN.includes(how));
  } catch {
    return []; // a browser may keep nothing, and anything may stand there
  }
};

const keep = (lesson, how) => {
  const others = kept().filter(([other]) => other !== lesson);
  try {
    sessionStorage.setItem(NAME, JSON.stringify(Object.fromEntries(how ? [...others, [lesson, how]] : others)));
  } catch { /* then a reload asks again */ }
};

const show = (lesson, how) => {
  if (how) document.documentElement.setAttribute(attribute(lesson), how);
  else document.documentElement.removeAttribute(attribute(lesson));
};

export const answered = lesson => document.documentElement.getAttribute(attribute(lesson));

// `how` is null where the question is open.
export const mark = (lesson, how) => {
  if (how !== 'off') keep(lesson, how);
  if (answered(lesson) === how) return;
  show(lesson, how);
  document.dispatchEvent(new CustomEvent('lesson-answered', { detail: lesson }));
};

for (const [lesson, how] of kept()) show(lesson, how); // before the first card asks
