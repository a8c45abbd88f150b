import { firstMoment, hasHappened, type Moment, parseMoment } from './moment.ts';
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
 * The date is that of the onset, else of the assertion, else of the record, else of the last update. What began before `asOf` and
 * was asserted or recorded after it was not known then.
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
    else if (hasHappened(moment, asOf) && wasRecordedBy(condition, asOf)) known.push({ condition, moment });
  }
  return { known, undated };
}

/** Whether a Condition is over by `asOf`: inactive, in remission or resolved, unless that came later. */
export function isPast({ clinicalStatus, abatementDateTime, abatementPeriod }: Condition, asOf: Date): boolean {
  const abated = firstMoment(abatementDateTime, abatementPeriod?.start);
  if (abated !== undefined && !hasHappened(abated, asOf)) return false;
  return clinicalStatus?.coding?.some(({ code }) => code !== undefined && past.has(code)) ?? false;
}

/** `status` of a fact taken from a Condition, which has no status of its own. */
export function conditionStatus({ verificationStatus }: Condition): string {
  return verificationStatus?.coding?.find(({ code }) => code !== undefined)?.code ?? 'recorded';
}

function conditionMoment(condition: Condition): Moment | undefined {
  const { onsetDateTime, onsetPeriod, recordedDate, meta } = condition;
  return firstMoment(onsetDateTime, onsetPeriod?.start, assertedDate(condition), recordedDate, meta?.lastUpdated);
}

function wasRecordedBy(condition: Condition, asOf: Date): boolean {
  return [assertedDate(condition), condition.recordedDate].every((date) => {
    const moment = parseMoment(date);
    return moment === undefined || hasHappened(moment, asOf);
  });
}

function assertedDate({ extension = [] }: Condition): string | undefined {
  return extension.find(({ url }) => url.endsWith('/condition-assertedDate'))?.valueDateTime;
}
