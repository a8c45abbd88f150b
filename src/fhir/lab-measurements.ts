import type { Reading } from './chart.ts';
import { type CodeSet, indexInSet, isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import type { FactProblem } from './facts.ts';
import { knownLungCancers } from './histology.ts';
import { isOfAnotherTumour } from './lesions.ts';
import type { Lab, LabKey } from './mappings.ts';
import { firstMoment, hasHappened, type Moment } from './moment.ts';
import { effectiveMoment, isFinal, isKnownBy, isWithdrawn } from './observation-state.ts';
import { type Observation, type Quantity, referenceTo } from './resources.ts';
import { convertQuantity } from './units.ts';

/** What a coded laboratory result measures. */
export type Role =
  | { readonly kind: 'value' }
  /** Percent of the leukocytes. */
  | { readonly kind: 'percent' }
  /** One of the parts that make up a count; index in `sumOf`. */
  | { readonly kind: 'part'; readonly part: number };

/** A laboratory result that can be used. */
export interface Measurement {
  readonly key: LabKey;
  readonly role: Role;
  /** In the internal unit, or percent. */
  readonly value: number;
  readonly moment: Moment;
  /** When the sample was taken; undefined where only the time of the report is known. */
  readonly collected: Moment | undefined;
  readonly specimen: string | undefined;
  readonly source: string;
  readonly status: string;
  /** Lower is preferred. */
  readonly preference: number;
  readonly upperLimit: number | undefined;
  /** Whether the laboratory flagged it as high; undefined where it flagged nothing. */
  readonly flaggedHigh: boolean | undefined;
}

/** A problem with the time of the result that it is about, to tell whether a newer result makes up for it. */
export interface DatedProblem extends FactProblem {
  readonly at: number | undefined;
}

/** Every code that is worth asking the server for. */
export function labCodes(labs: Readonly<Record<LabKey, Lab>>): CodeSet {
  return Object.values(labs).flatMap((lab) => [
    ...lab.include,
    ...lab.percent,
    ...lab.sumOf.flatMap(({ include }) => include),
    ...lab.notConvertible,
  ]);
}

/** Reads one Observation as a laboratory result: undefined if it is none of ours or not known yet. */
export function readMeasurement(
  observation: Observation,
  reading: Reading,
): Measurement | { readonly problem: DatedProblem } | undefined {
  const found = classify(observation, reading.mappings.labs);
  if (found === undefined) return undefined;
  const { key, lab } = found;
  const { status } = observation;
  if (isWithdrawn(observation) || isOfAnotherDisease(observation.focus, reading)) return undefined;
  if (isOfAnotherTumour(observation.focus, reading)) return undefined;
  if (lab.about === 'lung-cancer' && knownLungCancers(reading).length === 0) return undefined;
  const collected = effectiveMoment(observation);
  const moment = collected ?? firstMoment(observation.issued);
  const problem = (code: DatedProblem['code'], why: string) => ({
    problem: { code, key, source: referenceTo(observation), text: `${lab.label} ${why}`, at: moment?.at },
  });
  if (moment === undefined) return problem('LAB_UNDATED', 'carries no date and was not used');
  if (!hasHappened(moment, reading.now)) return problem('LAB_FUTURE', `is dated ${moment.text}, in the future`);
  if (!isKnownBy(observation, moment, reading.asOf)) return undefined;
  if (found.refusal !== undefined) return problem(found.refusal.code, `was not used: ${found.refusal.why}`);
  if (!isFinal(observation)) {
    return problem('LAB_NOT_FINAL', `of ${moment.text} is ${status}, not final, and was not used`);
  }
  const converted = readValue(observation.valueQuantity, found, reading);
  if ('code' in converted) return problem(converted.code, converted.why);
  return {
    ...{ key, role: found.role, preference: found.preference, value: converted.value, status, moment, collected },
    specimen: observation.specimen?.reference,
    source: referenceTo(observation),
    upperLimit: found.role.kind === 'value' ? upperLimit(observation, found, reading) : undefined,
    flaggedHigh: found.role.kind === 'value' ? flaggedHigh(observation) : undefined,
  };
}

interface Classified {
  readonly key: LabKey;
  readonly lab: Lab;
  readonly role: Role;
  readonly preference: number;
  /** Why results of this code can't be used at all. */
  readonly refusal?: { readonly code: FactProblem['code']; readonly why: string };
}

function classify({ code }: Observation, labs: Readonly<Record<LabKey, Lab>>): Classified | undefined {
  for (const [key, lab] of Object.entries(labs)) {
    const value = indexInSet(lab.include, code);
    if (isInSet(lab.exclude, code)) {
      if (value < 0) continue;
      const refusal = { code: 'FACT_UNRECOGNISED', why: 'one of its codes says another specimen or method' } as const;
      return { key, lab, role: { kind: 'value' }, preference: value, refusal };
    }
    if (value >= 0) return { key, lab, role: { kind: 'value' }, preference: value };
    const percent = indexInSet(lab.percent, code);
    if (percent >= 0) return { key, lab, role: { kind: 'percent' }, preference: percent };
    for (const [part, { include }] of lab.sumOf.entries()) {
      const preference = indexInSet(include, code);
      if (preference >= 0) return { key, lab, role: { kind: 'part', part }, preference };
    }
    const refused = lab.notConvertible[indexInSet(lab.notConvertible, code)];
    if (refused !== undefined) {
      const refusal = { code: 'LAB_NOT_CONVERTIBLE', why: refused.reason } as const;
      return { key, lab, role: { kind: 'value' }, preference: 0, refusal };
    }
  }
  return undefined;
}

type Value = { readonly value: number } | { readonly code: FactProblem['code']; readonly why: string };

function readValue(quantity: Quantity | undefined, { lab, role }: Classified, { mappings }: Reading): Value {
  if (quantity?.value === undefined) return { code: 'FACT_UNRECOGNISED', why: 'holds no number and was not used' };
  const recorded = `${quantity.value} ${quantity.unit ?? quantity.code ?? ''}`.trim();
  if (quantity.comparator !== undefined) {
    return {
      code: 'LAB_COMPARATOR',
      why: `${quantity.comparator} ${recorded} is a bound, not a value, and was not used`,
    };
  }
  const percent = role.kind === 'percent';
  const unit = percent ? '%' : lab.unit;
  const aliases = mappings.unitAliases[percent ? 'percent' : lab.aliases];
  const converted = convertQuantity(quantity, unit, aliases, lab.molarMass);
  if ('code' in converted) return { code: converted.code, why: `${recorded} ${converted.why}` };
  const [low, high] = percent ? [0, 100] : lab.plausible;
  if (converted.value < low || converted.value > high) {
    const range = `the plausible range ${low}-${high} ${unit}`;
    return { code: 'LAB_IMPLAUSIBLE', why: `${recorded} is outside ${range} and was set aside` };
  }
  return converted;
}

/**
 * Upper reference limit in the internal unit. It depends on the method, so only the observation's own range is taken, and
 * only if there is no doubt which: one normal range with an upper end above zero.
 */
function upperLimit(
  { referenceRange = [], valueQuantity }: Observation,
  { lab }: Classified,
  { mappings }: Reading,
): number | undefined {
  const limits = referenceRange
    .filter(({ type }) => type?.coding === undefined || type.coding.some(({ code }) => code === 'normal'))
    .flatMap(({ high }) => (high?.value === undefined ? [] : [high]))
    // A limit without a unit is one in the unit of the value it stands beside.
    .map((high) =>
      high.code === undefined && high.unit === undefined ? { ...valueQuantity, value: high.value } : high,
    )
    .map((high) => convertQuantity(high, lab.unit, mappings.unitAliases[lab.aliases], lab.molarMass));
  const [only] = limits;
  return limits.length === 1 && only !== undefined && 'value' in only && only.value > 0 ? only.value : undefined;
}

const highFlags = new Set(['H', 'HH']);
const otherFlags = new Set(['N', 'L', 'LL']);

function flaggedHigh({ interpretation = [] }: Observation): boolean | undefined {
  const flags = interpretation
    .flatMap(({ coding = [] }) => coding)
    .flatMap(({ system, code }) => (system?.endsWith('/v3-ObservationInterpretation') && code ? [code] : []));
  const high = flags.some((flag) => highFlags.has(flag));
  const other = flags.some((flag) => otherFlags.has(flag));
  return high === other ? undefined : high;
}
