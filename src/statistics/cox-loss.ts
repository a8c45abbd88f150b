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
 * Hazards at some linear predictors, each time's relative to the largest at risk then, `M_g`: near a perfect ordering the
 * predictors differ by hundreds, and relative to the largest of all those of the last rows would be 0.
 */
interface RiskSets {
  /** `M_g`, falling from time to time. */
  readonly largest: Float64Array;
  /** `exp(M_g - M_(g-1))`, 0 for the first time: brings a sum from one time's scale to that of its neighbour. */
  readonly decay: Float64Array;
  /** `exp(eta_i - M_g)` per row, `g` its time. */
  readonly hazards: Float64Array;
  /** Sum of hazards over the rows at risk, relative to `M_g`; 1 or more. */
  readonly atRisk: Float64Array;
}

/**
 * Cox's negative log partial likelihood per row, ties by Breslow's approximation:
 * `-1/n [ sum_events eta_i - sum_k d_k log(sum_{j: t_j >= t_k} exp(eta_j)) ]` over the distinct event times `t_k` with
 * `d_k` events.
 *
 * Breslow, as glmnet has it, where `coxph` has Efron by default. A row censored at an event's time is still at risk
 * then; glmnet brings this about by adding 2e-14 to censored times, which gets lost for times above about 400.
 *
 * @see Breslow NE. J R Stat Soc B 1972;34:216-217; Simon N et al. J Stat Softw 2011;39(5), doi 10.18637/jss.v039.i05
 */
export class CoxLoss implements Loss {
  /** Loss of the model with a parameter per row, `1/n sum_k d_k log d_k`. */
  readonly saturated: number;
  readonly quadratic = false;
  readonly #events: Float64Array;
  readonly #groups: TimeGroups;
  readonly #now: RiskSets;
  readonly #held: RiskSets;
  readonly #means: Float64Array;

  /**
   * @param times Ascending, length `n`.
   * @param events 1 event, 0 censored.
   */
  constructor(times: Float64Array, events: Float64Array) {
    this.#events = events;
    this.#groups = groupTimes(times, events);
    const { deaths } = this.#groups;
    this.saturated = deaths.reduce((sum, d) => sum + (d > 0 ? d * Math.log(d) : 0), 0) / times.length;
    this.#now = createRiskSets(times.length, deaths.length);
    this.#held = createRiskSets(times.length, deaths.length);
    this.#means = new Float64Array(deaths.length);
  }

  value(eta: Float64Array): number {
    const { deaths } = this.#groups;
    measure(eta, this.#groups, this.#now);
    let sum = 0;
    for (let i = 0; i < eta.length; i++) sum -= this.#events[i]! * eta[i]!;
    for (let g = 0; g < deaths.length; g++)
      if (deaths[g]! > 0) sum += deaths[g]! * (this.#now.largest[g]! + Math.log(this.#now.atRisk[g]!));
    return sum / eta.length;
  }

  gradient(eta: Float64Array, out: Float64Array): void {
    const { starts, deaths } = this.#groups;
    measure(eta, this.#groups, this.#now);
    const { decay, hazards, atRisk } = this.#now;
    let cumulative = 0;
    for (let g = 0; g < deaths.length; g++) {
      cumulative = cumulative * decay[g]! + deaths[g]! / atRisk[g]!;
      for (let i = starts[g]!; i < starts[g + 1]!; i++)
        out[i] = (hazards[i]! * cumulative - this.#events[i]!) / eta.length;
    }
  }

  holdCurvature(eta: Float64Array): void {
    measure(eta, this.#groups, this.#held);
  }

  curve(source: Float64Array, start: number, out: Float64Array): void {
    const { starts, deaths } = this.#groups;
    const { decay, hazards, atRisk } = this.#held;
    const means = this.#means;
    let sum = 0;
    for (let g = deaths.length - 1; g >= 0; g--) {
      for (let i = starts[g]!; i < starts[g + 1]!; i++) sum += hazards[i]! * source[start + i]!;
      means[g] = sum / atRisk[g]!;
      sum *= decay[g]!;
    }
    let hazard = 0;
    let product = 0;
    for (let g = 0; g < deaths.length; g++) {
      const increment = deaths[g]! / atRisk[g]!;
      hazard = hazard * decay[g]! + increment;
      product = product * decay[g]! + increment * means[g]!;
      for (let i = starts[g]!; i < starts[g + 1]!; i++)
        out[i] = (hazards[i]! * (source[start + i]! * hazard - product)) / out.length;
    }
  }
}

function measure(eta: Float64Array, { starts, deaths }: TimeGroups, into: RiskSets): void {
  const { largest, decay, hazards, atRisk } = into;
  const last = deaths.length - 1;
  let most = Number.NEGATIVE_INFINITY;
  for (let g = last; g >= 0; g--) {
    for (let i = starts[g]!; i < starts[g + 1]!; i++) most = Math.max(most, eta[i]!);
    largest[g] = most;
  }
  for (let g = last; g > 0; g--) decay[g] = largest[g] === largest[g - 1] ? 1 : Math.exp(largest[g]! - largest[g - 1]!);
  let sum = 0;
  for (let g = last; g >= 0; g--) {
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      hazards[i] = Math.exp(eta[i]! - largest[g]!);
      sum += hazards[i]!;
    }
    atRisk[g] = sum;
    sum *= decay[g]!;
  }
}

function createRiskSets(n: number, groups: number): RiskSets {
  return {
    largest: new Float64Array(groups),
    decay: new Float64Array(groups),
    hazards: new Float64Array(n),
    atRisk: new Float64Array(groups),
  };
}

/**
 * Deviance of Cox models on the same rows, `2 (l_saturated - l(eta))`, ties by Breslow: glmnet's `coxnet.deviance`.
 *
 * @param times Length `n`, in any order.
 * @param events 0 or 1 per row.
 * @returns The deviance as a function of the linear predictors, length `n`; a constant added to all changes nothing.
 */
export function coxDevianceOf(times: Float64Array, events: Float64Array): (eta: Float64Array) => number {
  const order = orderByTime(times);
  const pick = (values: Float64Array) => Float64Array.from(order, (row) => values[row]!);
  const loss = new CoxLoss(pick(times), pick(events));
  const sorted = new Float64Array(times.length);
  return (eta) => {
    for (let i = 0; i < sorted.length; i++) sorted[i] = eta[order[i]!]!;
    return 2 * times.length * (loss.value(sorted) - loss.saturated);
  };
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
