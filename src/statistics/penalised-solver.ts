import { FaceSolver, type PenalisedQuadratic } from './face-solver.ts';
import type { Loss } from './loss.ts';
import { addColumns, columnDots, type PenalisedDesign } from './penalised-design.ts';
import { StatisticsError } from './statistics-error.ts';
import { WorkingSet } from './working-set.ts';

/** Share of the cost of a new curvature that the steps still to come may cost with the old one. */
const patience = 0.5;
const maximumSteps = 500;

/**
 * Minimises `loss(X b) + l1 sum |b_j| + ridge/2 sum b_j^2` for one penalty after another, each solution starting from the
 * one before, by proximal Newton steps on a working set.
 *
 * Columns whose slope at the last solution is below `2 l1 - l1 before` are set aside (sequential strong rule); the others
 * join the working set when their slope exceeds the penalty; the solution stands when no column of all does. The
 * curvature between the members is kept from step to step and from penalty to penalty while the steps still shrink fast,
 * because for a likelihood it costs more than all the rest. For the gaussian loss it never changes.
 *
 * @see Tibshirani R et al. J R Stat Soc B 2012;74:245-266, doi 10.1111/j.1467-9868.2011.01004.x (strong rules);
 *   Lee JD et al. SIAM J Optim 2014;24:1420-1443, doi 10.1137/130921428 (proximal Newton)
 */
export class PenalisedSolver {
  /** Coefficients of the design's columns at the last solution, length `width`; an intercept is last. */
  readonly beta: Float64Array;
  /** Linear predictors at the last solution, length `n`. */
  readonly eta: Float64Array;
  /** Largest absolute slope of the loss along a penalised column where all of these are out. */
  readonly largestSlope: number;

  readonly #design: PenalisedDesign;
  readonly #loss: Loss;
  readonly #set: WorkingSet;
  readonly #faces = new FaceSolver();
  /** Largest violation that counts as optimal. */
  readonly #accepted: number;
  /** Derivative of the loss by `eta`, and by each coefficient where it was last computed. */
  readonly #gradient: Float64Array;
  readonly #slopes: Float64Array;
  readonly #target: Float64Array;
  readonly #trialEta: Float64Array;
  #l1: number;
  #ridge = 0;
  #objective = 0;
  #curvatureHeld: boolean;

  /**
   * @param design Centred columns.
   * @param loss Of its rows.
   * @param intercept Start of the intercept: its value without any column. Not read if the design has none.
   * @param tolerance Largest violation of the optimality conditions, relative to the largest slope that any column as
   *   long as the longest could have where all columns are out.
   */
  constructor(design: PenalisedDesign, loss: Loss, intercept: number, tolerance: number) {
    const { n, p, width } = design;
    this.#design = design;
    this.#loss = loss;
    this.#set = new WorkingSet(design, loss);
    this.#curvatureHeld = loss.quadratic;
    this.beta = new Float64Array(width);
    this.eta = new Float64Array(n);
    this.#gradient = new Float64Array(n);
    this.#slopes = new Float64Array(width);
    this.#target = new Float64Array(width);
    this.#trialEta = new Float64Array(n);
    if (width > p) {
      this.beta[p] = intercept;
      this.eta.fill(intercept);
      this.#set.add(p);
    }
    loss.gradient(this.eta, this.#gradient);
    columnDots(
      design,
      Array.from({ length: p }, (_, j) => j),
      this.#gradient,
      this.#slopes,
    );
    this.largestSlope = this.#slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
    this.#accepted = tolerance * slopeBound(design, this.#gradient);
    this.#l1 = this.largestSlope;
  }

  /**
   * Goes on to another penalty; the intercept is not penalised.
   *
   * @param l1 Greater than 0; smaller than the last one is fastest.
   * @param ridge 0 or more.
   * @returns Largest violation of the optimality conditions among the columns of the working set: `|g_j + l1 sign(b_j)|`,
   *   for `b_j = 0` `max(|g_j| - l1, 0)`, with `g_j` the slope of loss and ridge. That of no other column exceeds the
   *   tolerance.
   * @throws StatisticsError `STATISTICS_NOT_CONVERGED`.
   */
  solve(l1: number, ridge: number): number {
    const [strong, others] = this.#screen(l1);
    this.#startAt(l1, ridge);
    let residualBefore = Number.POSITIVE_INFINITY;
    let watching = false;
    for (let step = 0; step < maximumSteps; step++) {
      this.#loss.gradient(this.eta, this.#gradient);
      const residual = this.#memberResidual();
      const reached = residual <= this.#accepted;
      // At the first step the slopes are still those of the larger penalty, so that most who want in would leave again;
      // once no one wanted in, no one will before the end, most likely.
      let admitted: number = reached || watching ? this.#admit(strong) : 0;
      watching = step === 0 || admitted > 0;
      if (reached && admitted === 0) admitted = this.#admit(others);
      if (reached && admitted === 0) return residual;

      const outOfDate = admitted === 0 && this.#refreshPays(residual, residualBefore);
      const renewed = !this.#curvatureHeld || outOfDate;
      if (renewed) this.#refresh();
      residualBefore = renewed ? Number.POSITIVE_INFINITY : residual;
      this.#minimiseModel();
      if (this.#advance()) continue;
      if (renewed || this.#loss.quadratic) break;
      this.#curvatureHeld = false;
    }
    throw new StatisticsError(
      'STATISTICS_NOT_CONVERGED',
      `lambda ${l1}`,
      'no solution found: use larger penalties or leave out columns that repeat others',
    );
  }

  /** Columns that may enter at the penalty `l1`, and those that most likely do not. */
  #screen(l1: number): [strong: number[], others: number[]] {
    const threshold = Math.min(2 * l1 - this.#l1, l1);
    const strong: number[] = [];
    const others: number[] = [];
    for (let j = 0; j < this.#design.p; j++)
      (this.#set.has(j) || Math.abs(this.#slopes[j]!) >= threshold ? strong : others).push(j);
    return [strong, others];
  }

  #startAt(l1: number, ridge: number): void {
    if (ridge !== this.#ridge) this.#faces.forget();
    this.#l1 = l1;
    this.#ridge = ridge;
    this.#objective = this.#objectiveAt(this.beta, this.eta);
  }

  #objectiveAt(beta: Float64Array, eta: Float64Array): number {
    let penalty = 0;
    for (const j of this.#set.members)
      if (j < this.#design.p) penalty += this.#l1 * Math.abs(beta[j]!) + 0.5 * this.#ridge * beta[j]! ** 2;
    return this.#loss.value(eta) + penalty;
  }

  #memberResidual(): number {
    columnDots(this.#design, this.#set.members, this.#gradient, this.#slopes);
    let largest = 0;
    for (const j of this.#set.members) {
      const slope = this.#slopes[j]!;
      const b = this.beta[j]!;
      const l1 = j < this.#design.p ? this.#l1 : 0;
      const total = j < this.#design.p ? slope + this.#ridge * b : slope;
      largest = Math.max(largest, b === 0 ? Math.abs(total) - l1 : Math.abs(total + l1 * Math.sign(b)));
    }
    return largest;
  }

  /** Adds to the working set the columns among `candidates` whose slope exceeds the penalty; returns how many. */
  #admit(candidates: readonly number[]): number {
    const before = this.#set.members.length;
    const outside = candidates.filter((j) => !this.#set.has(j));
    columnDots(this.#design, outside, this.#gradient, this.#slopes);
    for (const j of outside) if (Math.abs(this.#slopes[j]!) > this.#l1 + this.#accepted) this.#set.add(j);
    return this.#set.members.length - before;
  }

  /** Whether a new curvature costs less than the steps that the old one still needs at the present rate. */
  #refreshPays(residual: number, residualBefore: number): boolean {
    if (this.#loss.quadratic) return false;
    const { n } = this.#design;
    const m = this.#set.members.length;
    const rate = residual / residualBefore;
    const steps = rate < 1 ? Math.log(this.#accepted / residual) / Math.log(rate) : Number.POSITIVE_INFINITY;
    // Operations by member: products and factor of the curvature; gradient, predictors and solution of a step.
    return steps > (patience * ((m * n) / 2 + (m * m) / 6)) / (3 * n + 2 * m);
  }

  /** Takes the curvature at the present point, between the columns in the model only. */
  #refresh(): void {
    const { members } = this.#set;
    const map = new Int32Array(members.length).fill(-1);
    const kept: number[] = [];
    members.forEach((j, a) => {
      if (this.beta[j] === 0 && j < this.#design.p) return;
      map[a] = kept.length;
      kept.push(a);
    });
    this.#set.retain(kept);
    this.#faces.renumber(map);
    this.#loss.holdCurvature(this.eta);
    this.#set.refresh();
    this.#faces.forget();
    this.#curvatureHeld = true;
  }

  /** Writes into the target the coefficients that minimise the quadratic model at the present point. */
  #minimiseModel(): void {
    const { members, curvature } = this.#set;
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
      quadratic.l1[a] = j < this.#design.p ? this.#l1 : 0;
      quadratic.ridge[a] = j < this.#design.p ? this.#ridge : 0;
      quadratic.beta[a] = this.beta[j]!;
      quadratic.slope[a] = this.#slopes[j]! + quadratic.ridge[a]! * this.beta[j]!;
    }
    this.#faces.minimise(quadratic, this.#accepted / 2);
    for (let a = 0; a < size; a++) this.#target[members[a]!] = quadratic.beta[a]!;
  }

  /** Goes towards the target as far as the objective falls; false if it does not fall at all. */
  #advance(): boolean {
    const { members } = this.#set;
    // The slack lets the last steps through, where the objective only changes by rounding.
    const limit = this.#objective + 1e-13 * (1 + Math.abs(this.#objective));
    for (let fraction = 1; fraction > 1e-6; fraction /= 2) {
      this.#predict();
      const value = this.#objectiveAt(this.#target, this.#trialEta);
      if (value <= limit) {
        for (const j of members) this.beta[j] = this.#target[j]!;
        this.eta.set(this.#trialEta);
        this.#objective = value;
        return true;
      }
      for (const j of members) this.#target[j] = (this.#target[j]! + this.beta[j]!) / 2;
    }
    return false;
  }

  /** Linear predictors of the target. */
  #predict(): void {
    const used = this.#set.members.filter((j) => this.#target[j] !== 0);
    this.#trialEta.fill(0);
    addColumns(this.#design, used, this.#target, this.#trialEta);
  }
}

/** Cauchy-Schwarz: no column is longer than the longest, so no slope is larger than this. */
function slopeBound({ n, p, values }: PenalisedDesign, gradient: Float64Array): number {
  let longest = 0;
  for (let j = 0; j < p; j++) {
    let squares = 0;
    for (let i = j * n; i < (j + 1) * n; i++) squares += values[i]! ** 2;
    longest = Math.max(longest, squares);
  }
  return Math.sqrt(longest) * Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
}
