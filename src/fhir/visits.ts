import type { ClinicalFacts, Fact, FactKey } from './facts.ts';
import { calendarDays, type Moment, parseMoment } from './moment.ts';

/** When in the course of immunotherapy a value was taken. */
export type Visit = 'baseline' | 'after-cycle-2' | 'after-cycle-3';

/** What a model asks of a visit. */
export interface VisitWindow {
  /** Days by which a fact may lie off the visit: before the first dose, or around the end of the cycle. */
  readonly windowDays: number;
  /** Length of a cycle in days, for the end of one that no other follows yet. */
  readonly cycleDays: number;
}

/** Doses that are closer to each other belong to one cycle, recorded twice or given on several days. */
const shortestCycleDays = 7;

/**
 * Assigns a fact to a visit: at baseline the last one before the first dose of a checkpoint inhibitor, after a cycle the one
 * nearest to its end.
 *
 * A cycle ends with the dose of the next one; blood of that day is taken before the infusion, so the day itself belongs to
 * the visit, unless both times of day are known and say otherwise.
 *
 * @param window Stated by the model: no fact outside it is taken.
 * @returns Undefined without a dose, before the cycle was given, and without a fact in the window.
 */
export function factAtVisit(facts: ClinicalFacts, key: FactKey, visit: Visit, window: VisitWindow): Fact | undefined {
  const candidates = facts.timeline.flatMap((fact) => {
    const moment = fact.key === key ? parseMoment(fact.date) : undefined;
    return moment === undefined ? [] : [{ fact, moment }];
  });
  const cycles = cycleStarts(facts);
  if (visit === 'baseline') {
    const [first] = cycles;
    if (first === undefined) return undefined;
    // The timeline is newest first, so the first that fits is the last before the dose.
    return candidates.find(({ moment }) => isBefore(moment, first) && calendarDays(moment, first) <= window.windowDays)
      ?.fact;
  }
  const cycle = visit === 'after-cycle-2' ? 2 : 3;
  const own = cycles[cycle - 1];
  if (own === undefined) return undefined;
  const next = cycles[cycle];
  const distance = (moment: Moment) =>
    Math.abs(next === undefined ? calendarDays(own, moment) - window.cycleDays : calendarDays(moment, next));
  return candidates
    .filter(({ moment }) => !isBefore(moment, own) && (next === undefined || isBefore(moment, next)))
    .filter(({ moment }) => distance(moment) <= window.windowDays)
    .toSorted((a, b) => distance(a.moment) - distance(b.moment))[0]?.fact;
}

/** First doses of the cycles, oldest first. */
function cycleStarts({ timeline }: ClinicalFacts): Moment[] {
  const doses = timeline
    .flatMap(({ key, date }) => (key === 'checkpointInhibitorDose' ? (parseMoment(date) ?? []) : []))
    .toSorted((a, b) => a.at - b.at);
  const starts: Moment[] = [];
  for (const dose of doses) {
    const last = starts.at(-1);
    if (last === undefined || calendarDays(last, dose) >= shortestCycleDays) starts.push(dose);
  }
  return starts;
}

/** Before the dose, or on its day with no time that says otherwise. */
function isBefore(moment: Moment, dose: Moment): boolean {
  return moment.exact && dose.exact ? moment.at <= dose.at : calendarDays(moment, dose) >= 0;
}
