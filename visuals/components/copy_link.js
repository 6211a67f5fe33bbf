// Copies the page's address with props.value.query; where the browser does not allow it, shows the address to be copied.
const button = element.querySelector('button'), status = element.querySelector('span'), field = element.querySelector('input');

const address = () => {
  const { query, space } = props.value, framed = window.self !== window.top;
  const page = space && framed ? 'https://huggingface.co/spaces/' + space : location.origin + location.pathname;
  return page + '?' + query;
};

const forget = () => {
  status.textContent = '';
  field.hidden = true;
};

button.addEventListener('click', async () => {
  forget();
  const text = address();
  try {
    await navigator.clipboard.writeText(text); // there is no clipboard on a page without https, or in some frames
    status.textContent = 'Copied';
  } catch {
    field.value = text;
    field.hidden = false;
    field.focus();
    field.select();
    status.textContent = 'Copy it from here:';
  }
});
const take = () => {
  forget(); // what was copied is not what is shown any more
  element.querySelector('.copy').dataset.query = props.value.query;
};
watch('value', take);
take();
