import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { numberWords } from '../panel/words.ts';
import type { ViewerState } from '../state/shared-state.ts';
import type { DisplaySet } from '../viewer/ohif-types.ts';
import { currentOutlines, type KnownOutline, outlineOfSegment } from '../viewer/outlines.ts';
import type { DrawnLesion } from './lesion-layer.ts';
import type { LesionShapes } from './lesion-shapes.ts';
import { type RiskStyle, riskStyle } from './risk-style.ts';
import type { LoadedSegmentation } from './segmentations.ts';

/** A segment that is a lesion, or may be one while the service has not said. */
export interface LesionSegment {
  readonly number: number;
  readonly label: string;
  /** Undefined while nothing is known. */
  readonly outline: KnownOutline | undefined;
  readonly style: RiskStyle;
}

/** The segments of a SEG that are drawn: the lesions that the service knows, or all of them while it has not answered. */
export function lesionSegments(
  view: PanelView | null,
  { SOPInstanceUID, segments }: LoadedSegmentation,
): LesionSegment[] {
  const outlines = currentOutlines(view);
  return segments.flatMap(({ number, label }) => {
    const outline = outlineOfSegment(outlines, SOPInstanceUID, number);
    if (outline === undefined && view !== null) return [];
    return [{ number, label, outline, style: riskStyle(outline?.risk?.group ?? null) }];
  });
}

/**
 * Which of the segmentations of a series are drawn: those that results rest on, or the newest one while nothing is known.
 *
 * @param candidates Oldest first.
 */
export function segmentationsToDraw(view: PanelView | null, candidates: readonly DisplaySet[]): DisplaySet[] {
  if (view === null) return candidates.slice(-1);
  const used = new Set(currentOutlines(view).map(({ segSOPInstanceUID }) => segSOPInstanceUID));
  return candidates.filter(({ instance }) => instance !== undefined && used.has(instance.SOPInstanceUID));
}

/**
 * The lesions of a segmentation in an image.
 *
 * @param filled Whether somebody else fills them.
 */
export function lesionsIn(
  { view, selectedLesion, shownStudies, overlay }: ViewerState,
  loaded: LoadedSegmentation,
  imageId: string,
  shapes: LesionShapes,
  filled: boolean,
): DrawnLesion[] {
  return lesionSegments(view, loaded).map(({ number, label, outline, style }) => {
    const key = outline?.lesion.key ?? `${loaded.SOPInstanceUID}/${number}`;
    return {
      key,
      name: outline?.lesion.label ?? label,
      style,
      opacity: filled ? 0 : overlay.opacity,
      selected: key === selectedLesion,
      shapes: shapes.in(loaded, imageId, number),
      ...textOf(view, outline, shownStudies),
    };
  });
}

/** The risk stands at the newest outline, on which it rests; at earlier ones stands what was measured then. */
function textOf(
  view: PanelView | null,
  outline: KnownOutline | undefined,
  shownStudies: readonly string[],
): { risk: string | null; change: string | null } {
  if (view === null || outline === undefined) return { risk: null, change: null };
  const newest = outline.lesion.outlines.filter(({ current }) => current).at(-1);
  if (newest?.StudyInstanceUID !== outline.StudyInstanceUID) return { risk: null, change: sizeWords(outline) };
  const { risk } = outline;
  // Why a lesion is not assessable is a sentence, and stands in the panel.
  const text = risk?.group === null ? riskStyle(null).word : risk?.text;
  return { risk: text ?? null, change: changeWords(view, outline, shownStudies) ?? sizeWords(outline) };
}

/** Beside the baseline a change is read as the change since then, so that is what is said there. */
function changeWords(view: PanelView, { risk }: KnownOutline, shownStudies: readonly string[]): string | null {
  const baseline = view.course.studies.find(({ visits }) => visits.includes('baseline'))?.StudyInstanceUID;
  const besideBaseline = baseline !== undefined && shownStudies.includes(baseline);
  return (besideBaseline ? risk?.changeSinceBaseline : null) ?? risk?.change ?? null;
}

function sizeWords({ volumeMl, axialDiameterMm }: KnownOutline): string | null {
  const parts = [
    ...(axialDiameterMm === null ? [] : [`${numberWords(axialDiameterMm)} mm`]),
    ...(volumeMl === null ? [] : [`${numberWords(volumeMl)} mL`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}
