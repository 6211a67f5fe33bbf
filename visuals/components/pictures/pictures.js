
export default ({ element, props, watch, trigger }) => {
  const row = element.querySelector('.pictures');
  let drawn = '';

  function button(value, picture, index) {
    const button = document.createElement('button'), image = document.createElement('img');
    button.type = 'button';
    image.src = picture;
    button.append(image);
    button.title = image.alt = value.names[index];
    button.onclick = () => {
      props.value = { ...props.value, chosen: index };
      draw();
      trigger('choose', { index });
    };
    return button;
  }

  function draw() {
    const value = props.value;
    if (!value?.pictures) return;
    if (value.label) row.setAttribute('aria-label', value.label);
    const content = JSON.stringify(value.pictures);
    if (content !== drawn) {  // otherwise the buttons stay, and with them the keyboard's place
      row.replaceChildren(...value.pictures.map((picture, index) => button(value, picture, index)));
      row.classList.toggle('small', Boolean(value.small));
      row.classList.toggle('rows', Boolean(value.columns));
      row.style.setProperty('--columns', value.columns ?? '');
      row.dataset.count = value.pictures.length;
      drawn = content;
    }
    [...row.children].forEach((b, index) => b.setAttribute('aria-pressed', String(index === value.chosen)));
  }

  watch('value', draw);
  draw();
};
