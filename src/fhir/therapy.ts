import type { Findings, Reading } from './chart.ts';
import type { Fact, FactProblem, KnownFactKey } from './facts.ts';
import { knownLungCancers } from './histology.ts';
import { calendarDays, parseMoment } from './moment.ts';
import { deathOf } from './patient.ts';
import { referenceTo } from './resources.ts';
import {
  type Dose,
  endedOrders,
  knownProgressions,
  systemicDoses,
  type TherapyEvent,
  therapyProcedures,
} from './therapy-events.ts';
import { type TherapyLine, therapyLines } from './therapy-lines.ts';

const sourcesOfTherapy = ['MedicationAdministration', 'MedicationStatement', 'Medication', 'Observation'];

/** Mean length of a month of the Gregorian calendar, days. */
const daysPerMonth = 30.4375;

/**
 * Doses of checkpoint inhibitors and chemotherapy, start of immunotherapy, progressions, the lines of therapy with their regimens, the line that
 * is being decided now, and first-line progression-free survival.
 *
 * FHIR has no element for the line of therapy: it is derived by the rules of `mappings/therapies.json`. After a progression that
 * no dose follows yet, the line being decided is the next one.
 */
export function readTherapy(reading: Reading): Findings {
  // The first dose or the last progression may stand in what could not be read.
  if (sourcesOfTherapy.some((resourceType) => reading.unread.has(resourceType))) return { facts: [], problems: [] };
  const doses = systemicDoses(reading);
  const progressions = knownProgressions(reading);
  const facts = [...dosesByKind(doses), ...immunotherapyStart(doses), ...progressions.map(progressionFact)];
  if (knownLungCancers(reading).length === 0) return { facts, problems: [] };
  const lines = therapyLines(doses, progressions, reading.mappings.lines);
  const [first] = lines;
  if (first === undefined) return withoutDoses(reading, facts, progressions);
  const pfs = firstLinePfs(lines, progressions, reading);
  return {
    facts: [...facts, currentLine(lines, progressions), ...lineFacts(lines, reading), ...pfs.facts],
    problems: pfs.problems,
  };
}

/** The first progression under or after a line, before the next one. */
function progressionOf(
  line: TherapyLine,
  next: TherapyLine | undefined,
  progressions: readonly TherapyEvent[],
): TherapyEvent | undefined {
  return progressions.find(
    ({ moment }) => moment.at > line.first.moment.at && (next === undefined || moment.at <= next.first.moment.at),
  );
}

function currentLine(lines: readonly TherapyLine[], progressions: readonly TherapyEvent[]): Fact {
  const steps = lines.map(({ beganBy, progression, first, number }) => ({
    event: progression ?? first,
    text: beganBy === 'first' ? 'first dose' : `line ${number} by ${beganBy.replace('-', ' ')}`,
  }));
  const last = lines.at(-1);
  const ended = last === undefined ? undefined : progressionOf(last, undefined, progressions);
  if (ended !== undefined) steps.push({ event: ended, text: `line ${lines.length + 1} after progression` });
  return {
    key: 'therapyLine',
    value: steps.length,
    unit: null,
    date: steps.at(-1)?.event.moment.text ?? '',
    sources: steps.map(({ event }) => event.source),
    status: 'derived',
    derivation: steps.map(({ event, text }) => `${text} (${event.moment.text.slice(0, 10)})`).join('; '),
  };
}

function lineFacts(lines: readonly TherapyLine[], { asOf, mappings }: Reading): Fact[] {
  const regimens = lines.flatMap((line) => regimenFacts(line, asOf, mappings.lines.regimenDays));
  const firstLine = regimens.find(({ key, line }) => key === 'regimenClass' && line === 1);
  const derived: Fact[] = [];
  if (firstLine !== undefined) {
    derived.push({ ...firstLine, key: 'firstLineRegimenClass' });
    const immunotherapy = firstLine.value === 'chemo-immunotherapy' || firstLine.value === 'immunotherapy';
    derived.push({ ...firstLine, key: 'firstLineImmunotherapy', value: immunotherapy });
  }
  const withInhibitor = lines.find(({ doses }) => doses.some(isInhibitor));
  const dose = withInhibitor?.doses.find(isInhibitor);
  if (withInhibitor === undefined || dose === undefined) return [...regimens, ...derived];
  const { moment, source } = dose;
  const common = { unit: null, date: moment.text, sources: [source], status: 'derived' };
  const derivation = `first dose of a checkpoint inhibitor in line ${withInhibitor.number}`;
  return [
    ...regimens,
    ...derived,
    { key: 'checkpointInhibitorLine', value: withInhibitor.number, ...common, derivation },
  ];
}

/** A line without a checkpoint inhibitor is called so only when the days in which one could still join the regimen are over. */
function regimenFacts(line: TherapyLine, asOf: Date, regimenDays: number): Fact[] {
  const { number, first, end, doses, regimen, regimenClass } = line;
  const sources = [...new Set(doses.map(({ source }) => source))];
  const derivation = `line ${number}, ${first.moment.text.slice(0, 10)} to ${end.text.slice(0, 10)}`;
  const common = {
    unit: null,
    date: first.moment.text,
    sources,
    status: 'derived',
    line: number,
    end: end.text,
    derivation,
  };
  const facts: Fact[] = [{ key: 'regimen', value: regimen.join(' + '), ...common }];
  const now = parseMoment(asOf.toISOString());
  const complete = now !== undefined && calendarDays(first.moment, now) > regimenDays;
  if (complete || regimenClass === 'chemo-immunotherapy')
    facts.push({ key: 'regimenClass', value: regimenClass, ...common });
  return facts;
}

/**
 * Months from the first dose to the first progression or death. Unknown where the second line began without a recorded
 * progression: what ended the first line is not in the record.
 */
function firstLinePfs(
  lines: readonly TherapyLine[],
  progressions: readonly TherapyEvent[],
  { chart, asOf }: Reading,
): Findings {
  const [line, next] = lines;
  if (line === undefined) return { facts: [], problems: [] };
  const progression = progressionOf(line, next, progressions);
  if (progression !== undefined) return { facts: [pfsFact(line, progression, 'progression')], problems: [] };
  if (next !== undefined) {
    const when = next.first.moment.text.slice(0, 10);
    return unknownPfs(next.first.source, `Second-line therapy began on ${when} without a recorded progression`);
  }
  const death = deathOf(chart.patient, asOf);
  if (death === undefined) return { facts: [], problems: [] };
  const source = `Patient/${chart.patient.id}`;
  if (death === 'undated') return unknownPfs(source, 'The date of death is not recorded');
  if (death.at < line.first.moment.at) return unknownPfs(source, 'The recorded death lies before the first dose');
  return { facts: [pfsFact(line, { moment: death, source }, 'death')], problems: [] };
}

function unknownPfs(source: string, why: string): Findings {
  const key = 'firstLinePfsMonths';
  return {
    facts: [],
    problems: [{ code: 'FACT_UNRECOGNISED', key, source, text: `${why}: first-line PFS is unknown` }],
  };
}

function pfsFact({ first }: TherapyLine, end: TherapyEvent, what: 'progression' | 'death'): Fact {
  const months = calendarDays(first.moment, end.moment) / daysPerMonth;
  return {
    key: 'firstLinePfsMonths',
    value: Number(months.toFixed(2)),
    unit: 'mo',
    date: end.moment.text,
    sources: [first.source, end.source],
    status: 'derived',
    derivation:
      what === 'death'
        ? 'death - first dose of systemic therapy'
        : 'first progression - first dose of systemic therapy',
  };
}

const doseKeys = {
  'checkpoint-inhibitor': 'checkpointInhibitorDose',
  chemotherapy: 'chemotherapyDose',
} as const satisfies Record<string, KnownFactKey>;

function dosesByKind(doses: readonly Dose[]): Fact[] {
  return doses.flatMap(({ drugs, moment, source, status }) =>
    drugs.map(({ inn, group }) => ({
      ...{ key: doseKeys[group], value: inn, unit: null, date: moment.text, sources: [source], status },
    })),
  );
}

function progressionFact({ moment, source }: TherapyEvent): Fact {
  return { key: 'progression', value: true, unit: null, date: moment.text, sources: [source], status: 'final' };
}

function isInhibitor({ drugs }: Dose): boolean {
  return drugs.some(({ group }) => group === 'checkpoint-inhibitor');
}

function immunotherapyStart(doses: readonly Dose[]): Fact[] {
  const dose = doses.find(isInhibitor);
  const drug = dose?.drugs.find(({ group }) => group === 'checkpoint-inhibitor');
  if (dose === undefined || drug === undefined) return [];
  const { moment, source, status } = dose;
  const { text: date } = moment;
  const derivation = `first recorded dose of a checkpoint inhibitor (${drug.inn})`;
  return [{ key: 'immunotherapyStart', value: date, unit: null, date, sources: [source], status, derivation }];
}

/**
 * Without a dose the first line lies ahead, but only if nothing speaks against it: an order that was carried out or ended, a
 * procedure of chemotherapy, or a progression says that a therapy was given whose doses are not in the record.
 */
function withoutDoses(reading: Reading, facts: readonly Fact[], progressions: readonly TherapyEvent[]): Findings {
  const evidence = [...endedOrders(reading), ...therapyProcedures(reading)];
  const [source] = [...evidence, ...progressions.map((progression) => progression.source)];
  if (source !== undefined) {
    const text =
      'Orders or procedures of systemic therapy or a progression are recorded, but no dose: line of therapy and PFS are unknown';
    const problem: FactProblem = { code: 'FACT_UNRECOGNISED', key: 'therapyLine', source, text };
    return { facts, problems: [problem] };
  }
  if (reading.unread.has('MedicationRequest') || reading.unread.has('Procedure')) return { facts, problems: [] };
  const line: Fact = {
    key: 'therapyLine',
    value: 1,
    unit: null,
    date: reading.asOf.toISOString(),
    sources: knownLungCancers(reading).map(({ condition }) => referenceTo(condition)),
    status: 'derived',
    derivation: 'no dose of systemic therapy is recorded',
  };
  return { facts: [...facts, line], problems: [] };
}
