import { bloodCountRatios } from './blood-count-ratios.ts';
import type { Findings, Reading } from './chart.ts';
import { bodyMassIndex, lungImmunePrognosticIndex, smokingIndex } from './derived-scores.ts';
import type { Fact, FactProblem } from './facts.ts';
import { type DatedProblem, type Measurement, readMeasurement } from './lab-measurements.ts';
import type { Lab, LabKey } from './mappings.ts';
import { isSameTime, parseMoment } from './moment.ts';
import { resultsOf } from './observation-state.ts';
import { roundTo12Digits } from './units.ts';

/** Results of one blood sample. */
export type Collection = readonly Measurement[];

/**
 * Laboratory facts with units, and the ratios derived from blood counts of one collection.
 *
 * A result that can't be used is reported unless the record has a usable one of the same test that is as new or newer.
 */
export function readLabs(reading: Reading): Findings {
  const measurements: Measurement[] = [];
  const problems: DatedProblem[] = [];
  for (const observation of reading.chart.observations.flatMap(resultsOf)) {
    const result = readMeasurement(observation, reading);
    if (result === undefined) continue;
    if ('problem' in result) problems.push(result.problem);
    else measurements.push(result);
  }
  const facts: Fact[] = [];
  for (const collection of collections(measurements)) {
    const values = labKeys(collection).flatMap((key) => {
      const lab = reading.mappings.labs[key];
      if (lab === undefined) return [];
      const value = factOf(key, lab, collection);
      if ('problem' in value) problems.push(value.problem);
      return 'fact' in value ? [value.fact] : [];
    });
    const ratios = bloodCountRatios(values);
    facts.push(...values, ...ratios, ...lungImmunePrognosticIndex([...values, ...ratios]));
    const bmi = bodyMassIndex(values, reading.mappings.labs.bmi);
    facts.push(...bmi.facts, ...smokingIndex(values));
    problems.push(...bmi.problems.map((problem) => ({ ...problem, at: collection[0]?.moment.at })));
  }
  return { facts, problems: problems.filter((problem) => !isMadeUpFor(problem, facts)).map(withoutTime) };
}

function isMadeUpFor({ key, at }: DatedProblem, facts: readonly Fact[]): boolean {
  return at !== undefined && facts.some((fact) => fact.key === key && (parseMoment(fact.date)?.at ?? 0) >= at);
}

function withoutTime({ code, key, source, text }: DatedProblem): FactProblem {
  return { code, key, source, text };
}

/**
 * Groups results by blood sample: same specimen, or taken at the same time. The time of a report is none of a collection, so
 * a result that has only that stands alone.
 */
function collections(measurements: readonly Measurement[]): Collection[] {
  const groups: Measurement[][] = [];
  for (const measurement of measurements) {
    const group = groups.find((members) => members.some((member) => isSameCollection(member, measurement)));
    if (group === undefined) groups.push([measurement]);
    else group.push(measurement);
  }
  return groups;
}

function isSameCollection(a: Measurement, b: Measurement): boolean {
  if (a.specimen !== undefined && a.specimen === b.specimen) return true;
  return a.collected !== undefined && b.collected !== undefined && isSameTime(a.collected, b.collected);
}

function labKeys(collection: Collection): LabKey[] {
  return [...new Set(collection.map(({ key }) => key))];
}

type Valued = { readonly fact: Fact } | { readonly problem: DatedProblem };

/** The value of a test in one collection: as measured, else the sum of its parts, else its share of the leukocytes. */
function factOf(key: LabKey, lab: Lab, collection: Collection): Valued {
  const choose = lab.ofSeveral === 'largest' ? largest : best;
  const measured = choose(collection, (each) => each.key === key && each.role.kind === 'value');
  if (measured !== undefined) return { fact: measuredFact(measured, lab) };
  const parts = lab.sumOf.map((_, part) =>
    best(collection, (each) => each.key === key && each.role.kind === 'part' && each.role.part === part),
  );
  const found = parts.filter((part) => part !== undefined);
  if (found.length > 0 && found.length === parts.length) {
    const value = found.reduce((sum, part) => sum + part.value, 0);
    return { fact: derivedFact(key, lab, value, found, lab.sumOf.map(({ label }) => label).join(' + ')) };
  }
  const percent = best(collection, (each) => each.key === key && each.role.kind === 'percent');
  const leukocytes = best(collection, (each) => each.key === 'leukocytes' && each.role.kind === 'value');
  if (percent !== undefined && leukocytes !== undefined) {
    const value = (percent.value / 100) * leukocytes.value;
    return { fact: derivedFact(key, lab, value, [percent, leukocytes], `${percent.value} % of the leukocytes`) };
  }
  return { problem: incomplete(key, lab, percent ?? found[0]) };
}

function best(collection: Collection, accept: (each: Measurement) => boolean): Measurement | undefined {
  return collection.filter(accept).toSorted((a, b) => a.preference - b.preference)[0];
}

function largest(collection: Collection, accept: (each: Measurement) => boolean): Measurement | undefined {
  return collection.filter(accept).toSorted((a, b) => b.value - a.value)[0];
}

function measuredFact(measurement: Measurement, { unit }: Lab): Fact {
  const { key, value, moment, source, status, upperLimit, flaggedHigh } = measurement;
  const fact = { key, value, unit, date: moment.text, sources: [source], status };
  if (upperLimit !== undefined) return { ...fact, upperLimit };
  return flaggedHigh === undefined ? fact : { ...fact, flaggedHigh };
}

function derivedFact(
  key: LabKey,
  { unit }: Lab,
  value: number,
  from: readonly Measurement[],
  derivation: string,
): Fact {
  const sources = from.map(({ source }) => source);
  const date = from[0]?.moment.text ?? '';
  return { key, value: roundTo12Digits(value), unit, date, sources, status: 'derived', derivation };
}

function incomplete(key: LabKey, { label, sumOf }: Lab, measurement: Measurement | undefined): DatedProblem {
  const why =
    measurement?.role.kind === 'percent'
      ? 'only as a percentage, without leukocytes of the same collection'
      : `without all of ${sumOf.map((part) => part.label).join(' and ')} in the same collection`;
  const source = measurement?.source ?? null;
  return { code: 'FACT_UNRECOGNISED', key, source, text: `${label} recorded ${why}`, at: measurement?.moment.at };
}
