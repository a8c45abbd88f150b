import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { dailyDose } from './daily-dose.ts';
import { conceptsOf, isNamed } from './drug-match.ts';
import type { Fact, FactProblem } from './facts.ts';
import { calendarDays, firstMoment, hasHappened, type Moment, parseMoment } from './moment.ts';
import { type Dosage, type MedicationUse, referenceTo } from './resources.ts';
import type { Glucocorticoids } from './therapy-schema.ts';
import { roundTo12Digits } from './units.ts';

type Glucocorticoid = Glucocorticoids['drugs'][number];

/** A glucocorticoid that is being taken, with the prednisone equivalent of its daily dose or why that is not known. */
interface Use {
  readonly inn: string;
  readonly resourceType: string;
  readonly moment: Moment;
  readonly source: string;
  readonly dose: { readonly prednisoneMgPerDay: number } | { readonly why: string };
}

/**
 * Dose of systemic glucocorticoids at `asOf`, prednisone equivalent in mg a day: the sum over the drugs, by active orders and
 * statements.
 *
 * One drug that is both ordered and stated counts once, by the larger. A drug whose dose, frequency or route is not recorded makes
 * the sum unknown, and that is said. No record of any is no fact: it does not prove that none is taken.
 */
export function readSteroids(reading: Reading): Findings {
  const uses = reading.chart.medicationUses.flatMap((use) => currentUse(use, reading) ?? []);
  const given = recentAdministrations(reading, new Set(uses.map(({ inn }) => inn)));
  const problems = [...uses.flatMap(withoutDose), ...given];
  // A sum over a part of the drugs would be too low.
  const unread = ['MedicationRequest', 'MedicationStatement', 'Medication'].some((type) => reading.unread.has(type));
  if (uses.length === 0 || problems.length > 0 || unread) return { facts: [], problems };
  return { facts: [total(uses)], problems: [] };
}

function total(uses: readonly Use[]): Fact {
  const doses = [...new Set(uses.map(({ inn }) => inn))].map((inn) => {
    const own = uses.filter((use) => use.inn === inn);
    const byType = ['MedicationRequest', 'MedicationStatement'].map((type) =>
      own
        .filter(({ resourceType }) => resourceType === type)
        .reduce((sum, { dose }) => sum + ('why' in dose ? 0 : dose.prednisoneMgPerDay), 0),
    );
    return { inn, mg: Math.max(...byType) };
  });
  const [newest] = uses.toSorted((a, b) => b.moment.at - a.moment.at);
  const parts = doses.map(({ inn, mg }) => `${inn} (${roundTo12Digits(mg)} mg/d)`);
  return {
    key: 'steroidDose',
    value: roundTo12Digits(doses.reduce((sum, { mg }) => sum + mg, 0)),
    unit: 'mg/d',
    date: newest?.moment.text ?? '',
    sources: uses.map(({ source }) => source),
    status: 'derived',
    derivation: `prednisone equivalent of ${parts.join(' + ')}`,
  };
}

function withoutDose({ inn, source, dose }: Use): FactProblem[] {
  if (!('why' in dose)) return [];
  const text = `The dose of ${inn} a day is unknown: ${dose.why}`;
  return [{ code: 'FACT_UNRECOGNISED', key: 'steroidDose', source, text }];
}

/** An active order or a statement that holds at `asOf`; undefined for anything else. */
function currentUse(use: MedicationUse, reading: Reading): Use | undefined {
  if (use.resourceType === 'MedicationAdministration') return undefined;
  const found = glucocorticoidIn(use, reading);
  const dosages = (use.resourceType === 'MedicationRequest' ? use.dosageInstruction : use.dosage) ?? [];
  if (found === undefined || isNotSystemic(dosages, reading)) return undefined;
  const moment = use.resourceType === 'MedicationRequest' ? orderedSince(use, reading) : takenSince(use, reading);
  if (moment === undefined) return undefined;
  const { inn, drug, systemic } = found;
  const common = { inn, resourceType: use.resourceType, moment, source: referenceTo(use) };
  if (drug === undefined) return { ...common, dose: { why: 'no equivalence factor is known for it' } };
  const known = systemic || dosages.some(({ route }) => isSystemicRoute(route, reading));
  if (!known) return { ...common, dose: { why: 'its route is not recorded' } };
  return { ...common, dose: equivalent(dosages, drug, reading.mappings.eligibility.glucocorticoids) };
}

function equivalent(dosages: readonly Dosage[], drug: Glucocorticoid, table: Glucocorticoids): Use['dose'] {
  if (dosages.length === 0) return { why: 'no dose is recorded' };
  const doses = dosages.map((dosage) => dailyDose(dosage, table.timings));
  const unknown = doses.find((dose) => 'why' in dose);
  if (unknown !== undefined) return unknown;
  const mg = doses.reduce((sum, dose) => sum + ('why' in dose ? 0 : dose.mgPerDay), 0);
  return { prednisoneMgPerDay: (mg / drug.equivalentMg) * table.prednisoneMg };
}

type Request = Extract<MedicationUse, { resourceType: 'MedicationRequest' }>;
type Statement = Extract<MedicationUse, { resourceType: 'MedicationStatement' }>;

/** Orders that are only planned or proposed are none; neither is one whose time is over or has not come. */
function orderedSince(
  { status, intent, doNotPerform, authoredOn, dosageInstruction = [] }: Request,
  { asOf }: Reading,
): Moment | undefined {
  if (status !== 'active' || doNotPerform === true || !(intent ?? 'order').endsWith('order')) return undefined;
  const moment = parseMoment(authoredOn);
  const bounds = dosageInstruction.flatMap(({ timing }) => timing?.repeat?.boundsPeriod ?? []);
  const holds = bounds.length === 0 || bounds.some((period) => holdsAt(period, asOf));
  return moment !== undefined && hasHappened(moment, asOf) && holds ? moment : undefined;
}

function takenSince(
  { status, effectiveDateTime, effectivePeriod, dateAsserted }: Statement,
  { asOf }: Reading,
): Moment | undefined {
  const asserted = parseMoment(dateAsserted);
  const moment = firstMoment(effectivePeriod?.start, effectiveDateTime, dateAsserted);
  if (moment === undefined || !hasHappened(moment, asOf)) return undefined;
  if (asserted !== undefined && !hasHappened(asserted, asOf)) return undefined;
  const ended = status === 'completed' && effectivePeriod?.end === undefined;
  if (ended || !['active', 'completed'].includes(status)) return undefined;
  return effectivePeriod === undefined || holdsAt(effectivePeriod, asOf) ? moment : undefined;
}

function holdsAt(
  { start, end }: { readonly start?: string | undefined; readonly end?: string | undefined },
  asOf: Date,
): boolean {
  const from = parseMoment(start);
  const to = parseMoment(end);
  if (from !== undefined && !hasHappened(from, asOf)) return false;
  // A period that ends with a date includes that day.
  return to === undefined || to.at + (to.exact ? 0 : 86_400_000) > asOf.getTime();
}

interface Found {
  readonly inn: string;
  readonly drug: Glucocorticoid | undefined;
  /** Whether the code or the form of the product says that it is for systemic use. */
  readonly systemic: boolean;
}

function glucocorticoidIn(use: MedicationUse, { chart, mappings }: Reading): Found | undefined {
  const { drugs, systems, systemicAtcPrefix, systemicForms } = mappings.eligibility.glucocorticoids;
  const concepts = conceptsOf(use, chart.resolve);
  const codings = concepts.flatMap(({ coding = [] }) => coding);
  const codesOf = (of: readonly string[]) =>
    codings.flatMap(({ system, code }) =>
      system !== undefined && code !== undefined && of.includes(system) ? [code] : [],
    );
  const atc = codesOf(systems.atc);
  const systemicAtc = atc.find((code) => code.startsWith(systemicAtcPrefix));
  if (systemicAtc !== undefined) {
    const drug = drugs.find((each) => each.atc.includes(systemicAtc));
    return { inn: drug?.inn ?? systemicAtc, drug, systemic: true };
  }
  // Another ATC code places the product elsewhere: an ointment, eye drops, an inhaler.
  if (atc.length > 0) return undefined;
  const rxnorm = codesOf(systems.rxnorm);
  const drug =
    drugs.find((each) => each.rxnorm.some((code) => rxnorm.includes(code))) ??
    drugs.find(({ inn }) => concepts.some((concept) => isNamed({ names: [inn] }, concept)));
  if (drug === undefined) return undefined;
  const systemic = systemicForms.some((form) => concepts.some((concept) => isNamed({ names: [form] }, concept)));
  return { inn: drug.inn, drug, systemic };
}

function isSystemicRoute(route: Dosage['route'], { mappings }: Reading): boolean {
  return isInSet(mappings.eligibility.glucocorticoids.systemicRoutes, route);
}

/** Every dosage has a coded route, and none of them is systemic. */
function isNotSystemic(dosages: readonly Dosage[], reading: Reading): boolean {
  return (
    dosages.length > 0 && dosages.every(({ route }) => route?.coding !== undefined && !isSystemicRoute(route, reading))
  );
}

/** Administrations say no daily dose: where nothing else does, that is reported. */
function recentAdministrations(reading: Reading, known: ReadonlySet<string>): FactProblem[] {
  const { administrationDays } = reading.mappings.eligibility.glucocorticoids;
  const now = parseMoment(reading.asOf.toISOString());
  const recent = reading.chart.medicationUses.flatMap((use) => {
    if (use.resourceType !== 'MedicationAdministration' || !['in-progress', 'completed'].includes(use.status))
      return [];
    const found = glucocorticoidIn(use, reading);
    const moment = firstMoment(use.effectiveDateTime, use.effectivePeriod?.start, use.effectivePeriod?.end);
    if (found === undefined || known.has(found.inn) || moment === undefined || now === undefined) return [];
    const within = hasHappened(moment, reading.asOf) && calendarDays(moment, now) <= administrationDays;
    return within ? [{ inn: found.inn, moment, source: referenceTo(use) }] : [];
  });
  const [first] = recent.toSorted((a, b) => b.moment.at - a.moment.at);
  if (first === undefined) return [];
  const text = `${first.inn} was administered on ${first.moment.text.slice(0, 10)}, without an order or statement that says a dose a day`;
  return [{ code: 'FACT_UNRECOGNISED', key: 'steroidDose', source: first.source, text }];
}
