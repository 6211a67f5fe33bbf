import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { runInNewContext } from 'node:vm';

// What goes over the line, with a server that answers what it is told to and a clock that hardly waits.
const SCRIPT = readFileSync(new URL('../../visuals/page/line.js', import.meta.url), 'utf-8');
const SHORT = 3000; // ms, which pass at once; what is longer takes SLOW
const SLOW = 200;
let asked, answers, notices, window, document, reloads;

const json = (content, status = 200) => new Response(JSON.stringify(content), { status });
const FULL = () => json({ detail: 'Queue is full. Max size is 64 and size is 64.' }, 503);
const pathOf = address => new URL(address.url ?? address).pathname;
const letters = new TextEncoder();

// An event stream of these messages, which then stays open, or breaks.
const stream = (messages, then = 'open') => new Response(new ReadableStream({
  start: c => c.enqueue(letters.encode(messages.map(each => `data: ${JSON.stringify(each)}\n\n`).join(''))),
  pull: c => then === 'cut' ? c.error(new Error('cut')) : new Promise(() => {}),
}), { headers: { 'content-type': 'text/event-stream' } });
const part = (event_id, data) => ({ msg: 'process_generating', event_id, output: { data } });
const end = (event_id, data) => ({ msg: 'process_completed', event_id, success: true, output: { data } });
const CLOSE = { msg: 'close_stream', event_id: null };

const ask = (fn_index = 0) => window.fetch('http://page/gradio_api/queue/join?', { method: 'POST', body: JSON.stringify({ data: [5], fn_index, session_hash: 'me' }) });
const listen = () => window.fetch(new Request('http://page/gradio_api/queue/data?session_hash=me'));
const heard = async answer => (await answer.text()).split('\n\n').filter(Boolean).map(text => JSON.parse(text.slice(6)));
const press = id => document.dispatchEvent(Object.assign(new Event('click'), { pressed: id }));

beforeEach(() => {
  [asked, notices, reloads] = [[], [], 0];
  const fetch = async (address, options) => {
    const url = address.url ?? String(address);
    asked.push(url);
    return answers(url, { options, times: asked.filter(each => pathOf(each) === pathOf(url)).length });
  };
  document = Object.assign(new EventTarget(), {
    baseURI: 'http://page/',
    hidden: false,
    body: { appendChild: node => { notices.push(node); return node; } },
    createElement: () => ({ remove() { this.gone = true; } }),
  });
  const real = document.dispatchEvent.bind(document);
  document.dispatchEvent = event => {
    if (event.pressed) Object.defineProperty(event, 'target', { value: { closest: () => ({ id: event.pressed }) } });
    return real(event);
  };
  window = {
    fetch,
    gradio_config: {
      app_id: 7,
      components: [{ id: 1, props: { elem_id: 'race-go' } }],
      dependencies: [{ id: 0, targets: [[1, 'click']], outputs: [2, 3] }],
    },
  };
  const location = { reload: () => { reloads += 1; } };
  const wait = (done, ms) => setTimeout(done, ms < SHORT ? 0 : SLOW);
  runInNewContext(SCRIPT, {
    window, document, location, setTimeout: wait, clearTimeout, performance, URL, Request, Response, ReadableStream, TextEncoder, TextDecoder,
  });
});

test('whoever finds all places taken is told so, and comes in once there is room', async () => {
  const joins = [FULL(), FULL(), json({ event_id: 'mine' })];
  answers = url => url.includes('status') ? json({ queue_size: 64 }) : joins.shift();
  assert.equal((await (await ask()).json()).event_id, 'mine');
  assert.equal(asked.filter(address => address.includes('join')).length, 3);
  assert.ok(asked.includes('http://page/gradio_api/queue/status'));
  assert.match(notices[0].textContent, /All places are taken, and 64 wait for one/);
  assert.ok(notices[0].gone);
});

test('another refusal is handed on', async () => {
  answers = () => json({ detail: 'Service Unavailable' }, 503);
  assert.equal((await ask()).status, 503);
  assert.equal(asked.length, 1);
  assert.equal(notices.length, 0);
});

test('a heartbeat that breaks is opened again until the page is left', async () => {
  const left = new AbortController(), beats = ['one', 'two'];
  answers = () => {
    const beat = beats.shift();
    if (!beat) {
      left.abort();
      throw new Error('the page is left');
    }
    const broken = new ReadableStream({ start: c => c.enqueue(letters.encode(beat)), pull: c => c.error(new Error('cut')) });
    return new Response(broken, { headers: { 'content-type': 'text/event-stream' } });
  };
  const answer = await window.fetch(new Request('http://page/gradio_api/heartbeat/me', { signal: left.signal }));
  assert.equal(await answer.text(), 'onetwo');
  assert.equal(asked.length, 3);
});

test('a page that is not seen keeps no heartbeat open, and shows now and then that it is there', async () => {
  const left = new AbortController();
  let open = 0;
  answers = (_url, { times }) => {
    if (times === 4) document.hidden = false;
    if (times === 5) left.abort();
    open += 1;
    return new Response(new ReadableStream({ start: c => c.enqueue(letters.encode('.')), pull: () => new Promise(() => {}), cancel: () => { open -= 1; } }));
  };
  document.hidden = true;
  const request = new Request('http://page/gradio_api/heartbeat/me', { signal: left.signal });
  const reader = (await window.fetch(request)).body.getReader();
  for (let beats = 0; beats < 4; beats++) {
    await reader.read();
    await new Promise(done => setTimeout(done));
    assert.equal(open, beats === 3 ? 1 : 0);
  }
});

test('a question is asked until it is answered, and the page says that it waits', async () => {
  answers = (_url, { times }) => {
    if (times < 3) throw new TypeError('cut');
    return json('yes');
  };
  assert.equal(await (await window.fetch('http://page/gradio_api/run/predict', {})).json(), 'yes');
  assert.match(notices[0].textContent, /The line to the server is cut/);
  assert.ok(notices[0].gone);
});

test('a page says that it waits for an answer which does not come', async () => {
  let answered;
  answers = () => new Promise(done => { answered = () => done(json('yes')); });
  const answer = window.fetch('http://page/gradio_api/run/predict', {});
  await new Promise(done => setTimeout(done, 2 * SLOW));
  assert.match(notices[0].textContent, /has not answered for 10 s.*six lines/);
  answered();
  await answer;
  assert.ok(notices[0].gone);
});

test('what is asked for when the stream is about to be closed is heard from the next one', async () => {
  const streams = [stream([end('one', [1]), CLOSE]), stream([end('two', [2]), CLOSE])], joins = ['one', 'two'];
  answers = url => url.includes('join') ? json({ event_id: joins.shift() }) : streams.shift();
  await ask();
  const first = await listen();
  await ask();
  assert.deepEqual(await heard(first), [end('one', [1]), end('two', [2]), CLOSE]);
});

test('a run whose stream is cut is asked for again, and goes on under its name', async () => {
  const bodies = [];
  const streams = [stream([part('one', ['a']), part('one', [[['append', [], 'b']]])], 'cut'), stream([part('other', ['abc']), part('other', [[['append', [], 'd']]]), end('other', ['abcd']), CLOSE])];
  answers = (url, { options }) => {
    if (url.includes('app_id')) return json({ app_id: 7 });
    if (url.includes('data')) return streams.shift();
    bodies.push(JSON.parse(options.body));
    return json({ event_id: ['one', 'other'][bodies.length - 1] });
  };
  await ask();
  assert.deepEqual(await heard(await listen()), [
    part('one', ['a']), part('one', [[['append', [], 'b']]]), // then the whole, and changes of it
    part('one', [[['replace', [], 'abc']]]), part('one', [[['append', [], 'd']]]), end('one', ['abcd']), CLOSE,
  ]);
  assert.deepEqual(bodies.map(({ session_hash }) => session_hash), ['me', 'me~1']);
  assert.match(asked.filter(url => url.includes('data'))[1], /session_hash=me%7E1|session_hash=me~1/);
  assert.match(notices[0].textContent, /The line to the server is cut/);
  assert.ok(notices[0].gone);
});

test('where another server answers the page is loaded anew', async () => {
  answers = url => {
    if (url.includes('app_id')) return json({ app_id: 8 });
    return url.includes('join') ? json({ event_id: 'one' }) : stream([{ msg: 'unexpected_error', message: 'Server stopped unexpectedly.', event_id: null }]);
  };
  await ask();
  await listen();
  while (!reloads) await new Promise(done => setTimeout(done));
  assert.equal(asked.filter(url => url.includes('join')).length, 1);
});

test('a stop ends what waits for room, and what waits for its turn', async () => {
  const skipped = id => ({ ...end(id, [{ __type__: 'update' }, { __type__: 'update' }]), output: { data: [{ __type__: 'update' }, { __type__: 'update' }], is_generating: false } });
  answers = url => url.includes('status') ? json({ queue_size: 64 }) : FULL();
  const waiting = ask();
  while (!notices.length) await new Promise(done => setTimeout(done));
  press('other-stop');
  press('race-stop');
  const { event_id } = await (await waiting).json();
  assert.deepEqual(await heard(await listen()), [skipped(event_id), CLOSE]);

  let cancelled;
  answers = (url, { options }) => {
    if (url.includes('cancel')) cancelled = JSON.parse(options.body);
    return url.includes('data') ? stream([{ msg: 'estimation', event_id: 'one', rank: 3 }]) : json({ event_id: 'one' });
  };
  await ask();
  const reader = (await listen()).body.getReader();
  await reader.read();
  press('race-stop');
  assert.deepEqual(JSON.parse(new TextDecoder().decode((await reader.read()).value).slice(6)), skipped('one'));
  assert.deepEqual(cancelled, { event_id: 'one', fn_index: 0, session_hash: 'me' });
});

test('everything else is asked for as before', async () => {
  answers = () => json('yes');
  assert.equal(await (await window.fetch('http://page/theme.css')).json(), 'yes');
});
