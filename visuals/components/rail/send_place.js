// Where this browser leads a room (see classroom/lead.js), a button in the page's head shows the room the open section.
const KEY = 'room';

export const room = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
};

const button = () => document.querySelector('.page-head .to-room');

const draw = () => {
  if (!button()) return;
  button().hidden = !room();
  button().textContent = room() ? `Send this section to room ${room().code}` : '';
};

// The address of the open section; one that was just opened may not name it.
const query = () => {
  const named = new URLSearchParams(location.search), { tab, at } = document.documentElement.dataset;
  named.set('tab', tab);
  named.set('at', at);
  return `?${named}`;
};

const send = async () => {
  const { code, secret } = room(), body = JSON.stringify({ query: query() });
  let said = 'Not sent: no connection';
  try {
    const answer = await fetch(`class/rooms/${code}/place`, { method: 'PUT', headers: { Leader: secret }, body });
    said = answer.ok ? 'Sent' : `Not sent: ${(await answer.json()).error}`;
  } catch { /* said already */ }
  button().textContent = said;
};

// `follow` tells of each section that is opened; the room may be opened in another tab of the browser.
export const sendPlace = (follow, signal) => {
  follow(draw, signal);
  window.addEventListener('storage', draw, { signal });
  document.addEventListener('click', event => { if (event.target.closest('.to-room')) send(); }, { signal });
  draw();
};
