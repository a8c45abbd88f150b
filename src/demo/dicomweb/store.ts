import type { Part } from '../../dicomweb/multipart.ts';
import { DicomError } from '../../errors.ts';
import type { Archive, StoredInstance } from './archive.ts';
import type { JsonDataset } from './dicom-json-elements.ts';
import { pathOf } from './query.ts';

/** Failure reasons of the store service. DICOM PS3.18 section 10.5.3, PS3.4 table B.2-1. */
const cannotUnderstand = 0xc000;
const otherStudy = 0xc409;

/**
 * Stores the parts of a STOW-RS request.
 *
 * @param study StudyInstanceUID that the request was addressed to; others are refused.
 * @returns HTTP status (200 all stored, 202 some, 409 none) and the response data set.
 * @see DICOM PS3.18 section 10.5
 */
export async function storeParts(
  archive: Archive,
  parts: readonly Part[],
  root: string,
  study?: string,
): Promise<{ status: number; dataset: JsonDataset }> {
  const stored: JsonDataset[] = [];
  const failed: JsonDataset[] = [];
  for (const part of parts) {
    const { instance, reason } = await storePart(archive, part, study);
    if (instance !== null && reason === null) stored.push(storedItem(instance, root));
    else failed.push({ ...referenceItem(instance), '00081197': { vr: 'US', Value: [reason] } });
  }
  return {
    status: failed.length === 0 ? 200 : stored.length > 0 ? 202 : 409,
    dataset: {
      '00081198': { vr: 'SQ', ...(failed.length > 0 && { Value: failed }) },
      '00081199': { vr: 'SQ', ...(stored.length > 0 && { Value: stored }) },
    },
  };
}

async function storePart(
  archive: Archive,
  { contentType, body }: Part,
  study: string | undefined,
): Promise<{ instance: StoredInstance | null; reason: number | null }> {
  if (contentType !== 'application/dicom') return { instance: null, reason: cannotUnderstand };
  try {
    const instance = archive.describe(body);
    if (study !== undefined && instance.StudyInstanceUID !== study) return { instance, reason: otherStudy };
    return { instance: await archive.store(instance, body), reason: null };
  } catch (error) {
    if (error instanceof DicomError) return { instance: null, reason: cannotUnderstand };
    throw error;
  }
}

function referenceItem(instance: StoredInstance | null): JsonDataset {
  if (instance === null) return {};
  return {
    '00081150': { vr: 'UI', Value: [instance.SOPClassUID] },
    '00081155': { vr: 'UI', Value: [instance.SOPInstanceUID] },
  };
}

function storedItem(instance: StoredInstance, root: string): JsonDataset {
  return { ...referenceItem(instance), '00081190': { vr: 'UR', Value: [root + pathOf('instance', instance)] } };
}
