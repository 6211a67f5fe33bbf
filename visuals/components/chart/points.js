// The points of a chart's run. Each value brings only the new ones, and on a busy page one may overtake another.
import { isCurve } from './drawing.js';

// The place that is the least `far`; undefined where there is none.
export const nearest = (places, far) => places.reduce((best, place) => far(place) < far(best) ? place : best, places[0]);

export const collected = () => {
  let received = {}, looks = []; // with holes, where a value has not arrived
  const run = { view: null, points: {}, places: [], moments: [], chosen: null }; // chosen: of the moments; null: the newest

  // Shows the points of a moment, in a chart over time.
  run.choose = moment => {
    run.chosen = moment;
    if (run.moments.length) for (const s of run.view.series) run.points[s.id] = run.moments[moment ?? run.moments.length - 1][1][s.id] ?? [];
    const curves = run.view.series.filter(isCurve);
    run.places = [...new Set(curves.flatMap(s => run.points[s.id].map(([x]) => x)))].sort((a, b) => a - b);
  };

  // Where the numbers are read off before anybody points at a place.
  run.first = () => nearest(run.places, place => Math.abs(place - (run.view.start ?? run.places.at(-1))));

  // Takes a value in; false where it is nothing new: the last words of a superseded run.
  run.take = value => {
    if (!value?.series || (run.view && value.run < run.view.run)) return false;
    if (value.run !== run.view?.run) {
      [received, looks] = [{}, []];
      Object.assign(run, { points: {}, moments: [], chosen: null });
    }
    run.view = { ...value, new: JSON.parse(value.new), moments: JSON.parse(value.moments), ended: JSON.parse(value.ended) };
    for (const s of run.view.series) run.points[s.id] ??= [];
    for (const [id, { start, points }] of Object.entries(run.view.new)) {
      received[id] ??= [];
      for (const [k, point] of points.entries()) received[id][start + k] = point;
      run.points[id] = received[id].filter(point => point);
    }
    for (const [k, moment] of run.view.moments.new.entries()) looks[run.view.moments.start + k] = moment;
    run.moments = looks.filter(moment => moment);
    run.choose(run.chosen);
    return true;
  };

  // The last point at or before x: what had been measured by then. Beyond a curve's end by more than its own last distance
  // there is none.
  run.at = (id, x) => {
    const points = run.points[id], found = points.findLast(point => point[0] <= x), [before, last] = points.slice(-2);
    return found !== last || !last || x - last[0] <= last[0] - before[0] ? found : undefined;
  };
  return run;
};
