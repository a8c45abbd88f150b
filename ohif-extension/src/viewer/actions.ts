import type { LesionOutline } from '../../../src/assessment/course-types.ts';
import { lungWindow } from '../hanging-protocols.ts';
import type { ViewerActions } from '../state/viewer-actions.ts';
import type { OhifServices } from './ohif-types.ts';
import { type ShownSeries, showImage, shownSeries, stackIndexOf } from './viewports.ts';

/** Longest wait until a pane shows the series that it was told to show (ms). */
const patienceMs = 20_000;
const pauseMs = 50;

/**
 * What the panel asks of the viewer.
 *
 * @param onMoved Called with the element of a pane that was moved.
 */
export function createViewerActions(
  services: OhifServices,
  onMoved: (element: HTMLElement) => void = () => undefined,
): ViewerActions {
  const { viewportGridService, displaySetService } = services;
  const paneWith = (SeriesInstanceUID: string) =>
    shownSeries(services).find(({ displaySet }) => displaySet.SeriesInstanceUID === SeriesInstanceUID);
  const showsStudy = (StudyInstanceUID: string) =>
    shownSeries(services).some(({ displaySet }) => displaySet.StudyInstanceUID === StudyInstanceUID);

  async function put(outline: LesionOutline, viewportId: string): Promise<boolean> {
    const displaySet = displaySetService
      .getActiveDisplaySets()
      .find(({ SeriesInstanceUID, Modality }) => SeriesInstanceUID === outline.SeriesInstanceUID && Modality !== 'SEG');
    if (displaySet === undefined) return false;
    viewportGridService.setDisplaySetsForViewports([
      {
        viewportId,
        displaySetInstanceUIDs: [displaySet.displaySetInstanceUID],
        displaySetOptions: [{ voi: lungWindow }],
      },
    ]);
    for (const end = Date.now() + patienceMs; Date.now() < end; ) {
      const pane = paneWith(outline.SeriesInstanceUID);
      if (pane !== undefined && pane.viewport.getActors().length > 0 && keyIndex(pane, outline) >= 0)
        return goTo(pane, outline);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return false;
  }

  async function goTo(pane: ShownSeries, outline: LesionOutline): Promise<boolean> {
    const index = keyIndex(pane, outline);
    if (index < 0) return false;
    if (viewportGridService.getActiveViewportId() !== pane.viewportId)
      viewportGridService.setActiveViewportId(pane.viewportId);
    onMoved(pane.viewport.element);
    await showImage(pane, index);
    return true;
  }

  return {
    showsStudy,
    async jumpToOutline(outline) {
      const pane = paneWith(outline.SeriesInstanceUID);
      if (pane !== undefined) return goTo(pane, outline);
      const sameStudy = shownSeries(services).find(
        ({ displaySet }) => displaySet.StudyInstanceUID === outline.StudyInstanceUID,
      );
      // Another phase of the same study is shown: its pane takes the series that was outlined.
      return sameStudy === undefined ? false : put(outline, sameStudy.viewportId);
    },
    async openOutline(outline) {
      const active = viewportGridService.getActiveViewportId();
      return active === null ? false : put(outline, active);
    },
  };
}

function keyIndex(pane: ShownSeries, { keySOPInstanceUID }: LesionOutline): number {
  return keySOPInstanceUID === null ? -1 : stackIndexOf(pane, keySOPInstanceUID);
}
