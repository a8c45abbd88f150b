import { CoxLoss } from './cox-loss.ts';
import type { PenalisedOutcome } from './penalised-outcome.ts';
import { mean } from './standardise.ts';

/** Mean loss of the rows as a function of their linear predictors `eta`, length `n`; convex. */
export interface Loss {
  /** Smallest loss that any predictors reach. `2 n (value - saturated)` is the deviance. */
  readonly saturated: number;
  /** True if the curvature is the same everywhere. */
  readonly quadratic: boolean;
  value(eta: Float64Array): number;
  /** Writes `d value / d eta` into `out`, length `n`. */
  gradient(eta: Float64Array, out: Float64Array): void;
  /** Fixes the point at which `curve` takes the curvature `H`. */
  holdCurvature(eta: Float64Array): void;
  /** Writes `H x` into `out`; `x` are the `n` numbers of `source` from `start` on. */
  curve(source: Float64Array, start: number, out: Float64Array): void;
}

/**
 * Loss of a family, in the scaling of glmnet's objective.
 *
 * - gaussian: `1/(2n) sum((y - mean y - eta)^2)`; the mean is taken out, so that centred columns need no intercept;
 * - binomial: `1/n sum(log(1 + exp(eta)) - y eta)`;
 * - cox: see `CoxLoss`.
 *
 * @param outcome Checked; for cox with rows in ascending order of time.
 */
export function lossOf(outcome: PenalisedOutcome): Loss {
  if (outcome.family === 'gaussian') return gaussianLoss(outcome.values);
  if (outcome.family === 'binomial') return binomialLoss(outcome.events);
  return new CoxLoss(outcome.times, outcome.events);
}

function gaussianLoss(values: Float64Array): Loss {
  const n = values.length;
  const centre = mean(values);
  const centred = values.map((value) => value - centre);
  return {
    saturated: 0,
    quadratic: true,
    value(eta) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (centred[i]! - eta[i]!) ** 2;
      return sum / (2 * n);
    },
    gradient(eta, out) {
      for (let i = 0; i < n; i++) out[i] = (eta[i]! - centred[i]!) / n;
    },
    holdCurvature() {},
    curve(source, start, out) {
      for (let i = 0; i < n; i++) out[i] = source[start + i]! / n;
    },
  };
}

function binomialLoss(events: Float64Array): Loss {
  const n = events.length;
  const weights = new Float64Array(n);
  return {
    saturated: 0,
    quadratic: false,
    value(eta) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        // log(1 + exp(margin)) without overflow: margin is -eta for an event, eta otherwise.
        const margin = events[i] === 1 ? -eta[i]! : eta[i]!;
        sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
      }
      return sum / n;
    },
    gradient(eta, out) {
      for (let i = 0; i < n; i++) out[i] = (1 / (1 + Math.exp(-eta[i]!)) - events[i]!) / n;
    },
    holdCurvature(eta) {
      for (let i = 0; i < n; i++) {
        const mu = 1 / (1 + Math.exp(-eta[i]!));
        weights[i] = (mu * (1 - mu)) / n;
      }
    },
    curve(source, start, out) {
      for (let i = 0; i < n; i++) out[i] = weights[i]! * source[start + i]!;
    },
  };
}
