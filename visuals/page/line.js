// What goes over the line to the server, which may be cut for a while, or find all places taken. It runs before gradio.
{
  const real = window.fetch.bind(window);
  const AGAIN = 2000; // ms until what has failed is tried again
  const SILENCE = 10_000; // ms after which a page says that it still waits for an answer
  const BEAT = 30_000; // ms between two signs of life of a page that is not seen
  const TRIES = `This page tries again every ${AGAIN / 1000} s`;
  const CUT = `The line to the server is cut. ${TRIES}.`;
  const SILENT = `The server has not answered for ${SILENCE / 1000} s. It may be busy. A browser keeps six lines to a server: if more windows of this page are open, please close some.`;
  const pause = () => new Promise(done => setTimeout(done, AGAIN));
  const addressOf = asked => asked instanceof Request ? asked.url : String(asked);

  // --- What whoever waits is told, until they wait no longer ---

  const told = new Map(); // by what is waited for
  let notice = null;
  const tell = (what, said) => {
    if (said) told.set(what, said);
    else told.delete(what);
    const last = [...told.values()].at(-1);
    if (!last) {
      notice?.remove();
      notice = null;
      return;
    }
    notice ??= document.body.appendChild(Object.assign(document.createElement('div'), { className: 'notice full-house', role: 'status' }));
    if (notice.textContent !== last) notice.textContent = last;
  };

  // The whole answer, however often it must be asked for.
  const patient = async asked => {
    const what = {}, late = setTimeout(() => tell(what, SILENT), SILENCE);
    try {
      for (;;) {
        try {
          const answer = await real(...asked), { status, headers } = answer;
          return new Response(await answer.text(), { status, headers });
        } catch {
          tell(what, CUT);
          await pause();
        }
      }
    } finally {
      clearTimeout(late);
      tell(what, null);
    }
  };

  // --- A stream by which the server knows that somebody is there. It is opened again where it breaks: gradio would not.
  // A page that is not seen gives it back, for others that need a line, and shows now and then that it is there. ---

  const seen = () => new Promise(done => {
    setTimeout(done, BEAT);
    document.addEventListener('visibilitychange', done, { once: true });
  });
  const heartbeat = async request => {
    const first = await real(request.clone());
    if (!first.ok) return first;
    const pass = async controller => {
      for (let answer = first; !request.signal.aborted; answer = await real(request.clone()).catch(() => null)) {
        const reader = answer?.ok && answer.body.getReader();
        const leave = () => { if (document.hidden && reader) reader.cancel().catch(() => {}); };
        document.addEventListener('visibilitychange', leave);
        try {
          for (let read; reader && !(read = await reader.read()).done;) {
            controller.enqueue(read.value);
            leave();
          }
        } catch { /* it broke */ }
        document.removeEventListener('visibilitychange', leave);
        await (document.hidden ? seen() : pause());
      }
      controller.close();
    };
    return new Response(new ReadableStream({ start: controller => void pass(controller) }), { headers: first.headers });
  };

  // --- Runs: gradio asks for one, and reads the answers to all of them from one stream ---

  const asking = new Map(); // what has no whole answer yet, by the name that gradio knows it by
  const joining = new Map(); // what has no place yet, and when it will have one
  const came = new Map(); // by the name at the server: whether the run has begun, was partly answered, has ended
  const STAGES = { process_starts: 'begun', process_generating: 'partly', process_completed: 'ended' };
  const dropped = new Set(); // names at the server of what nobody waits for any more
  let cuts = 0, speak = null, unsaid = [];

  // Each time the line was cut the page is another session to gradio, which may not have noticed it yet and would take
  // the old and the new one for the same. The visitor is the same, see visitors.py.
  const named = session => cuts ? `${session}~${cuts}` : session;
  const known = id => came.get(id) ?? came.set(id, {}).get(id);

  const full = answer => answer.status === 503 && answer.clone().json().then(({ detail }) => /^Queue is full/.test(detail), () => false);
  const ask = async one => {
    try {
      for (;;) {
        const at = cuts, { session_hash, ...body } = one.body;
        const asked = { ...one.options, body: JSON.stringify({ ...body, session_hash: named(session_hash) }) };
        const answer = await patient([one.address, asked]);
        const wait = await full(answer);
        if (one.stopped || (!wait && at === cuts)) return answer;
        if (!wait) continue; // the line was cut meanwhile
        const { queue_size: ahead } = await (await patient([new URL('status', one.address)])).json().catch(() => ({}));
        tell(one, `All places are taken, and ${ahead ?? 'others'} wait for one. ${TRIES} until there is room for you.`);
        await pause();
      }
    } finally {
      tell(one, null);
    }
  };

  const joined = async one => {
    const answer = await ask(one);
    const content = await answer.json().catch(() => ({}));
    joining.delete(one);
    if (one.stopped) return new Response(JSON.stringify({ event_id: one.stopped }));
    if (!answer.ok) return new Response(JSON.stringify(content), { status: answer.status });
    one.id = content.event_id;
    if (known(one.id).ended) came.delete(one.id);
    else asking.set(one.id, one);
    return new Response(JSON.stringify(content));
  };
  const join = (address, options) => {
    const one = { address: new URL(address, document.baseURI), options, body: JSON.parse(options.body) }, whole = joined(one);
    joining.set(one, whole);
    return whole;
  };

  // What was asked for over a line that is cut is asked for again: equal runs are one, so it goes on where it was.
  const again = async () => {
    const [{ address }] = asking.values();
    const { app_id } = await (await patient([new URL('../app_id', address)])).json();
    if (app_id !== window.gradio_config.app_id) {
      location.reload(); // another server, of which this page may know too little
      await new Promise(() => {});
    }
    cuts += 1;
    for (const one of asking.values()) {
      const answer = await ask(one);
      one.anew ||= known(one.id).partly;
      if (one.id) dropped.add(one.id);
      came.delete(one.id);
      one.id = answer.ok ? (await answer.json()).event_id : null;
    }
  };

  // A message of the stream, as it came, or under the name that gradio knows; later parts of a run are changes of the first.
  const heard = (message, text, send) => {
    const { msg, event_id: id } = message;
    if (dropped.has(id)) return;
    const [name, one] = [...asking].find(([, each]) => each.id === id) ?? [];
    if (STAGES[msg]) known(id)[STAGES[msg]] = true;
    if (name && msg === 'process_completed') {
      asking.delete(name);
      came.delete(id);
    }
    if (name && msg === 'process_generating' && one.anew && message.output.data) {
      one.anew = false;
      message.output.data = message.output.data.map(value => [['replace', [], value]]);
    } else if (!name || name === id) return send(text);
    send(`data: ${JSON.stringify({ ...message, event_id: name })}`);
  };

  // Whether the server has closed it: else it is cut.
  const read = async (answer, send) => {
    const reader = answer.body.getReader(), letters = new TextDecoder();
    try {
      for (let rest = '', part; !(part = await reader.read()).done;) {
        const texts = (rest + letters.decode(part.value, { stream: true })).split('\n\n');
        rest = texts.pop();
        for (const text of texts) {
          const message = JSON.parse(text.slice(text.indexOf('{')));
          if (message.msg === 'close_stream') return true;
          if (message.msg === 'unexpected_error') return false; // it does not know this page
          heard(message, text, send);
        }
      }
    } catch { /* it broke */ }
    return false;
  };

  const answers = request => {
    const letters = new TextEncoder();
    const pass = async controller => {
      const send = text => controller.enqueue(letters.encode(`${text}\n\n`));
      speak = message => send(`data: ${JSON.stringify(message)}`);
      unsaid.splice(0).forEach(speak);
      const { searchParams } = new URL(request.url);
      while ((asking.size || joining.size) && !request.signal.aborted) {
        await Promise.race(asking.size ? [null] : joining.values());
        if (!asking.size) continue;
        const address = new URL(request.url);
        address.searchParams.set('session_hash', named(searchParams.get('session_hash')));
        const answer = await real(new Request(address, request)).catch(() => null);
        tell(request, null);
        const closed = answer?.ok && await read(answer, send);
        if (request.signal.aborted) break;
        await Promise.allSettled(joining.values());
        if (closed || !asking.size) continue;
        tell(request, CUT);
        await pause();
        if (asking.size) await again();
      }
      tell(request, null);
      speak({ msg: 'close_stream', event_id: null });
      speak = null;
      controller.close();
    };
    const stream = new ReadableStream({ start: controller => void pass(controller) });
    return Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
  };

  // Stop, of a run that still waits for its turn: the server does not know of it, or has not begun it.
  const partOf = ({ body: { fn_index } }) => {
    const { dependencies, components } = window.gradio_config, { targets, outputs } = dependencies.find(({ id }) => id === fn_index);
    return { name: components.find(({ id }) => id === targets[0]?.[0])?.props.elem_id?.replace(/-\w+$/, ''), outputs };
  };
  const stopped = (event_id, outputs) => {
    const message = { msg: 'process_completed', event_id, success: true, output: { data: outputs.map(() => ({ __type__: 'update' })), is_generating: false } };
    if (speak) speak(message);
    else unsaid.push(message);
  };
  document.addEventListener('click', event => {
    const run = event.target.closest?.('[id$="-stop"]')?.id.replace('-stop', '');
    if (!run) return;
    for (const one of joining.keys()) {
      const { name, outputs } = partOf(one);
      if (name !== run || one.stopped) continue;
      one.stopped = `stopped-${performance.now()}`;
      stopped(one.stopped, outputs);
    }
    for (const [id, one] of asking) {
      const { name, outputs } = partOf(one), { fn_index, session_hash } = one.body;
      if (name !== run || known(one.id).begun) continue;
      const body = JSON.stringify({ event_id: one.id, fn_index, session_hash: named(session_hash) });
      void patient([new URL('../cancel', one.address), { method: 'POST', headers: { 'content-type': 'application/json' }, body }]);
      dropped.add(one.id);
      asking.delete(id);
      stopped(id, outputs);
    }
  }, { capture: true });

  window.fetch = (...asked) => {
    const address = addressOf(asked[0]);
    if (asked[0] instanceof Request && /\/heartbeat\/[^/]*$/.test(address)) return heartbeat(asked[0]);
    if (asked[0] instanceof Request && /\/queue\/data\?/.test(address)) return answers(asked[0]);
    if (/\/queue\/join(\?|$)/.test(address)) return join(address, asked[1]);
    return /\/(run\/[^/?]+|upload)(\?|$)/.test(address) ? patient(asked) : real(...asked);
  };
}
