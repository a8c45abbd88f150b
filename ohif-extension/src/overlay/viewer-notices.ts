import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { currentOutlines } from '../viewer/outlines.ts';
import type { ShownSeries } from '../viewer/viewports.ts';
import { segmentationsToDraw } from './pane-content.ts';
import { paneTitle } from './pane-title.ts';
import type { Segmentations } from './segmentations.ts';

/**
 * What the reader must know about the drawing itself, a sentence each. What the studies lack, such as a segmentation, is said
 * by the service.
 */
export function viewerNotices(
  view: PanelView | null,
  panes: readonly ShownSeries[],
  segmentations: Segmentations,
): string[] {
  return panes.flatMap(({ displaySet: { SeriesInstanceUID, StudyInstanceUID } }) => {
    const title = paneTitle(view, StudyInstanceUID);
    if (title === null) return [];
    const drawn = segmentationsToDraw(view, segmentations.of(new Set([SeriesInstanceUID])));
    const expected = currentOutlines(view).filter((outline) => outline.SeriesInstanceUID === SeriesInstanceUID);
    if (drawn.some((set) => segmentations.hasFailed(set))) {
      return [`${title}: the segmentation could not be loaded; no lesion is drawn`];
    }
    if (drawn.some(({ overlappingSegments }) => overlappingSegments === true)) {
      return [`${title}: segments overlap; where they do, their colours mix`];
    }
    if (drawn.length === 0 && expected.length > 0) {
      return [`${title}: reload the viewer to see the segmentation that the results rest on`];
    }
    return [];
  });
}
