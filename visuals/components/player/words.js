// What a frame of the player says. What a frame is, Player's docstring says.

export const subscript = number => String(number).replace(/\d/g, digit => '₀₁₂₃₄₅₆₇₈₉'[digit]);
export const xAt = t => 'x' + subscript(t);

// The captions of a frame. `next`: the frame of the following step, where it is known; `closed`: the large picture is Eq. 4's;
// `many`: all samples are shown.
export const captions = (frame, next, closed, many) => {
  const there = frame.way === 'there', made = many ? 'the new pictures' : 'the new picture';
  if (frame.t === 0) return {
    xt: 't = 0 of 1000: ' + (there ? 'the picture, no noise yet' : made),
    eps: there ? 'no noise yet' : 'no noise left', x0: there ? 'the picture it starts from, x₀' : made + ', x₀',
    other: there ? 'by Eq. 4: the same' : 'no step is left',
  };
  return there ? {
    xt: `${closed ? 'noise in one go' : 'adding noise'}: t = ${frame.t} of 1000, ${xAt(frame.t)}`,
    eps: 'the noise in it, ε', x0: 'the picture it started from, x₀',
    other: closed ? 'by steps (Eq. 2)' : 'in one go (Eq. 4)',
  } : {
    xt: `removing noise: t = ${frame.t} of 1000, ${xAt(frame.t)}`,
    eps: 'the noise the network sees, εθ', x0: 'the clean picture it implies, x̂₀',
    other: next ? `after this step, ${xAt(next.t)}` : 'after this step',
  };
};

// A text as [text, role] pieces: the θ of εθ, which has no small letter of its own, is set below the line.
export const lowered = text => text.split(/(θ)/).filter(Boolean).map(part => part === 'θ' ? [part, 'low'] : [part]);

export const position = frame => (frame.way === 'there' ? 'adding noise' : 'removing noise') + `, t = ${frame.t}`;

// A formula as [text, role] pieces: what xt, or the clean picture, is made of.
export const formula = frame => {
  if (frame.t === 0) return [[frame.way === 'there' ? 'x₀, the picture itself' : 'x₀, drawn by the network']];
  const signal = [frame.signal.toFixed(3), 'signal'], noise = [frame.noise.toFixed(3), 'noise'];
  return frame.way === 'there'
    ? [[xAt(frame.t) + ' = '], signal, [' · x₀ + '], noise, [' · ε']]
    : [['x̂₀ = ( ' + xAt(frame.t) + ' − '], noise, ...lowered(' · εθ ) / '), signal];
};

// Writes such pieces into a line. Its elements stay, as new ones would make the browser style far more than the line.
export const write = (line, list) => {
  while (line.children.length > list.length) line.lastChild.remove();
  list.forEach(([text, role = ''], k) => {
    Object.assign(line.children[k] ?? line.appendChild(document.createElement('span')), { textContent: text, className: role });
  });
};
