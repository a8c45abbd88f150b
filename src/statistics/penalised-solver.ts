import { createFaceSolver, type PenalisedQuadratic } from './face-solver.ts';
import type { Loss } from './loss.ts';
import { addColumns, columnDot, type PenalisedDesign } from './penalised-design.ts';
import { StatisticsError } from './statistics-error.ts';
import { createWorkingSet } from './working-set.ts';

/** Share of the cost of a new curvature that the steps still to come may cost with the old one. */
const patience = 0.3;
const maximumSteps = 500;

/** Solutions of one problem for one penalty after another, each starting from the one before. */
export interface PenalisedSolver {
  /** Coefficients of the design's columns at the last solution, length `width`. */
  readonly beta: Float64Array;
  /** Linear predictors at the last solution, length `n`. */
  readonly eta: Float64Array;
  /** Largest absolute slope of the loss along a penalised column where all of these are out. */
  readonly largestSlope: number;
  /**
   * Minimises `loss(X b) + l1 sum |b_j| + ridge/2 sum b_j^2`; an intercept is not penalised.
   *
   * @returns Largest violation of the optimality conditions, see `optimalityResidual`.
   * @throws StatisticsError `STATISTICS_NOT_CONVERGED`.
   */
  solve(l1: number, ridge: number): number;
}

/**
 * Solver by proximal Newton steps on a working set.
 *
 * Columns whose slope at the last solution is below `2 l1 - l1 before` are set aside (sequential strong rule); the others
 * join the working set when their slope exceeds the penalty; the solution stands when no column of all does. The
 * curvature between the members is kept from step to step and from penalty to penalty while the steps still shrink fast,
 * because for a likelihood it costs more than all the rest. For the gaussian loss it never changes.
 *
 * @param design Centred columns.
 * @param loss Of its rows.
 * @param intercept Start of the intercept: its value without any column. 0 if the design has none.
 * @param tolerance Largest violation that counts as optimal, relative to the largest slope that any column of the same
 *   length could have.
 * @see Tibshirani R et al. J R Stat Soc B 2012;74:245-266, doi 10.1111/j.1467-9868.2011.01004.x (strong rules)
 */
export function createPenalisedSolver(
  design: PenalisedDesign,
  loss: Loss,
  intercept: number,
  tolerance: number,
): PenalisedSolver {
  const { n, p, width } = design;
  const beta = new Float64Array(width);
  const eta = new Float64Array(n);
  const gradient = new Float64Array(n);
  const slopes = new Float64Array(width);
  const set = createWorkingSet(design, loss);
  const faces = createFaceSolver();
  let curvatureHeld = loss.quadratic;
  let objective = 0;
  if (width > p) {
    beta[p] = intercept;
    eta.fill(intercept);
  }
  loss.gradient(eta, gradient);
  for (let j = 0; j < p; j++) slopes[j] = columnDot(design, j, gradient);
  const largestSlope = largestOf(slopes.subarray(0, p));
  const accepted = tolerance * bound(design, gradient);
  if (width > p) set.add(p);
  let l1Before = largestSlope;
  let ridgeBefore = 0;

  function predict(from: Float64Array, out: Float64Array): void {
    out.fill(0);
    addColumns(
      design,
      set.members.filter((j) => from[j] !== 0),
      from,
      out,
    );
  }

  function objectiveAt(of: Float64Array, at: Float64Array, l1: number, ridge: number): number {
    let penalty = 0;
    for (const j of set.members) if (j < p) penalty += l1 * Math.abs(of[j]!) + 0.5 * ridge * of[j]! ** 2;
    return loss.value(at) + penalty;
  }

  /** Keeps only the members that are in the model; their part of the curvature and of its factor stays as it is. */
  function prune(): void {
    const kept = [...set.members.keys()].filter((a) => beta[set.members[a]!] !== 0 || set.members[a] === p);
    const map = new Int32Array(set.members.length).fill(-1);
    kept.forEach((a, k) => {
      map[a] = k;
    });
    set.retain(kept);
    faces.renumber(map);
  }

  function refresh(): void {
    prune();
    loss.holdCurvature(eta);
    set.refresh();
    faces.forget();
    curvatureHeld = true;
  }

  /** Whether a new curvature costs less than the steps that the old one still needs at the present rate. */
  function pays(rate: number, residual: number): boolean {
    const m = set.members.length;
    const cost = (m * n) / 2 + (m * m) / 6;
    const costPerStep = 3 * n + 2 * m;
    const steps = rate < 1 ? Math.log(accepted / residual) / Math.log(rate) : Number.POSITIVE_INFINITY;
    return steps > patience * (cost / costPerStep);
  }

  /** Largest violation among the members. */
  function memberResidual(l1: number, ridge: number): number {
    let largest = 0;
    for (const j of set.members) {
      const slope = columnDot(design, j, gradient);
      slopes[j] = slope;
      largest = Math.max(largest, violation(slope, beta[j]!, j < p ? l1 : 0, j < p ? ridge : 0));
    }
    return largest;
  }

  /** Adds to the working set the columns among `candidates` whose slope exceeds the penalty; returns how many. */
  function admit(candidates: readonly number[], l1: number): number {
    const before = set.members.length;
    for (const j of candidates) {
      if (set.has(j)) continue;
      slopes[j] = columnDot(design, j, gradient);
      if (Math.abs(slopes[j]!) > l1 + accepted) set.add(j);
    }
    return set.members.length - before;
  }

  const target = new Float64Array(width);
  /** Writes into `target` the coefficients that minimise the quadratic model at the present point. */
  function minimiseModel(l1: number, ridge: number): void {
    const { members, curvature } = set;
    const size = members.length;
    const quadratic: PenalisedQuadratic = {
      size,
      curvature,
      ridge: new Float64Array(size),
      l1: new Float64Array(size),
      beta: new Float64Array(size),
      slope: new Float64Array(size),
    };
    for (let a = 0; a < size; a++) {
      const j = members[a]!;
      quadratic.l1[a] = j < p ? l1 : 0;
      quadratic.ridge[a] = j < p ? ridge : 0;
      quadratic.beta[a] = beta[j]!;
      quadratic.slope[a] = slopes[j]! + quadratic.ridge[a]! * beta[j]!;
    }
    faces.minimise(quadratic, accepted / 2);
    for (let a = 0; a < size; a++) target[members[a]!] = quadratic.beta[a]!;
  }

  const trialEta = new Float64Array(n);
  /** Goes towards `target` as far as the objective falls; false if it does not fall at all. */
  function advance(l1: number, ridge: number): boolean {
    // The slack lets the last steps through, where the objective only changes by rounding.
    const limit = objective + 1e-13 * (1 + Math.abs(objective));
    for (let fraction = 1; fraction > 1e-6; fraction /= 2) {
      predict(target, trialEta);
      const value = objectiveAt(target, trialEta, l1, ridge);
      if (value <= limit) {
        for (const j of set.members) beta[j] = target[j]!;
        eta.set(trialEta);
        objective = value;
        return true;
      }
      for (const j of set.members) target[j] = (target[j]! + beta[j]!) / 2;
    }
    return false;
  }

  function solve(l1: number, ridge: number): number {
    const threshold = Math.min(2 * l1 - l1Before, l1);
    const strong: number[] = [];
    const others: number[] = [];
    for (let j = 0; j < p; j++) (set.has(j) || Math.abs(slopes[j]!) >= threshold ? strong : others).push(j);
    if (ridge !== ridgeBefore) faces.forget();
    ridgeBefore = ridge;
    objective = objectiveAt(beta, eta, l1, ridge);
    let residualBefore = Number.POSITIVE_INFINITY;
    let watching = false;
    for (let step = 0; step < maximumSteps; step++) {
      loss.gradient(eta, gradient);
      const residual = memberResidual(l1, ridge);
      // At the first step the slopes are still those of the larger penalty, so that most who want in would leave again;
      // once no one wanted in, no one will before the end, most likely.
      let admitted: number = residual <= accepted || watching ? admit(strong, l1) : 0;
      watching = step === 0 || admitted > 0;
      if (admitted === 0 && residual <= accepted) admitted = admit(others, l1);
      if (residual <= accepted && admitted === 0) {
        l1Before = l1;
        return residual;
      }
      const outOfDate = !loss.quadratic && admitted === 0 && pays(residual / residualBefore, residual);
      const renewed = !curvatureHeld || outOfDate;
      if (renewed) refresh();
      residualBefore = renewed ? Number.POSITIVE_INFINITY : residual;
      minimiseModel(l1, ridge);
      if (advance(l1, ridge)) continue;
      if (renewed || loss.quadratic) break;
      curvatureHeld = false;
    }
    throw new StatisticsError(
      'STATISTICS_NOT_CONVERGED',
      `lambda ${l1}`,
      'no solution found: use larger penalties or leave out columns that repeat others',
    );
  }

  return { beta, eta, largestSlope, solve };
}

/**
 * How far one coefficient is from optimal: with the slope `g` of loss and ridge, `|g + l1 sign(b)|`, and for a
 * coefficient of 0 `max(|g| - l1, 0)`.
 *
 * @param slope Derivative of the loss alone.
 */
export function violation(slope: number, beta: number, l1: number, ridge: number): number {
  const total = slope + ridge * beta;
  return beta === 0 ? Math.max(Math.abs(total) - l1, 0) : Math.abs(total + l1 * Math.sign(beta));
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Cauchy-Schwarz: no column is longer than the longest, so no slope is larger than this. */
function bound({ n, p, values }: PenalisedDesign, gradient: Float64Array): number {
  let longest = 0;
  for (let j = 0; j < p; j++) {
    let squares = 0;
    for (let i = j * n; i < (j + 1) * n; i++) squares += values[i]! ** 2;
    longest = Math.max(longest, squares);
  }
  return Math.sqrt(longest) * Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
}
