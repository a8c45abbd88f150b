import lesionKinds from '../../../mappings/lesion-kinds.json' with { type: 'json' };
import type { Lesion } from '../../../src/assessment/course-types.ts';
import type { Drawing, LesionKind, SegmentMeaning } from '../viewer/drawing-actions.ts';

const kinds: readonly LesionKind[] = lesionKinds.kinds;

/** A choice that the reader has for a drawn segment. */
export interface MeaningChoice {
  /** `lesion:<key>` or `new:<kind>`. */
  readonly value: string;
  readonly label: string;
}

/** The lesions that are followed already, then a new one of each kind. */
export function meaningChoices(lesions: readonly Lesion[]): { followed: MeaningChoice[]; added: MeaningChoice[] } {
  return {
    followed: lesions
      .filter(({ kind }) => kindOf(kind) !== undefined)
      .map(({ key, label, site }) => ({
        value: `lesion:${key}`,
        label: site === null ? label : `${label}, ${site}`,
      })),
    added: kinds.map(({ kind, label }) => ({ value: `new:${kind}`, label: `New: ${label.toLowerCase()}` })),
  };
}

/** The lesion that a segment's label already names: what the reader most likely corrected. Empty where there is none. */
export function likelyMeaning({ label }: Drawing['segments'][number], lesions: readonly Lesion[]): string {
  const same = lesions.find((lesion) => lesion.label.toLowerCase() === label.trim().toLowerCase());
  return same === undefined || kindOf(same.kind) === undefined ? '' : `lesion:${same.key}`;
}

/**
 * What is stored, segment by segment; those that are to be left out, or of which nothing is said, are not in it.
 *
 * @param choices `MeaningChoice.value` of each segment.
 * @param newUid Makes a UID for a lesion that was not followed before.
 */
export function meaningsOf(
  choices: readonly { readonly index: number; readonly value: string }[],
  lesions: readonly Lesion[],
  newUid: () => string,
): SegmentMeaning[] {
  const taken = new Set(lesions.map(({ label }) => label));
  return choices.flatMap(({ index, value }): SegmentMeaning[] => {
    const lesion = lesions.find(({ key }) => value === `lesion:${key}`);
    const kind = lesion === undefined ? kinds.find((each) => value === `new:${each.kind}`) : kindOf(lesion.kind);
    if (kind === undefined) return [];
    if (lesion !== undefined) {
      // A lesion that no SEG tracks has a key that is no UID: then its kind says which one it is.
      const tracking = /^[0-9.]+$/.test(lesion.key) ? { TrackingID: lesion.label, TrackingUID: lesion.key } : null;
      return [{ index, kind, label: lesion.label, tracking }];
    }
    const label = freeLabel(kind.label, taken);
    taken.add(label);
    return [{ index, kind, label, tracking: { TrackingID: label, TrackingUID: newUid() } }];
  });
}

function kindOf(name: string): LesionKind | undefined {
  return kinds.find(({ kind }) => kind === name);
}

/** "Metastasis", or "Metastasis 2" where there is one already. */
function freeLabel(label: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? label : `${label} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
