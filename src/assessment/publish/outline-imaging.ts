import type { DicomwebClient } from '../../dicomweb/client.ts';
import { retrieveSegment, retrieveVolume } from '../../dicomweb/retrieve-imaging.ts';
import type { SegmentMask, SeriesVolume } from '../../dicomweb/types.ts';
import { DicomError, RadiomicsError } from '../../errors.ts';
import type { LesionOutline } from '../course-types.ts';

/** A CT series with an outline on it. */
export interface OutlinedSeries {
  readonly series: SeriesVolume;
  readonly segment: SegmentMask;
}

/** Retrieves an outline with its CT series. */
export type OutlineImaging = (outline: LesionOutline, segSeriesInstanceUID: string) => Promise<OutlinedSeries>;

/** {@link OutlineImaging} of one publication. It keeps what was asked for last: the volumes of a whole course would not fit. */
export function createOutlineImaging(client: DicomwebClient): OutlineImaging {
  const volume = keepLast<SeriesVolume>();
  const mask = keepLast<SegmentMask>();
  return async (outline, segSeriesInstanceUID) => {
    const { SeriesInstanceUID, segSOPInstanceUID, segmentNumber } = outline;
    const series = await volume(SeriesInstanceUID, () => retrieveVolume(client, outline));
    const segment = await mask(`${SeriesInstanceUID} ${segSOPInstanceUID} ${segmentNumber}`, () =>
      retrieveSegment(client, series, { ...outline, segSeriesInstanceUID }),
    );
    return { series, segment };
  };
}

function keepLast<T>(): (key: string, read: () => Promise<T>) => Promise<T> {
  let last: { readonly key: string; readonly value: T } | undefined;
  return async (key, read) => {
    if (last?.key !== key) {
      last = undefined;
      last = { key, value: await read() };
    }
    return last.value;
  };
}

/** True for what keeps one region from being drawn; an archive that fails is not that. */
export function isAboutTheRegion(error: unknown): error is Error {
  return error instanceof RadiomicsError || (error instanceof DicomError && error.code.startsWith('SEG_'));
}
