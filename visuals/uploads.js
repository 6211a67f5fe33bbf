// Of a file that is too large only enough travels for the server to say so: MAX_BYTES and one more (see uploads.py).
document.addEventListener('change', event => {
  const input = event.target;
  if (input.type !== 'file' || ![...input.files].some(file => file.size > MAX_BYTES)) return;
  const cut = new DataTransfer();
  for (const file of input.files) cut.items.add(new File([file.slice(0, MAX_BYTES + 1)], file.name, { type: file.type }));
  input.files = cut.files;
}, { capture: true }); // before Gradio looks at the files
