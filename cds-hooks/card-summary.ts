import type { Assessment } from '../src/assessment/assessment.ts';
import { capitalise, outcomeNumber, roundedPercent, standingFirst } from '../src/assessment/wording.ts';
import { formatDate } from '../src/models/calendar.ts';
import { endpointWords } from '../src/models/endpoint-words.ts';
import type { ModelResult, Outcome } from '../src/models/model-result.ts';
import { drugWords, type JudgedOrders } from './orders.ts';

/** CDS Hooks: fewer than 140 characters. */
const longestSummary = 139;

/** Who, what, risk and standing: "High risk of progression (about 70%) on atezolizumab; site-fitted model, CT 12 Oct, labs 14 Oct". */
export function assessedSummary(assessment: Assessment, result: ModelResult, orders: JudgedOrders | null): string {
  const first = `${standingFirst(result.model.standing)}${headline(result)}${onDrugs(orders)}`;
  return fitted(first, [...standingWords(result), ...dates(assessment, result)]);
}

/** What is lacking for a result: "Risk on atezolizumab not assessable: LDH missing". */
export function notAssessableSummary(assessment: Assessment, result: ModelResult, orders: JudgedOrders | null): string {
  const first = `${standingFirst(result.model.standing)}risk${onDrugs(orders)} not assessable`;
  const sentences = whatLacks(assessment, result).map((lack) => `${first}: ${lack}`);
  return fitted(sentences.find(({ length }) => length <= longestSummary) ?? first, []);
}

/** A sentence that fits, with as many of the further parts as there is room for. */
export function fitted(sentence: string, parts: readonly string[]): string {
  const text = capitalise(sentence);
  for (let count = parts.length; count > 0; count--) {
    const whole = `${text}; ${parts.slice(0, count).join(', ')}`;
    if (whole.length <= longestSummary) return whole;
  }
  return text.length <= longestSummary ? text : `${text.slice(0, longestSummary - 3).trimEnd()}...`;
}

function onDrugs(orders: JudgedOrders | null): string {
  return orders === null ? '' : ` on ${drugWords(orders)}`;
}

function standingWords({ model: { standing, version } }: ModelResult): string[] {
  if (standing === 'published') return ['published model'];
  return standing === 'site-fitted' ? [`site model ${version}`] : [];
}

function headline({ group, outcomes }: ModelResult): string {
  const outcome = outcomes.find((each) => each.group === group && group !== null) ?? outcomes[0];
  if (outcome === undefined) return 'risk';
  const what = endpointWords(outcome.endpoint);
  if (outcome.classification !== null) return `${outcome.classification} (${outcomeNumber(outcome)})`;
  if (outcome.kind === 'relative-hazard' && group === null) return `${outcomeNumber(outcome)} hazard of ${what}`;
  if (outcome.kind === 'relative-odds' && group === null) return `${outcomeNumber(outcome)} odds of ${what}`;
  return `${group === null ? 'risk' : `${group} risk`} of ${what} (${riskNumber(outcome)})`;
}

/** By a month rather than against a reference patient, where the model knows it: "about 70% by 12 months". */
function riskNumber(outcome: Outcome): string {
  const last = outcome.risks.at(-1);
  if (outcome.kind !== 'relative-hazard' || last === undefined) return outcomeNumber(outcome);
  return `${roundedPercent(last.probability)} by ${last.months} months`;
}

/** What stops the result, from the most said to the shortest; context that is missing besides does not stop it. */
function whatLacks({ imaging }: Assessment, { missing }: ModelResult): string[] {
  const required = missing.filter(({ kind }) => kind !== 'context');
  const fromImages = required.filter(({ kind }) => kind === 'signature' || kind === 'feature');
  if (imaging.state === 'pending' && fromImages.length > 0) return ['image analysis is pending'];
  const mendable = required.filter(({ kind }) => kind !== 'unpublished').map(({ label }) => label);
  const [first, second] = mendable;
  if (first === undefined) {
    const why =
      required.length > 0
        ? 'the study does not publish all of its model'
        : 'not known whether the model is for this patient';
    return [why];
  }
  const others = mendable.length - 1;
  const counted = mendable.length === 1 ? `${first} missing` : `${first} and ${others} more missing`;
  const named =
    mendable.length > 2 ? `${first}, ${second} and ${others - 1} more missing` : `${mendable.join(', ')} missing`;
  return [named, counted, 'data are missing'];
}

function dates({ asOf }: Assessment, { imaging, used, context }: ModelResult): string[] {
  const labs = [...used, ...context].flatMap(({ date, upperLimit, unit }) =>
    date !== null && (upperLimit !== null || unit?.includes('/L') === true) ? [date] : [],
  );
  const newestLab = labs.sort().at(-1);
  const newestStudy = imaging
    .flatMap(({ studyDate }) => studyDate ?? [])
    .sort()
    .at(-1);
  return [
    ...(newestStudy === undefined ? [] : [`CT ${shortDate(newestStudy, asOf)}`]),
    ...(newestLab === undefined ? [] : [`labs ${shortDate(newestLab, asOf)}`]),
  ];
}

/** Without the year where it is the present one: a summary has 140 characters, the detail has the whole date. */
function shortDate(iso: string, asOf: string): string {
  const date = formatDate(iso);
  return iso.slice(0, 4) === asOf.slice(0, 4) ? date.replace(/ \d{4}$/, '') : date;
}
