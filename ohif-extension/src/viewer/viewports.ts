import type { CornerstoneViewport, DicomInstanceMetadata, DisplaySet, OhifServices } from './ohif-types.ts';

/** A pane that shows images, with what it shows. */
export interface ShownSeries {
  readonly viewportId: string;
  readonly viewport: CornerstoneViewport;
  readonly displaySet: DisplaySet;
}

const movedByReader = new WeakSet<HTMLElement>();

/** Takes note that the reader chose what a pane shows: nobody else moves it from now on. */
export function noteReader(element: HTMLElement): void {
  movedByReader.add(element);
}

export function wasMovedByReader(element: HTMLElement): boolean {
  return movedByReader.has(element);
}

/** The panes that show images by now. */
export function shownSeries({
  viewportGridService,
  cornerstoneViewportService,
  displaySetService,
}: OhifServices): ShownSeries[] {
  return [...viewportGridService.getState().viewports.values()].flatMap(({ viewportId, displaySetInstanceUIDs }) => {
    const viewport = cornerstoneViewportService.getCornerstoneViewport(viewportId);
    const displaySet = displaySetInstanceUIDs
      .map((uid) => displaySetService.getDisplaySetByUID(uid))
      .find((set) => set !== undefined && instancesOf(set).length > 0 && set.Modality !== 'SEG');
    return viewport === null || displaySet === undefined ? [] : [{ viewportId, viewport, displaySet }];
  });
}

/** Instances of a series of images. */
export function instancesOf({ images, instances }: DisplaySet): readonly DicomInstanceMetadata[] {
  return images ?? instances ?? [];
}

/** Position in the stack of an image; -1 where it is not in the stack. */
export function stackIndexOf({ viewport, displaySet }: ShownSeries, SOPInstanceUID: string): number {
  const instance = instancesOf(displaySet).find((candidate) => candidate.SOPInstanceUID === SOPInstanceUID);
  const imageIds = viewport.getImageIds?.() ?? [];
  const byId = instance?.imageId === undefined ? -1 : imageIds.indexOf(instance.imageId);
  if (byId >= 0) return byId;
  // The address of an image holds its UID as a path segment, whatever server it is on.
  return imageIds.findIndex((imageId) => imageId.split(/[/?&=]/).includes(SOPInstanceUID));
}

/** SOPInstanceUID of an image of the series; undefined where the viewer does not say. */
export function sopInstanceOf({ displaySet }: Pick<ShownSeries, 'displaySet'>, imageId: string): string | undefined {
  const all = instancesOf(displaySet);
  const byId = all.find((candidate) => candidate.imageId === imageId);
  const inAddress = new Set(imageId.split(/[/?&=]/));
  return (byId ?? all.find(({ SOPInstanceUID }) => inAddress.has(SOPInstanceUID)))?.SOPInstanceUID;
}

/** Shows an image of the stack. */
export async function showImage({ viewport }: ShownSeries, index: number): Promise<void> {
  if (viewport.getCurrentImageIdIndex?.() === index) return;
  await viewport.setImageIdIndex?.(index);
  viewport.render();
}
