import { calendarDays, type Moment } from './moment.ts';
import type { Dose, TherapyEvent } from './therapy-events.ts';
import type { LineRules } from './therapy-schema.ts';

/** What kind of drugs a regimen holds; `other` where none is chemotherapy or a checkpoint inhibitor. */
export type RegimenClass = 'chemo-immunotherapy' | 'chemotherapy' | 'immunotherapy' | 'other';

/** One line of systemic therapy. */
export interface TherapyLine {
  /** From 1. */
  readonly number: number;
  readonly first: Dose;
  /** Last day of a dose so far. */
  readonly end: Moment;
  readonly doses: readonly Dose[];
  /** INNs in alphabetical order, a checkpoint inhibitor first. */
  readonly regimen: readonly string[];
  readonly regimenClass: RegimenClass;
  /** What made it a new line; `first` for line 1. */
  readonly beganBy: 'first' | 'progression' | 'gap' | 'drug-change';
  /** The progression before it, where that began it. */
  readonly progression?: TherapyEvent;
}

interface Draft {
  readonly beganBy: TherapyLine['beganBy'];
  readonly progression?: TherapyEvent;
  readonly doses: Dose[];
  /** Names given within the regimen's window, and what stood in for them or was added for maintenance. */
  readonly names: Set<string>;
}

/**
 * Lines of therapy from doses and progressions, by the rules of `mappings/therapies.json`.
 *
 * @param doses Oldest first.
 * @param progressions Oldest first; one counts once a dose went before it, several without a dose between them are one.
 * @returns Oldest first; empty without a dose.
 */
export function therapyLines(
  doses: readonly Dose[],
  progressions: readonly TherapyEvent[],
  rules: LineRules,
): TherapyLine[] {
  const drafts: Draft[] = [];
  for (const dose of doses) {
    const line = drafts.at(-1);
    const began = line === undefined ? ({ beganBy: 'first' } as const) : beginning(dose, line, progressions, rules);
    if (line === undefined || began !== undefined) {
      drafts.push({ ...(began ?? { beganBy: 'first' }), doses: [dose], names: new Set(dose.names) });
    } else {
      line.doses.push(dose);
      for (const name of dose.names) line.names.add(name);
    }
  }
  return drafts.flatMap((draft, at) => toLine(draft, at + 1));
}

/** Why a dose begins a new line; undefined if it belongs to the present one. */
function beginning(
  dose: Dose,
  { doses, names }: Draft,
  progressions: readonly TherapyEvent[],
  { regimenDays, gapDays, substitutes, maintenance }: LineRules,
): Pick<Draft, 'beganBy' | 'progression'> | undefined {
  const [first] = doses;
  if (first === undefined) return undefined;
  const progression = progressions.find(({ moment }) => first.moment.at < moment.at && moment.at < dose.moment.at);
  if (progression !== undefined) return { beganBy: 'progression', progression };
  if (doses.every(({ until }) => calendarDays(until, dose.moment) > gapDays)) return { beganBy: 'gap' };
  if (calendarDays(first.moment, dose.moment) <= regimenDays) return undefined;
  const belongs = (name: string) =>
    names.has(name) ||
    maintenance.includes(name) ||
    substitutes.some((group) => group.includes(name) && group.some((each) => names.has(each)));
  return dose.names.every(belongs) ? undefined : { beganBy: 'drug-change' };
}

function toLine({ beganBy, progression, doses, names }: Draft, number: number): TherapyLine[] {
  const [first] = doses;
  if (first === undefined) return [];
  const inhibitors = new Set(doses.flatMap(({ drugs }) => namesOf(drugs, 'checkpoint-inhibitor')));
  const chemotherapy = new Set(doses.flatMap(({ drugs }) => namesOf(drugs, 'chemotherapy')));
  const regimen = [...names].toSorted(
    (a, b) => Number(inhibitors.has(b)) - Number(inhibitors.has(a)) || a.localeCompare(b),
  );
  const end = doses.map(({ until }) => until).reduce((last, each) => (each.at > last.at ? each : last));
  const common = {
    number,
    first,
    end,
    doses,
    regimen,
    regimenClass: classOf(inhibitors.size, chemotherapy.size),
    beganBy,
  };
  return [progression === undefined ? common : { ...common, progression }];
}

function namesOf(drugs: Dose['drugs'], group: Dose['drugs'][number]['group']): string[] {
  return drugs.filter((drug) => drug.group === group).map(({ inn }) => inn);
}

function classOf(inhibitors: number, chemotherapy: number): RegimenClass {
  if (inhibitors > 0) return chemotherapy > 0 ? 'chemo-immunotherapy' : 'immunotherapy';
  return chemotherapy > 0 ? 'chemotherapy' : 'other';
}
