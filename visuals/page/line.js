// What goes over the line to the server, which may be cut for a while, or find all places taken. It runs before gradio.
{
  const real = window.fetch.bind(window);
  const AGAIN = 2000; // ms until what has failed is tried again
  const pause = () => new Promise(done => setTimeout(done, AGAIN));
  const addressOf = asked => asked instanceof Request ? asked.url : String(asked);

  // A stream by which the server knows that somebody is there: where it breaks it is opened again. Gradio would not.
  const heartbeat = async request => {
    const first = await real(request.clone());
    if (!first.ok) return first;
    const pass = async controller => {
      for (let answer = first; !request.signal.aborted; answer = await real(request.clone()).catch(() => null)) {
        const reader = answer?.ok && answer.body.getReader();
        try {
          for (let read; reader && !(read = await reader.read()).done;) controller.enqueue(read.value);
        } catch { /* it broke */ }
        await pause();
      }
      controller.close();
    };
    return new Response(new ReadableStream({ start: controller => void pass(controller) }), { headers: first.headers });
  };

  const full = answer => answer.status === 503 && answer.clone().json().then(({ detail }) => /^Queue is full/.test(detail), () => false);

  // What whoever waits is told until there is room.
  let notice = null, waiting = 0;
  const tell = ({ queue_size: ahead }) => {
    notice ??= document.body.appendChild(Object.assign(document.createElement('div'), { className: 'notice full-house', role: 'status' }));
    const said = `All places are taken, and ${ahead} wait for one. This page asks again every ${AGAIN / 1000} s until there is room for you.`;
    if (notice.textContent !== said) notice.textContent = said;
  };

  const admitted = async (address, asked) => {
    let answer = await real(...asked);
    if (!await full(answer)) return answer;
    waiting += 1;
    try {
      while (await full(answer)) {
        await real(new URL('status', new URL(address, document.baseURI))).then(found => found.json()).then(tell, () => {});
        await pause();
        answer = await real(...asked);
      }
      return answer;
    } finally {
      waiting -= 1;
      if (!waiting) {
        notice?.remove();
        notice = null;
      }
    }
  };

  window.fetch = (...asked) => {
    const address = addressOf(asked[0]);
    if (/\/heartbeat\/[^/]*$/.test(address) && asked[0] instanceof Request) return heartbeat(asked[0]);
    return /\/queue\/join(\?|$)/.test(address) ? admitted(address, asked) : real(...asked);
  };
}
