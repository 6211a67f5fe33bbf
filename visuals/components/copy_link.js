// Asks for the address of what the controls say now and copies it; where the browser does not allow that, shows it.
const button = element.querySelector('button'), status = element.querySelector('span'), field = element.querySelector('input');
let answer = () => {};

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
  status.textContent = '';
  field.hidden = true;
  const text = new Promise((resolve, reject) => {
    answer = (value) => (value.problem ? reject(value.problem) : resolve(address(value)));
  });
  trigger('asked');
  try {
    await copy(text); // there is no clipboard on a page without https, or in some frames
    status.textContent = 'Copied';
  } catch {
    await text.then(show, (problem) => (status.textContent = problem));
  }
});
watch('value', () => answer(props.value));
