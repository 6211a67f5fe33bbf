// Shows props.value (see __init__.py). Which links were followed outlives the visit.

const FOLLOWED = 'followed-exercises';

const followed = () => {
  try {
    const found = JSON.parse(localStorage.getItem(FOLLOWED));
    return new Set(Array.isArray(found) ? found : []);
  } catch {
    return new Set(); // a browser may keep nothing
  }
};

export default ({ element, props, watch }) => {
  const link = element.querySelector('a'), tried = element.querySelector('.tried');

  const draw = () => {
    const { question, task, link: address, label } = props.value;
    element.querySelector('.question').textContent = question;
    element.querySelector('.task').textContent = task;
    link.textContent = label;
    link.href = address;
    tried.hidden = !followed().has(address);
  };

  link.addEventListener('click', () => {
    try {
      localStorage.setItem(FOLLOWED, JSON.stringify([...followed().add(props.value.link)]));
    } catch { /* then nothing is marked after a reload */ }
    tried.hidden = false;
  });
  watch('value', draw);
  draw();
};
