// Draws props.value (see __init__.py).
export default ({ element, props, watch }) => {
  const row = element.querySelector('.figures');

  const made = ({ pictures, title, caption, sharp }) => {
    const figure = document.createElement('figure'), panes = document.createElement('div'), words = document.createElement('figcaption');
    panes.classList.toggle('four', pictures.length > 1);
    panes.setAttribute('role', 'img');
    panes.setAttribute('aria-label', [title, caption].filter(Boolean).join(': '));
    panes.append(...pictures.map(src => {
      const image = Object.assign(document.createElement('img'), { src, alt: '' });
      image.classList.toggle('sharp', sharp);
      return image;
    }));
    words.append(Object.assign(document.createElement('b'), { textContent: title }), ' ', caption);
    figure.append(panes, words);
    return figure;
  };

  const draw = () => {
    if (!props.value?.figures) return;
    row.style.setProperty('--width', `${props.value.width}px`);
    row.replaceChildren(...props.value.figures.map(made));
  };
  watch('value', draw);
  draw();
};
