const $ = selector => element.querySelector(selector);
const root = $('.player'), slider = $('input[type=range]'), playButton = $('.play'), where = $('.where');
const buttons = [...element.querySelectorAll('.bar button')];
const FRAMES_PER_SECOND = 24;

let run = null, value = null, frames = [], at = 0, playing = false, waited = 0, before = 0;

// --- one frame on the screen ---

function paint(canvas, base64, channels) {
  const bytes = atob(base64), side = 32;
  if (!bytes) return;
  const context = canvas.getContext('2d'), image = context.createImageData(side, side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let colour = 0; colour < 3; colour++)
      image.data[4 * pixel + colour] = bytes.charCodeAt(pixel * channels + colour % channels);
    image.data[4 * pixel + 3] = 255;
  }
  canvas.width = canvas.height = side;
  context.putImageData(image, 0, 0);
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';
const subscript = number => String(number).replace(/\d/g, digit => SUBSCRIPTS[digit]);
const parts = (...pieces) => pieces.map(([text, role]) => {
  const span = document.createElement('span');
  span.textContent = text;
  if (role) span.className = role;
  return span;
});

function formula(frame) {
  const xt = 'x' + subscript(frame.t), signal = [frame.signal.toFixed(3), 'signal'], noise = [frame.noise.toFixed(3), 'noise'];
  if (frame.t === 0) return parts([frame.way === 'there' ? 'x₀, the picture' : 'x₀, the new picture']);
  if (frame.way === 'there') return parts([xt + ' = '], signal, [' · x₀ + '], noise, [' · ε']);
  return parts(['x̂₀ = ( ' + xt + ' − '], noise, [' · ε̂ ) / '], signal);
}

function show(index) {
  if (!frames.length) return;
  at = Math.max(0, Math.min(index, frames.length - 1));
  const frame = frames[at], there = frame.way === 'there';
  for (const name of ['xt', 'eps', 'x0']) paint($('.' + name), frame[name], value.channels);
  $('.xt-caption').textContent = `Time t = ${frame.t} of 1000, ` + (there ? 'noise is added' : 'noise is removed');
  $('.eps-caption').textContent = frame.t === 0 ? 'no noise' : there ? 'ε: the noise in it' : 'ε̂: the noise the network sees';
  $('.x0-caption').textContent = there ? 'x₀: the picture it started from' : frame.t === 0 ? 'x₀: the new picture' : 'x̂₀: the clean picture it implies';
  $('.formula').replaceChildren(...formula(frame));
  slider.value = at;
  slider.setAttribute('aria-valuetext', (there ? 'adding noise' : 'removing noise') + `, t = ${frame.t}`);
  where.textContent = there ? `t = ${frame.t}` : `step ${frame.step}, t = ${frame.t}`;
  root.dataset.at = at;
}

// --- playing: one clock, which waits where frames have not arrived yet ---

function play(on) {
  if (on && !playing && at >= value.total - 1) show(0);
  if (on && !playing) { before = performance.now(); waited = 0; requestAnimationFrame(tick); }
  playing = on;
  playButton.textContent = on ? 'Pause' : 'Play';
}

function tick(now) {
  if (!playing || !element.isConnected) return;
  waited += (now - before) / 1000 * FRAMES_PER_SECOND * Number($('select').value);
  before = now;
  if (waited >= 1) {
    show(at + Math.floor(waited));
    waited %= 1;
  }
  if (at >= value.total - 1) play(false);
  else requestAnimationFrame(tick);
}

function go(index) { play(false); show(index); }

// --- frames that arrive ---

function receive() {
  const next = props.value;
  if (!next || next.run == null || (run !== null && next.run < run)) return; // a smaller run is an old one's last words
  value = next;
  const fresh = value.run !== run;
  if (fresh) { run = value.run; frames = []; play(false); }
  value.frames.forEach((frame, k) => { frames[value.start + k] = frame; });
  slider.max = value.total - 1;
  slider.disabled = false;
  buttons.forEach(button => { button.disabled = false; });
  $('.there').style.flexBasis = 100 * value.turn / value.total + '%';
  root.dataset.run = run;
  root.dataset.frames = frames.length;
  root.dataset.total = value.total;
  if (!fresh) return;
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (value.play && !still) { show(0); play(true); }
  else show(frames.length - 1);
}

watch('value', receive);
receive();

slider.oninput = () => go(Number(slider.value));
$('.first').onclick = () => go(0);
$('.last').onclick = () => go(frames.length - 1);
$('.before').onclick = () => go(at - 1);
$('.after').onclick = () => go(at + 1);
playButton.onclick = () => play(!playing);
root.addEventListener('keydown', event => {
  const keys = { ' ': () => play(!playing), ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1),
    Home: () => go(0), End: () => go(frames.length - 1) };
  if (!frames.length || !keys[event.key] || event.target.matches('select, button, input')) return;
  event.preventDefault();
  keys[event.key]();
});
