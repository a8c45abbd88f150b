import type { DisplaySet, LabelmapImage, OhifServices } from '../viewer/ohif-types.ts';

/** A DICOM SEG that the viewer has loaded. */
export interface LoadedSegmentation {
  /** Of the display set, which is also the viewer's id of the segmentation. */
  readonly segmentationId: string;
  readonly SOPInstanceUID: string;
  readonly displaySet: DisplaySet;
  readonly segments: readonly { readonly number: number; readonly label: string }[];
  /** Label images by the CT image that they lie on; several where segments overlap. */
  readonly slices: ReadonlyMap<string, readonly LabelmapImage[]>;
}

/** The SEG objects of the studies that are shown: found, loaded once, remembered. */
export class Segmentations {
  readonly #services: OhifServices;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #loaded = new Map<string, LoadedSegmentation>();
  readonly #failed = new Set<string>();
  readonly #onChange: () => void;

  /** @param onChange Called when one more is loaded or has failed. */
  constructor(services: OhifServices, onChange: () => void) {
    this.#services = services;
    this.#onChange = onChange;
  }

  /** The SEG display sets that refer to one of these series, those of the newest series last. */
  of(seriesInstanceUIDs: ReadonlySet<string>): DisplaySet[] {
    const created = ({ SeriesDate = '', SeriesTime = '' }: DisplaySet) => `${SeriesDate}${SeriesTime}`;
    return this.#services.displaySetService
      .getActiveDisplaySets()
      .filter(
        ({ Modality, referencedSeriesInstanceUID = '' }) =>
          Modality === 'SEG' && seriesInstanceUIDs.has(referencedSeriesInstanceUID),
      )
      .sort((a, b) => (created(a) < created(b) ? -1 : 1));
  }

  /** A display set that is loaded by now; starts to load it otherwise. */
  get(displaySet: DisplaySet): LoadedSegmentation | undefined {
    const id = displaySet.displaySetInstanceUID;
    // It becomes known only after the series that it refers to.
    if (displaySet.referencedDisplaySetInstanceUID == null) return undefined;
    if (!this.#loading.has(id)) this.#loading.set(id, this.#load(displaySet).finally(this.#onChange));
    return this.#loaded.get(id);
  }

  hasFailed({ displaySetInstanceUID }: DisplaySet): boolean {
    return this.#failed.has(displaySetInstanceUID);
  }

  async #load(displaySet: DisplaySet): Promise<void> {
    const { displaySetInstanceUID: id } = displaySet;
    const { Authorization } = this.#services.userAuthenticationService.getAuthorizationHeader() ?? {};
    try {
      await displaySet.load?.({ headers: Authorization === undefined ? {} : { Authorization } });
      const loaded = describe(displaySet);
      if (loaded === null) this.#failed.add(id);
      else this.#loaded.set(id, loaded);
    } catch (error) {
      this.#failed.add(id);
      console.warn('Deltascope: a segmentation could not be loaded', error);
    }
  }
}

function describe(displaySet: DisplaySet): LoadedSegmentation | null {
  const { instance, labelMapImages = [] } = displaySet;
  if (instance === undefined || labelMapImages.length === 0) return null;
  const slices = new Map<string, LabelmapImage[]>();
  for (const image of labelMapImages.flat() as LabelmapImage[]) {
    const known = slices.get(image.referencedImageId);
    if (known === undefined) slices.set(image.referencedImageId, [image]);
    else known.push(image);
  }
  const sequence = instance.SegmentSequence ?? [];
  const items = Array.isArray(sequence) ? sequence : [sequence];
  return {
    segmentationId: displaySet.displaySetInstanceUID,
    SOPInstanceUID: instance.SOPInstanceUID,
    displaySet,
    segments: items.map(({ SegmentNumber, SegmentLabel }) => ({
      number: Number(SegmentNumber),
      label: SegmentLabel ?? `Segment ${SegmentNumber}`,
    })),
    slices,
  };
}
