import { firstMoment, type Moment } from './moment.ts';
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
