import type { OhifServices } from '../viewer/ohif-types.ts';
import type { LesionSegment } from './pane-content.ts';
import { rgba } from './risk-style.ts';

/**
 * Whether the viewer fills a segmentation in a pane itself, because the reader works on it or has opened it by the viewer's own means.
 * A second filling would hide what changes.
 */
export function isFilledByViewer(
  { segmentationService }: OhifServices,
  viewportId: string,
  segmentationId: string,
): boolean {
  return segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0;
}

/** Gives the viewer's own filling the colours of the risk groups: any other would be taken for one of them. */
export function colourViewersFilling(
  { segmentationService }: OhifServices,
  viewportId: string,
  segmentationId: string,
  lesions: readonly LesionSegment[],
): void {
  for (const { number, style } of lesions) {
    const wanted = rgba(style);
    const current = segmentationService.getSegmentColor(viewportId, segmentationId, number);
    // Each colour that is set is told as a change.
    if (wanted.some((value, at) => value !== current?.[at])) {
      segmentationService.setSegmentColor(viewportId, segmentationId, number, wanted);
    }
  }
}
