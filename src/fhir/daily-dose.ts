import type { Dosage } from './resources.ts';
import type { Glucocorticoids } from './therapy-schema.ts';
import { convertQuantity } from './units.ts';

/** Days in the units of time that FHIR knows (UCUM codes); months and years of the Gregorian calendar on average. */
const days: Readonly<Record<string, number>> = {
  s: 1 / 86_400,
  min: 1 / 1440,
  h: 1 / 24,
  d: 1,
  wk: 7,
  mo: 30.4375,
  a: 365.25,
};

/** A dose a day, or why it can't be told. */
export type DailyDose = { readonly mgPerDay: number } | { readonly why: string };

/**
 * The dose a day that one dosage states: its dose times how often it is taken.
 *
 * Nothing is assumed: a dose without a frequency, "as needed", in tablets or in words only has no daily dose. The limit that
 * `maxDosePerPeriod` sets is no dose that is taken.
 *
 * @param timings Doses a day by coded timing (`BID`).
 */
export function dailyDose(
  { doseAndRate = [], timing, asNeededBoolean }: Dosage,
  timings: Glucocorticoids['timings'],
): DailyDose {
  if (asNeededBoolean === true) return { why: 'it is taken as needed' };
  const [dose] = doseAndRate.flatMap(({ doseQuantity }) => (doseQuantity === undefined ? [] : [doseQuantity]));
  if (dose === undefined || doseAndRate.length > 1) return { why: 'no single dose is recorded as a quantity' };
  const converted = convertQuantity(dose, 'mg', {});
  if ('code' in converted) return { why: `its dose ${converted.why}` };
  const perDay = timesPerDay(timing, timings);
  return perDay === undefined
    ? { why: 'how often it is taken is not recorded' }
    : { mgPerDay: converted.value * perDay };
}

function timesPerDay(timing: Dosage['timing'], { system, perDay }: Glucocorticoids['timings']): number | undefined {
  const { frequency, period, periodUnit = '' } = timing?.repeat ?? {};
  const unit = days[periodUnit];
  if (frequency !== undefined && period !== undefined && period > 0 && unit !== undefined)
    return frequency / (period * unit);
  const coding = timing?.code?.coding?.find((each) => each.system === system && each.code !== undefined);
  return coding?.code === undefined ? undefined : perDay[coding.code];
}
