import type { LoadedSegmentation } from '../overlay/segmentations.ts';
import { isFilledByViewer } from '../overlay/viewers-filling.ts';
import type { OhifServices, Subscription } from './ohif-types.ts';

/** A segmentation in the reader's hands. */
interface Handed {
  readonly viewportId: string;
  readonly loaded: LoadedSegmentation;
  /** Its labels when it was handed over. */
  readonly labels: number;
}

/**
 * Hands outlines to the viewer's drawing tools. They change what the viewer itself draws, so while they are open it draws the
 * segmentations of the active pane. What was not changed is taken back afterwards; what was stays, to be sent.
 */
export class OutlineEditing {
  readonly #services: OhifServices;
  readonly #segmentationsIn: (viewportId: string) => readonly LoadedSegmentation[];
  #handed: Handed[] = [];
  #following: Subscription | null = null;

  /** @param segmentationsIn What the overlay draws in a pane. */
  constructor(services: OhifServices, segmentationsIn: (viewportId: string) => readonly LoadedSegmentation[]) {
    this.#services = services;
    this.#segmentationsIn = segmentationsIn;
  }

  /** The reader has opened the drawing tools. */
  open(): void {
    const { viewportGridService } = this.#services;
    this.#following ??= viewportGridService.subscribe(
      viewportGridService.EVENTS.ACTIVE_VIEWPORT_ID_CHANGED ?? '',
      () => void this.#handOver(),
    );
    void this.#handOver();
  }

  /** The reader has left the drawing tools. */
  close(): void {
    this.#following?.unsubscribe();
    this.#following = null;
    const { segmentationService } = this.#services;
    for (const { viewportId, loaded, labels } of this.#handed) {
      if (labelSum(loaded) !== labels) continue;
      const { segmentationId } = loaded;
      segmentationService.removeRepresentationsFromViewport(viewportId, { segmentationId });
    }
    this.#handed = [];
  }

  async #handOver(): Promise<void> {
    const { viewportGridService, segmentationService } = this.#services;
    const viewportId = viewportGridService.getActiveViewportId();
    if (viewportId === null) return;
    for (const loaded of this.#segmentationsIn(viewportId)) {
      const { segmentationId } = loaded;
      if (isFilledByViewer(this.#services, viewportId, segmentationId)) continue;
      const labels = labelSum(loaded);
      await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId, type: 'Labelmap' });
      this.#handed.push({ viewportId, loaded, labels });
      // The reader may have left before it was there.
      if (this.#following === null) this.close();
    }
  }
}

/** A number that differs where labels differ. */
function labelSum({ slices }: LoadedSegmentation): number {
  let sum = 0;
  for (const image of [...slices.values()].flat()) {
    const labels = image.voxelManager.getScalarData();
    sum = Math.imul(sum, 31) + 1;
    for (let at = 0; at < labels.length; at++) {
      const label = labels[at] ?? 0;
      if (label !== 0) sum = (Math.imul(sum, 31) + label + Math.imul(at, 257)) | 0;
    }
  }
  return sum;
}
