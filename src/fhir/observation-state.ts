import { firstMoment, hasHappened, type Moment, parseMoment } from './moment.ts';
import type { Observation } from './resources.ts';

/** Whether an Observation is released for use: what is preliminary may still change. */
export function isFinal({ status }: Observation): boolean {
  return status === 'final' || status === 'amended' || status === 'corrected';
}

/** Whether an Observation was taken back. */
export function isWithdrawn({ status }: Observation): boolean {
  return status === 'entered-in-error' || status === 'cancelled';
}

/** When an Observation was true: for a laboratory result, when the sample was taken. */
export function effectiveMoment(observation: Observation): Moment | undefined {
  const { effectiveDateTime, effectiveInstant, effectivePeriod } = observation;
  return firstMoment(effectiveDateTime, effectiveInstant, effectivePeriod?.start, effectivePeriod?.end);
}

/** When an Observation was true; the time of its report where nothing else is known. */
export function observationMoment(observation: Observation): Moment | undefined {
  return effectiveMoment(observation) ?? firstMoment(observation.issued);
}

/**
 * Whether an Observation of this moment was known by `asOf`: true of a time up to then, and reported by then.
 *
 * `issued` is when this version was made available, so a result that was corrected later was not known in this form.
 * `meta.lastUpdated` says nothing here: a migration or a new index touches every resource.
 */
export function isKnownBy({ issued }: Observation, moment: Moment, asOf: Date): boolean {
  const reported = parseMoment(issued);
  return hasHappened(moment, asOf) && (reported === undefined || hasHappened(reported, asOf));
}

/**
 * The results that an Observation holds: its own value, and each component as an Observation of its own with the date, subject
 * and status of the whole.
 *
 * A panel (a tumour size, a blood count) has components and no value; it is none of the results itself.
 */
export function resultsOf(observation: Observation): Observation[] {
  const { component = [], ...own } = observation;
  if (component.length === 0) return [observation];
  const { valueQuantity, valueInteger, valueString, valueCodeableConcept, interpretation, referenceRange, ...shared } =
    own;
  const hasValue = [valueQuantity, valueInteger, valueString, valueCodeableConcept].some(
    (value) => value !== undefined,
  );
  return [...(hasValue ? [own] : []), ...component.map((part) => ({ ...shared, ...part }))];
}
