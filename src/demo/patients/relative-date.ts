const dayMs = 86_400_000;

/**
 * The date some days before another.
 *
 * @param referenceDate YYYY-MM-DD.
 * @param days Whole days back.
 * @returns YYYY-MM-DD.
 * @throws RangeError if the reference is not a calendar date of that form.
 */
export function dateBefore(referenceDate: string, days: number): string {
  const time = Date.parse(`${referenceDate}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(referenceDate) || Number.isNaN(time))
    throw new RangeError(`referenceDate: got "${referenceDate}", write it as YYYY-MM-DD`);
  return new Date(time - days * dayMs).toISOString().slice(0, 10);
}

/**
 * A birth date that gives the age on the reference date, about four months after the birthday.
 *
 * @param ageYears Completed years.
 * @returns YYYY-MM-DD.
 */
export function birthDateFor(referenceDate: string, ageYears: number): string {
  const birthday = dateBefore(referenceDate, 120);
  const year = String(Number(birthday.slice(0, 4)) - ageYears);
  // 29 February has no counterpart in most years.
  return `${year}${birthday.slice(4)}`.replace('-02-29', '-02-28');
}
