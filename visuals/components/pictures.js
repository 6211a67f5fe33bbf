const row = element.querySelector('.pictures');
let drawn = '';

function button(value, picture, index) {
  const button = document.createElement('button'), image = document.createElement('img');
  button.type = 'button';
  image.src = picture;
  button.append(image);
  if (value.large) {
    image.alt = '';
    button.append(value.names[index]);
  } else {
    button.title = image.alt = value.names[index];
  }
  button.onclick = () => {
    props.value = { ...props.value, chosen: index };
    draw();
    trigger('choose', { index });
  };
  return button;
}

function draw() {
  const value = props.value;
  if (!value || !value.pictures) return;
  if (value.label) row.setAttribute('aria-label', value.label);
  const content = JSON.stringify(value.pictures);
  if (content !== drawn) {  // otherwise the buttons stay, and with them the keyboard's place
    row.replaceChildren(...value.pictures.map((picture, index) => button(value, picture, index)));
    row.classList.toggle('large', Boolean(value.large));
    row.dataset.count = value.pictures.length;
    drawn = content;
  }
  [...row.children].forEach((b, index) => b.setAttribute('aria-pressed', String(index === value.chosen)));
}

watch('value', draw);
draw();
