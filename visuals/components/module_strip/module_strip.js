// Draws props.value (see __init__.py).
export default ({ element, props, watch, trigger }) => {
  const strip = element.querySelector('.strip');

  const made = ([name, parts]) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', title: `Module ${name}` });
    button.setAttribute('role', 'radio');
    button.dataset.name = name;
    const box = document.createElement('i');
    box.setAttribute('aria-hidden', 'true');
    box.append(...parts.map(channels => {
      const part = document.createElement('b');
      part.style.flexGrow = channels;
      return part;
    }));
    button.append(box, name);
    return button;
  };

  const draw = () => {
    if (!props.value?.modules) return;
    const { label, modules, chosen } = props.value;
    strip.setAttribute('aria-label', label);
    if (!strip.children.length) strip.append(...Object.entries(modules).map(made));
    for (const button of strip.children) {
      button.setAttribute('aria-checked', button.dataset.name === chosen);
      button.tabIndex = button.dataset.name === chosen ? 0 : -1;
    }
  };

  const choose = button => {
    if (button.dataset.name === props.value.chosen) return;
    props.value = { ...props.value, chosen: button.dataset.name };
    draw();
    trigger('choose', { name: button.dataset.name });
  };

  strip.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button) choose(button);
  });
  strip.addEventListener('keydown', event => {
    const all = [...strip.children], at = all.indexOf(event.target.closest('button'));
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const button = all[(to + all.length) % all.length];
    choose(button);
    button.focus();
  });
  watch('value', draw);
  draw();
};
