import type { Loss } from './loss.ts';
import { orderByTime } from './survival-outcome.ts';

/** Rows of the same time, in ascending order of time. */
interface TimeGroups {
  /** First row of each group, and the number of rows at the end. */
  readonly starts: Uint32Array;
  /** Events at each time. */
  readonly deaths: Float64Array;
}

/**
 * Cox's negative log partial likelihood per row, ties by Breslow's approximation:
 * `-1/n [ sum_events eta_i - sum_k d_k log(sum_{j: t_j >= t_k} exp(eta_j)) ]` over the distinct event times `t_k` with
 * `d_k` events.
 *
 * Breslow, as glmnet has it, where `coxph` has Efron by default. A row censored at an event's time is still at risk
 * then; glmnet brings this about by adding 2e-14 to censored times, which gets lost for times above about 400.
 *
 * @param times Ascending, length `n`.
 * @param events 1 event, 0 censored.
 * @returns Loss whose `saturated` is that of the model with a parameter per row, `1/n sum_k d_k log d_k`.
 * @see Breslow NE. J R Stat Soc B 1972;34:216-217; Simon N et al. J Stat Softw 2011;39(5), doi 10.18637/jss.v039.i05
 */
export function coxLoss(times: Float64Array, events: Float64Array): Loss {
  const n = times.length;
  const { starts, deaths } = groupTimes(times, events);
  const groups = deaths.length;
  // Relative hazards exp(eta - max), and their sums over the rows at risk, at the point of the last call of `measure`.
  const hazards = new Float64Array(n);
  const atRisk = new Float64Array(groups);
  const heldHazards = new Float64Array(n);
  const heldAtRisk = new Float64Array(groups);
  const means = new Float64Array(groups);

  function measure(eta: Float64Array): number {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) largest = Math.max(largest, eta[i]!);
    for (let i = 0; i < n; i++) hazards[i] = Math.exp(eta[i]! - largest);
    let sum = 0;
    for (let g = groups - 1; g >= 0; g--) {
      for (let i = starts[g]!; i < starts[g + 1]!; i++) sum += hazards[i]!;
      atRisk[g] = sum;
    }
    return largest;
  }

  return {
    saturated: deaths.reduce((sum, d) => sum + (d > 0 ? d * Math.log(d) : 0), 0) / n,
    quadratic: false,
    value(eta) {
      const largest = measure(eta);
      let sum = 0;
      for (let i = 0; i < n; i++) sum -= events[i]! * (eta[i]! - largest);
      for (let g = 0; g < groups; g++) if (deaths[g]! > 0) sum += deaths[g]! * Math.log(atRisk[g]!);
      return sum / n;
    },
    gradient(eta, out) {
      measure(eta);
      let cumulative = 0;
      for (let g = 0; g < groups; g++) {
        if (deaths[g]! > 0) cumulative += deaths[g]! / atRisk[g]!;
        for (let i = starts[g]!; i < starts[g + 1]!; i++) out[i] = (hazards[i]! * cumulative - events[i]!) / n;
      }
    },
    holdCurvature(eta) {
      measure(eta);
      heldHazards.set(hazards);
      heldAtRisk.set(atRisk);
    },
    curve(source, start, out) {
      let sum = 0;
      for (let g = groups - 1; g >= 0; g--) {
        for (let i = starts[g]!; i < starts[g + 1]!; i++) sum += heldHazards[i]! * source[start + i]!;
        means[g] = sum / heldAtRisk[g]!;
      }
      let hazard = 0;
      let product = 0;
      for (let g = 0; g < groups; g++) {
        if (deaths[g]! > 0) {
          const increment = deaths[g]! / heldAtRisk[g]!;
          hazard += increment;
          product += increment * means[g]!;
        }
        for (let i = starts[g]!; i < starts[g + 1]!; i++)
          out[i] = (heldHazards[i]! * (source[start + i]! * hazard - product)) / n;
      }
    },
  };
}

/**
 * Deviance of a Cox model, `2 (l_saturated - l(eta))`, ties by Breslow: glmnet's `coxnet.deviance`.
 *
 * @param times Length `n`, in any order.
 * @param events 0 or 1 per row.
 * @param eta Linear predictor per row; a constant added to all changes nothing.
 */
export function coxDeviance(times: Float64Array, events: Float64Array, eta: Float64Array): number {
  const order = orderByTime(times);
  const pick = (values: Float64Array) => Float64Array.from(order, (row) => values[row]!);
  const loss = coxLoss(pick(times), pick(events));
  return 2 * times.length * (loss.value(pick(eta)) - loss.saturated);
}

function groupTimes(times: Float64Array, events: Float64Array): TimeGroups {
  const starts: number[] = [];
  const deaths: number[] = [];
  for (let i = 0; i < times.length; i++) {
    if (i === 0 || times[i] !== times[i - 1]) {
      starts.push(i);
      deaths.push(0);
    }
    deaths[deaths.length - 1]! += events[i]!;
  }
  return { starts: Uint32Array.from([...starts, times.length]), deaths: Float64Array.from(deaths) };
}
