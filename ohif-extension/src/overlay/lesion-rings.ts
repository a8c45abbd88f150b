import type { MeasuredRegion, RegionAddress } from '../../../src/http/api/panel-types.ts';
import { type ApiFailure, failureOf, mayPass } from '../api/api-failure.ts';
import type { ViewerState } from '../state/shared-state.ts';
import type { KnownOutline } from '../viewer/outlines.ts';
import { outlinePath } from './outline-path.ts';
import { paneTitle } from './pane-title.ts';

/** A ring that was asked for. */
interface Reading {
  readonly StudyInstanceUID: string;
  /** Null until it is there. */
  region: MeasuredRegion | null;
  /** Null unless the last attempt failed. */
  failure: ApiFailure | null;
  failedAt: number;
  /** By SOPInstanceUID of the image; made when the image is shown. */
  readonly paths: Map<string, string>;
}

/** Before a service that did not answer is asked for a ring again (ms). */
const pauseMs = 10_000;

/** The rings that features are taken from, voxel by voxel, as the service has them; asked for when somebody wants to see them. */
export class LesionRings {
  readonly #read: (address: RegionAddress) => Promise<MeasuredRegion>;
  readonly #onChange: () => void;
  readonly #readings = new Map<string, Reading>();
  /** Studies with an outline that no ring was measured on: of several phases the results may rest on another one. */
  readonly #withoutRing = new Set<string>();

  /** @param onChange Called when one more has come or failed. */
  constructor(read: (address: RegionAddress) => Promise<MeasuredRegion>, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** The rings of an outline in an image as SVG paths in pixel indices; none of a ring that is still on its way. */
  in(SOPInstanceUID: string, outline: KnownOutline): string[] {
    const rings = ringsOf(outline);
    if (rings.length === 0) this.#withoutRing.add(outline.StudyInstanceUID);
    return rings.flatMap((address) => pathIn(this.#reading(address), SOPInstanceUID) ?? []);
  }

  /** What a reader who wants to see rings must know, a sentence each. */
  notices({ view, overlay, shownStudies }: ViewerState): string[] {
    if (!overlay.visible || !overlay.ring) return [];
    const readings = [...this.#readings.values()];
    const sentences = shownStudies.flatMap((study) => {
      const title = paneTitle(view, study);
      const ofStudy = readings.filter(({ StudyInstanceUID }) => StudyInstanceUID === study);
      if (title === null) return [];
      if (ofStudy.length === 0) {
        return this.#withoutRing.has(study)
          ? [`${title}: no result rests on a ring around the outline that is shown`]
          : [];
      }
      return ofStudy.flatMap(({ region, failure }) => {
        if (region !== null) return [];
        return failure === null
          ? [`${title}: the ring region is being read from the service`]
          : [`${title}: the ring region can not be shown: ${failure.text}`];
      });
    });
    return [...new Set(sentences)];
  }

  #reading(address: RegionAddress): Reading {
    const key = `${address.SOPInstanceUID} ${address.segmentNumber} ${address.region}`;
    const known = this.#readings.get(key);
    const isToRepeat = known?.failure != null && mayPass(known.failure) && Date.now() - known.failedAt > pauseMs;
    if (known !== undefined && !isToRepeat) return known;
    const { StudyInstanceUID } = address;
    const reading: Reading = { StudyInstanceUID, region: null, failure: null, failedAt: 0, paths: new Map() };
    this.#readings.set(key, reading);
    void this.#read(address)
      .then(
        (region) => {
          reading.region = region;
        },
        (error: unknown) => {
          reading.failure = failureOf(error);
          reading.failedAt = Date.now();
        },
      )
      .finally(this.#onChange);
    return reading;
  }
}

/** The rings that a result of the lesion rests on, of this outline. */
function ringsOf({ lesion, StudyInstanceUID, segSOPInstanceUID, segmentNumber, phase }: KnownOutline): RegionAddress[] {
  const measured = lesion.features.filter(
    (feature) =>
      feature.region !== 'tumour' &&
      feature.phase === phase &&
      feature.points.some((point) => point.StudyInstanceUID === StudyInstanceUID),
  );
  return [...new Set(measured.map(({ region }) => region))].map((region) => ({
    StudyInstanceUID,
    SOPInstanceUID: segSOPInstanceUID,
    segmentNumber,
    region,
  }));
}

function pathIn({ region, paths }: Reading, SOPInstanceUID: string): string | undefined {
  const image = region?.images.find((each) => each.SOPInstanceUID === SOPInstanceUID);
  if (region === null || image === undefined) return undefined;
  const known = paths.get(SOPInstanceUID);
  if (known !== undefined) return known;
  const { columns, rows } = region;
  const mask = new Uint8Array(columns * rows);
  for (let at = 0; at + 1 < image.runs.length; at += 2) {
    const [start = 0, length = 0] = image.runs.slice(at, at + 2);
    mask.fill(1, start, start + length);
  }
  const path = outlinePath(mask, columns, rows, 1);
  paths.set(SOPInstanceUID, path);
  return path;
}
