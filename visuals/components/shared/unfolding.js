// Numbers behind a picture, as a table that is made where somebody unfolds it.

// `numbers` gives the lines, their head first. Returns what fills the table anew where it is unfolded.
export const unfolding = (details, numbers) => {
  const fill = () => {
    if (!details.open) return;
    const table = document.createElement('table');
    numbers().forEach((line, k) => {
      table.insertRow().append(...line.map(text => Object.assign(document.createElement(k ? 'td' : 'th'), { textContent: text })));
    });
    details.querySelector('.table').replaceChildren(table);
  };
  details.addEventListener('toggle', fill);
  return fill;
};
