import { linearAxis, type Nomogram, nomogram, pointsFromLp } from '../statistics/nomogram.ts';
import { endpointWords } from './endpoint-words.ts';
import { inputLabel, referenceOf } from './explanation.ts';
import type { CoxForm, Form, LogisticForm } from './form-schema.ts';
import { coefficientOf, linearPredictor, type Term } from './forms/linear-predictor.ts';
import { inputWords } from './input-words.ts';
import type { NomogramReading } from './model-result.ts';
import type { ModelInput } from './model-schema.ts';
import { transformed } from './transformation.ts';

/** Steps of an axis that the model gives a range but no ticks. */
const steps = 5;

const probabilities = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
const ratios = [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 10_000];
/** For scales on which fewer than five of the others would stand. */
const closeRatios = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5];

/** A patient's numbers: as the forms take them, and before transformations. */
export interface PatientNumbers {
  readonly values: Readonly<Record<string, number>>;
  readonly raw: Readonly<Record<string, number>>;
}

/**
 * The scales of a logistic or Cox form as a nomogram, with the patient on those whose input is known.
 *
 * @returns Null for other forms, and where an input has neither ticks nor a range and is no indicator.
 */
export function nomogramReading(
  form: Form,
  inputs: readonly ModelInput[],
  patient: PatientNumbers,
): NomogramReading | null {
  if (form.type !== 'logistic' && form.type !== 'cox') return null;
  const scales = scalesOf(form.terms, inputs);
  if (scales === null) return null;
  const drawn = nomogram(
    scales.map(({ axis }) => axis),
    offsetOf(form),
  );
  const axes = scales.map((scale, j) => axisReading(scale, drawn, j, patient));
  const maximumPoints = drawn.axes.reduce((sum, { points }) => sum + Math.max(...points), 0);
  const known = axes.flatMap((axis) => axis.patient?.points ?? []);
  return {
    axes,
    totalPoints: known.length < axes.length ? null : known.reduce((sum, points) => sum + points, 0),
    maximumPoints,
    results: resultScales(form, drawn, maximumPoints),
    reference: referenceLabel(form, inputs),
  };
}

interface Scale {
  readonly input: ModelInput;
  readonly coefficient: number;
  readonly ticks: readonly number[];
  readonly axis: ReturnType<typeof linearAxis>;
}

function scalesOf(terms: readonly Term[], inputs: readonly ModelInput[]): Scale[] | null {
  const scales = terms.map((term): Scale | null => {
    const input = inputs.find(({ name }) => name === term.input);
    const ticks = input === undefined ? null : axisTicks(input);
    if (input === undefined || ticks === null) return null;
    const coefficient = coefficientOf(term);
    const numbers = ticks.map((tick) => transformed(input, tick));
    return { input, coefficient, ticks, axis: linearAxis(term.input, numbers, coefficient) };
  });
  const complete = scales.filter((scale) => scale !== null);
  return complete.length === scales.length ? complete : null;
}

/** Values in the input's unit, before transformations. */
function axisTicks({ ticks, range, indicator }: ModelInput): readonly number[] | null {
  if (ticks !== undefined) return ticks;
  if (indicator !== undefined) return [0, 1];
  if (range === undefined) return null;
  const [least, most] = range;
  return Array.from({ length: steps + 1 }, (_, step) => least + ((most - least) * step) / steps);
}

function axisReading(
  { input, coefficient, ticks, axis }: Scale,
  { axes, pointsPerUnit }: Nomogram,
  j: number,
  { values, raw }: PatientNumbers,
): NomogramReading['axes'][number] {
  const points = axes[j]?.points ?? [];
  const value = values[input.name];
  const rawValue = raw[input.name];
  const least = Math.min(...axis.contributions);
  return {
    input: input.name,
    label: inputLabel([input], input.name),
    ticks: ticks.map((tick, at) => ({ text: inputWords(input, tick), points: points[at] ?? Number.NaN })),
    patient:
      value === undefined || rawValue === undefined
        ? null
        : {
            text: inputWords(input, rawValue),
            points: pointsPerUnit * (coefficient * value - least),
            beyond: rawValue < Math.min(...ticks) || rawValue > Math.max(...ticks),
          },
  };
}

/** What is added to the contributions: the intercept, or minus the linear predictor to which relative numbers refer. */
function offsetOf(form: LogisticForm | CoxForm): number {
  if (form.type === 'cox') return -form.lpReference;
  return form.intercept ?? -linearPredictor(form.terms, 0, form.reference ?? {});
}

function referenceLabel(form: LogisticForm | CoxForm, inputs: readonly ModelInput[]): string | null {
  if (form.type === 'cox') return form.lpReferenceLabel;
  if (form.intercept !== null) return null;
  const names = form.terms.map(({ input }) => input);
  return referenceOf(names, inputs, form.reference).label;
}

function resultScales(
  form: LogisticForm | CoxForm,
  drawn: Nomogram,
  maximumPoints: number,
): NomogramReading['results'] {
  const what = endpointWords(form.endpoint);
  const scale = (label: string, ticks: readonly number[], lpOf: (tick: number) => number) => ({
    label,
    ticks: ticks
      .map((tick) => ({ text: String(tick), points: pointsFromLp(drawn, lpOf(tick)) }))
      .filter(({ points }) => points >= 0 && points <= maximumPoints),
  });
  const relative = (label: string) => {
    const wide = scale(label, ratios, Math.log);
    return wide.ticks.length < 5 ? scale(label, closeRatios, Math.log) : wide;
  };
  if (form.type === 'logistic' && form.intercept === null)
    return [relative(`Odds of ${what}, relative to the reference`)];
  if (form.type === 'logistic') return [scale(`Probability of ${what}`, probabilities, (p) => Math.log(p / (1 - p)))];
  return [
    relative(`Hazard of ${what}, relative to the reference`),
    ...(form.baselineSurvival ?? []).map(({ months, survival }) =>
      scale(`Probability of ${endpointWords({ event: form.endpoint.event })} by ${months} months`, probabilities, (p) =>
        Math.log(Math.log1p(-p) / Math.log(survival)),
      ),
    ),
  ];
}
