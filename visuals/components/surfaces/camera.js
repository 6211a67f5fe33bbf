// One camera for all surfaces, as plotly describes it.

const TURN = Math.PI / 18, NEARER = .85; // of one press of a button
export const HOME = { eye: { x: -1.22, y: -1.22, z: 1.25 }, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -.15 } };

const MOVES = {
  left: place => { place.around -= TURN; },
  right: place => { place.around += TURN; },
  up: place => { place.above = Math.min(1.5, place.above + TURN); },
  down: place => { place.above = Math.max(-1.5, place.above - TURN); },
  nearer: place => { place.far *= NEARER; },
  farther: place => { place.far /= NEARER; },
};

export const moved = (camera, name) => {
  if (name === 'reset') return HOME;
  const { x, y, z } = camera.eye, distance = Math.hypot(x, y, z);
  const place = { around: Math.atan2(y, x), above: Math.asin(z / distance), far: distance };
  MOVES[name](place);
  const flat = place.far * Math.cos(place.above);
  return { ...camera, eye: { x: flat * Math.cos(place.around), y: flat * Math.sin(place.around), z: place.far * Math.sin(place.above) } };
};
