import { type DicomDataset, itemsOf } from './dataset.ts';

/** Functional groups of one frame by keyword: its own, else those shared by all frames. */
export interface FrameGroups {
  /** The item of a group; an empty data set where the object has none. */
  one(keyword: string): DicomDataset;
  /** All items, for a group that may have several. */
  all(keyword: string): readonly DicomDataset[];
}

/** True for an object whose frames are described by functional groups: enhanced images and segmentations. */
export function hasFunctionalGroups(dataset: DicomDataset): boolean {
  return dataset.SharedFunctionalGroupsSequence !== undefined || dataset.PerFrameFunctionalGroupsSequence !== undefined;
}

/**
 * Functional groups of the frames of a multi-frame object, in frame order.
 *
 * @see DICOM PS3.3 section C.7.6.16
 */
export function functionalGroups(dataset: DicomDataset): FrameGroups[] {
  const [shared = {}] = itemsOf(dataset, 'SharedFunctionalGroupsSequence');
  return itemsOf(dataset, 'PerFrameFunctionalGroupsSequence').map((own) => {
    const all = (keyword: string) => {
      const items = itemsOf(own, keyword);
      return items.length > 0 ? items : itemsOf(shared, keyword);
    };
    return { all, one: (keyword) => all(keyword)[0] ?? {} };
  });
}
