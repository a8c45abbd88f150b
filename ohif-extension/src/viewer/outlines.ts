import type { Lesion, LesionOutline } from '../../../src/assessment/course-types.ts';
import type { LesionRisk, PanelView } from '../../../src/http/api/panel-types.ts';

/** A lesion's outline, with what is said about the lesion. */
export interface KnownOutline extends LesionOutline {
  readonly lesion: Lesion;
  readonly risk: LesionRisk | null;
}

/** The outlines that results rest on; those that were corrected later are left out. */
export function currentOutlines(view: PanelView | null): KnownOutline[] {
  if (view === null) return [];
  const risks = new Map(view.lesionRisks.map((risk) => [risk.lesion, risk]));
  return view.course.lesions.flatMap((lesion) =>
    lesion.outlines
      .filter(({ current }) => current)
      .map((outline) => ({ ...outline, lesion, risk: risks.get(lesion.key) ?? null })),
  );
}

/** The outline that a segment of a SEG instance is. */
export function outlineOfSegment(
  outlines: readonly KnownOutline[],
  SOPInstanceUID: string,
  segment: number,
): KnownOutline | undefined {
  return outlines.find((outline) => outline.segSOPInstanceUID === SOPInstanceUID && outline.segmentNumber === segment);
}
