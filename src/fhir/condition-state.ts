import { firstMoment, hasHappened, type Moment } from './moment.ts';
import type { Condition } from './resources.ts';

/** Verification statuses under which a Condition says nothing about the patient yet, or no longer. */
const unverified = new Set(['unconfirmed', 'provisional', 'differential', 'refuted', 'entered-in-error']);
const past = new Set(['inactive', 'remission', 'resolved']);

/** A Condition that counts, with its date. */
export interface KnownCondition {
  readonly condition: Condition;
  readonly moment: Moment;
}

/**
 * Splits Conditions into those that are verified and known by `asOf`, and verified ones without any date.
 *
 * The date is that of the onset, else of the assertion, else of the record, else of the last update.
 */
export function knownConditions(
  conditions: readonly Condition[],
  asOf: Date,
): { known: KnownCondition[]; undated: Condition[] } {
  const verified = conditions.filter(
    ({ verificationStatus }) =>
      !verificationStatus?.coding?.some(({ code }) => code !== undefined && unverified.has(code)),
  );
  const known: KnownCondition[] = [];
  const undated: Condition[] = [];
  for (const condition of verified) {
    const moment = conditionMoment(condition);
    if (moment === undefined) undated.push(condition);
    else if (hasHappened(moment, asOf)) known.push({ condition, moment });
  }
  return { known, undated };
}

/** Whether a Condition is over: inactive, in remission or resolved. */
export function isPast({ clinicalStatus }: Condition): boolean {
  return clinicalStatus?.coding?.some(({ code }) => code !== undefined && past.has(code)) ?? false;
}

/** `status` of a fact taken from a Condition, which has no status of its own. */
export function conditionStatus({ verificationStatus }: Condition): string {
  return verificationStatus?.coding?.find(({ code }) => code !== undefined)?.code ?? 'recorded';
}

function conditionMoment(condition: Condition): Moment | undefined {
  const { onsetDateTime, onsetPeriod, recordedDate, extension = [], meta } = condition;
  const asserted = extension.find(({ url }) => url.endsWith('/condition-assertedDate'))?.valueDateTime;
  return firstMoment(onsetDateTime, onsetPeriod?.start, asserted, recordedDate, meta?.lastUpdated);
}
