// Where names stand within a chart, clear of its curves: those of dotted lines above or below them, or farther off, and those
// of points beside them.
import { LINE } from '../shared/axes.js';

const APART = 4; // px: between two looked-at places of a curve
export const INDENT = 8; // px: of a name from the picture's edge, and of its leader from where it begins
const RISE = 5, HIGH = 13, DEEP = 4; // px: of a name above its line; of its letters and what hangs below them
const GAP = 10; // px: between a point and its name
const ALONG = [0, 1, .5, .25, .75]; // of the way from left to right
const OFF = [0, 1, 2, 3, 4]; // letters' lines from the place beside the dotted line
const FARTHER = .5, CROSSED = 1000; // to stand one farther off is better than to cover a curve; a name on a name, or a leader through one, is worse
const MISTAKEN = 500; // and so is one that is nearer to another's line

// Places of lines [[x, y], ...] in px, so near to each other that none slips through a name.
export const inkOf = lines => lines.flatMap(line => line.flatMap(([x, y], k) => {
  const [a, b] = line[Math.max(0, k - 1)], parts = Math.max(1, Math.ceil(Math.hypot(x - a, y - b) / APART));
  return Array.from({ length: parts }, (_, n) => [a + (x - a) * (n + 1) / parts, b + (y - b) * (n + 1) / parts]);
}));

// A mark as lines: as wide and as high as it is drawn.
export const crossOf = ([x, y], half) => [[[x - half, y], [x + half, y]], [[x, y - half], [x, y + half]]];

// A name as lines, which others get out of the way of.
export const linesOf = ({ x, at, width }) => [at - HIGH + DEEP, at].map(y => [[x, y], [x + width, y]]);

const middle = ({ at }) => at - (HIGH - DEEP) / 2;
const covers = ({ x, at, width }) => ([a, b]) => a > x - APART && a < x + width + APART && b > at - HIGH && b < at + DEEP;
// Whether two names stand in the reverse order of their lines.
const reversed = (one, other) => (one.place - other.place) * (one.at - other.at) < 0;
const crosses = (one, other) => Math.abs(one.at - other.at) < LINE && one.x < other.x + other.width && other.x < one.x + one.width;
// Whether the leader of one name runs through another.
const pierces = (one, other) => one.leader !== null && (middle(other) - one.leader) * (middle(other) - one.place) < 0
  && one.x + INDENT > other.x - APART && one.x + INDENT < other.x + other.width + APART;

// Gives each of `names` = [{ place, width }], whose lines are at the height `place`, its left end `x`, its base line `at`, and
// where its leader to the line begins, which it has if it is farther off: `leader`, else null. From above and from below, as
// the first to be set takes the room of the others: the better of both.
export const settle = (names, ink, area) => {
  const [down, up] = [names, names.toReversed()].map(order => placed(order, ink, area));
  return cost(up) < cost(down) ? up.toReversed() : down;
};

const cost = set => set.reduce((sum, name) => sum + name.cost, 0);

const placed = (names, ink, { left, right, top, bottom }) => {
  const set = [];
  for (const name of names) {
    const room = Math.max(0, right - left - 2 * INDENT - name.width), others = names.filter(other => other !== name);
    const heights = OFF.flatMap(off => [
      { off, at: name.place - RISE - off * LINE, leader: off ? name.place - RISE - off * LINE + DEEP : null },
      { off, at: name.place + HIGH + off * LINE, leader: off ? name.place + off * LINE : null },
    ]).filter(({ at }) => at >= top + HIGH - 1 && at <= bottom - RISE);
    const tried = heights.flatMap(height => ALONG.map(share => ({ ...name, ...height, x: left + INDENT + share * room })));
    const price = spot => ink.filter(covers(spot)).length + FARTHER * spot.off
      + CROSSED * set.filter(other => crosses(spot, other) || reversed(spot, other) || pierces(spot, other) || pierces(other, spot)).length
      + MISTAKEN * others.filter(other => Math.abs(other.place - middle(spot)) < Math.abs(name.place - middle(spot))).length
      + others.filter(({ place }) => covers(spot)([spot.x, place])).length * name.width / APART;
    const spots = tried.map(spot => ({ ...spot, cost: price(spot) })).sort((a, b) => a.cost - b.cost);
    set.push(spots[0] ?? { ...name, at: name.place - RISE, leader: null, x: left + INDENT, cost: 0 });
  }
  return set;
};

const within = (value, least, most) => Math.max(least, Math.min(value, most));

// Gives each of `names` = [{ point, width }] the left end `x` and the base line `at` that are the clearest around its point in px,
// and where a leader from the point ends: `lead`.
export const beside = (names, ink, { left, right, top, bottom }) => {
  const set = [];
  for (const name of names) {
    const { point: [a, b], width } = name;
    const tried = [a + GAP, a - width / 2, a - GAP - width].flatMap(x => [b + DEEP, b - GAP - DEEP, b + GAP + HIGH].map(at =>
      ({ ...name, x: within(x, left, right - width), at: within(at, top + HIGH, bottom - DEEP) })));
    const price = spot => ink.filter(covers(spot)).length + CROSSED * set.filter(other => crosses(spot, other)).length;
    const best = tried.map(spot => ({ ...spot, cost: price(spot) })).sort((one, other) => one.cost - other.cost)[0];
    set.push({ ...best, lead: [within(a, best.x - 2, best.x + width + 2), within(b, best.at - HIGH, best.at + DEEP)] });
  }
  return set;
};
