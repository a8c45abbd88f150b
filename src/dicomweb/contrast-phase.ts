import type { Phase } from '../models/phase.ts';
import { type DicomDataset, itemsOf, textOf } from './dataset.ts';
import type { SeriesRules } from './series-rules.ts';

/** What an image says about contrast and time. */
export interface ContrastFacts {
  readonly SeriesDescription: string | null;
  /** Whether an intravenous contrast agent is named. */
  readonly agent: boolean;
  /** Seconds of the day; null where the image does not say. */
  readonly bolusStart: number | null;
  readonly acquired: number | null;
}

/** A phase and what it was told from. */
export interface PhaseFinding {
  readonly phase: Phase;
  readonly reason: string;
}

/**
 * Reads contrast agent, start of the bolus and acquisition time.
 *
 * @param image Metadata of one image of the series.
 * @see DICOM PS3.3 sections C.7.6.4 (contrast/bolus) and C.7.6.4b (enhanced contrast/bolus)
 */
export function contrastFacts(
  rules: SeriesRules,
  SeriesDescription: string | null,
  image: DicomDataset,
): ContrastFacts {
  const agent = textOf(image, 'ContrastBolusAgent');
  const named = agent !== null || itemsOf(image, 'ContrastBolusAgentSequence').length > 0;
  const { noAgentPattern, notIntravenousPattern } = rules.contrast;
  return {
    SeriesDescription,
    agent:
      named &&
      !noAgentPattern.test(agent ?? '') &&
      !notIntravenousPattern.test(textOf(image, 'ContrastBolusRoute') ?? ''),
    bolusStart: secondsOfDay(textOf(image, 'ContrastBolusStartTime')),
    acquired: secondsOfDay(textOf(image, 'AcquisitionTime') ?? textOf(image, 'AcquisitionDateTime')?.slice(8) ?? null),
  };
}

/** HHMMSS.FFFFFF, or the older HH:MM:SS, as seconds of the day. */
function secondsOfDay(time: string | null): number | null {
  const parts = /^([01]\d|2[0-3]):?([0-5]\d):?([0-5]\d(?:\.\d+)?)/.exec(time ?? '');
  return parts === null ? null : 3600 * Number(parts[1]) + 60 * Number(parts[2]) + Number(parts[3]);
}

const day = 86_400;

/** Seconds from one time of the day to another; over midnight where that is nearer. */
function elapsed(from: number | null, to: number | null): number | null {
  if (from === null || to === null) return null;
  return ((to - from + 1.5 * day) % day) - day / 2;
}

/**
 * Contrast phase of a series: by its description, and by the seconds between bolus and scan. Where the two disagree, or
 * nothing settles it, the phase is `unknown`.
 *
 * @param study All CT series of the study: where one bolus is timed, it counts for all of them, and what was scanned without
 *   agent before any series with one is plain.
 */
export function phaseOf(
  rules: SeriesRules,
  series: ContrastFacts,
  study: readonly ContrastFacts[] = [series],
): PhaseFinding {
  const boluses = new Set(study.flatMap(({ bolusStart }) => bolusStart ?? []));
  const [onlyBolus] = boluses.size === 1 ? boluses : [null];
  const seconds = elapsed(series.bolusStart ?? onlyBolus ?? null, series.acquired);
  const described = describedPhase(rules, series, seconds);
  if (described !== null) return described;
  if (!series.agent) {
    if (isBeforeContrast(series, study)) {
      return { phase: 'plain', reason: 'no ContrastBolusAgent, acquired before the series with contrast agent' };
    }
    return { phase: 'unknown', reason: 'neither SeriesDescription nor ContrastBolusAgent says' };
  }
  if (seconds === null)
    return { phase: 'unknown', reason: 'ContrastBolusAgent present, nothing says how long before the scan' };
  const timed = `acquired ${Math.round(seconds)} s after ContrastBolusStartTime`;
  const [only, ...further] = rules.timing.filter((window) => isWithin(window, seconds));
  return { phase: only === undefined || further.length > 0 ? 'unknown' : only.phase, reason: timed };
}

function describedPhase(rules: SeriesRules, series: ContrastFacts, seconds: number | null): PhaseFinding | null {
  const rule = rules.phases.find(({ words }) => words(series.SeriesDescription) !== null);
  if (rule === undefined) return null;
  const reason = `SeriesDescription '${series.SeriesDescription}'`;
  if (rule.phase === 'unknown') return { phase: 'unknown', reason: `${reason} does not settle it` };
  const doubt = (text: string): PhaseFinding => ({
    phase: 'unknown',
    reason: `${reason} says ${rule.phase}, but ${text}`,
  });
  if (rule.contrast === 'absent' && series.agent) return doubt('ContrastBolusAgent is present');
  const windows = rules.timing.filter(({ phase }) => phase === rule.phase);
  const contradicted =
    seconds !== null &&
    (rule.phase === 'plain' ? seconds > 0 : windows.length > 0 && !windows.some((w) => isWithin(w, seconds)));
  return contradicted
    ? doubt(`it was acquired ${Math.round(seconds)} s after ContrastBolusStartTime`)
    : { phase: rule.phase, reason };
}

function isWithin({ secondsAfterBolus: [from, to] }: SeriesRules['timing'][number], seconds: number): boolean {
  return seconds >= from && seconds <= to;
}

function isBeforeContrast(series: ContrastFacts, study: readonly ContrastFacts[]): boolean {
  const enhanced = study.filter(({ agent }) => agent);
  return enhanced.length > 0 && enhanced.every(({ acquired }) => (elapsed(series.acquired, acquired) ?? 0) > 0);
}
