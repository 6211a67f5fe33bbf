import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { runInNewContext } from 'node:vm';

// What goes over the line, with a server that answers what it is told to and a clock that does not wait.
const SCRIPT = readFileSync(new URL('../../visuals/page/line.js', import.meta.url), 'utf-8');
let asked, answers, notices, window;

const json = (content, status = 200) => new Response(JSON.stringify(content), { status });
const FULL = () => json({ detail: 'Queue is full. Max size is 64 and size is 64.' }, 503);

beforeEach(() => {
  asked = [];
  notices = [];
  const fetch = async address => {
    asked.push(address.url ?? String(address));
    return answers(address);
  };
  const document = {
    baseURI: 'http://page/',
    body: { appendChild: node => { notices.push(node); return node; } },
    createElement: () => ({ remove() { this.gone = true; } }),
  };
  window = { fetch };
  runInNewContext(SCRIPT, { window, document, setTimeout: done => setTimeout(done), URL, Request, Response, ReadableStream, Promise, Object });
});

test('whoever finds all places taken is told so, and comes in once there is room', async () => {
  const joins = [FULL(), FULL(), json({ event_id: 'mine' })];
  answers = address => String(address).includes('status') ? json({ queue_size: 64 }) : joins.shift();
  const answer = await window.fetch('http://page/gradio_api/queue/join?tab=deeper', { method: 'POST' });
  assert.equal((await answer.json()).event_id, 'mine');
  assert.equal(asked.filter(address => address.includes('join')).length, 3);
  assert.ok(asked.includes('http://page/gradio_api/queue/status'));
  assert.match(notices[0].textContent, /All places are taken, and 64 wait for one/);
  assert.ok(notices[0].gone);
});

test('another refusal is handed on as it is', async () => {
  answers = () => json({ detail: 'Service Unavailable' }, 503);
  assert.equal((await window.fetch('http://page/gradio_api/queue/join', {})).status, 503);
  assert.equal(asked.length, 1);
  assert.equal(notices.length, 0);
});

test('a heartbeat that breaks is opened again until the page is left', async () => {
  const left = new AbortController();
  const beats = ['one', 'two'];
  answers = () => {
    const beat = beats.shift();
    if (!beat) {
      left.abort();
      throw new Error('the page is left');
    }
    const broken = new ReadableStream({ start: c => c.enqueue(new TextEncoder().encode(beat)), pull: c => c.error(new Error('cut')) });
    return new Response(broken, { headers: { 'content-type': 'text/event-stream' } });
  };
  const answer = await window.fetch(new Request('http://page/gradio_api/heartbeat/me', { signal: left.signal }));
  assert.equal(await answer.text(), 'onetwo');
  assert.equal(asked.length, 3);
});

test('everything else is asked for as before', async () => {
  answers = () => json('yes');
  assert.equal(await (await window.fetch('http://page/gradio_api/run/predict', {})).json(), 'yes');
});
