// How the pages of a room ask the server, and whoever follows it.
const EVERY = 2000, PATIENCE = 8000; // ms

// A sentence of the server, with its status.
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// What the server answers, null where that is nothing. Whatever is not of the server, such as a proxy's own words, is an error like a network that has dropped.
export const send = async (method, path, who, sent) => {
  const body = sent && JSON.stringify(sent);
  const answer = await fetch(path, { method, headers: who, body, cache: 'no-store', signal: AbortSignal.timeout?.(PATIENCE) });
  if (answer.status === 204) return null;
  const found = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, found.error);
  return found;
};

// Calls `turn` every two seconds, and at once when the page wakes up or the network is back. Returns what calls it at once, and what ends all this.
export const every = turn => {
  const over = new AbortController();
  let timer = 0, busy = false;
  const now = async () => {
    if (busy || over.signal.aborted) return;
    busy = true;
    clearTimeout(timer);
    await turn();
    busy = false;
    if (!over.signal.aborted) timer = setTimeout(now, EVERY);
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) now(); }, over);
  addEventListener('online', now, over);
  now();
  return { now, end: () => { over.abort(); clearTimeout(timer); } };
};

// Where other machines find an address: a browser on the server's own machine calls it by a name that no other machine knows.
export const abroad = (path, network) => {
  const found = new URL(path, location.href);
  if (network && ['localhost', '127.0.0.1', '0.0.0.0'].includes(found.hostname)) found.hostname = network;
  return found;
};

// What this browser keeps for itself, or one tab of it in 'sessionStorage'; it may keep nothing.
export const kept = (name, where = 'localStorage') => {
  try {
    return JSON.parse(globalThis[where].getItem(name));
  } catch {
    return null;
  }
};
export const keep = (name, value, where = 'localStorage') => {
  try {
    globalThis[where].setItem(name, JSON.stringify(value));
  } catch { /* then a reload begins anew */ }
};
