// Asks for the address of what the controls say now and copies it; where the browser does not allow that, shows it.
// Once a setting was changed, the page's own address follows what the open section is set to.
import { follow, here, presenting } from '../shared/way.js';

const REST = 400; // ms without a change; browsers refuse more than about a hundred new addresses in half a minute

export default ({ element, props, watch, trigger, signal }) => {
  const button = element.querySelector('button'), status = element.querySelector('span'), field = element.querySelector('input');
  const PATIENCE = 10_000; // ms
  let answer = () => {}, asking = false;

  const address = ({ query, space }) => {
    const framed = window.self !== window.top;
    const page = space && framed ? 'https://huggingface.co/spaces/' + space : location.origin + location.pathname;
    return page + '?' + query;
  };

  // Some browsers let a page copy only while it answers a click, but take a text that comes later.
  const copy = async (text) => {
    const blob = text.then((found) => new Blob([found], { type: 'text/plain' }));
    blob.catch(() => {}); // where there is no text, the button says why
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
  };

  const show = (text) => {
    field.value = text;
    field.hidden = false;
    field.focus();
    field.select();
    status.textContent = 'Copy it from here:';
  };

  button.addEventListener('click', async () => {
    if (asking) return; // the server is asked once, for what the controls said at the first press
    asking = true;
    status.textContent = '';
    field.hidden = true;
    const text = new Promise((resolve, reject) => {
      answer = (value) => (value.problem ? reject(value.problem) : resolve(address(value)));
    });
    trigger('asked');
    setTimeout(answer, PATIENCE, { problem: 'The server has not answered. Try again.' });
    try {
      await copy(text); // there is no clipboard on a page without https, or in some frames
      status.textContent = 'Copied';
    } catch {
      await text.then(show, (problem) => (status.textContent = problem));
    }
    asking = false;
  });

  let changed = false, resting;
  const rest = () => {
    clearTimeout(resting);
    if (changed && element.checkVisibility()) resting = setTimeout(() => trigger('asked'), REST);
  };
  document.addEventListener('setting-changed', () => { changed ||= element.checkVisibility(); rest(); }, { signal });
  follow(rest, signal);
  follow(() => { if (!asking) status.textContent = ''; }, signal); // it was the link to another section

  const keepAddress = ({ query }) => {
    const asked = new URLSearchParams(query), place = here();
    if (asked.get('tab') !== place?.tab || asked.get('at') !== place.at) return;
    history.replaceState(null, '', '?' + query + presenting());
    document.dispatchEvent(new Event('address-kept'));
  };
  watch('value', () => {
    answer(props.value);
    keepAddress(props.value);
  });
};
