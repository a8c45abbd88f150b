import { type DicomElements, data } from 'dcmjs';
import { z } from 'zod';
import { DicomError } from '../errors.ts';
import type { DicomDataset } from './dataset.ts';

const datasetsSchema = z.array(
  z.record(
    z.string().regex(/^[0-9A-Fa-f]{8}$/),
    z.looseObject({ vr: z.string(), Value: z.array(z.unknown()).optional() }),
  ),
);

/**
 * Data sets of a DICOM JSON answer.
 *
 * @param answer Parsed JSON.
 * @param subject What was asked for, for the message.
 * @throws DicomError `PACS_RESPONSE_INVALID` if it is no DICOM JSON.
 * @see DICOM PS3.18 annex F
 */
export function readDicomJson(answer: unknown, subject: string): DicomDataset[] {
  const parsed = datasetsSchema.safeParse(answer);
  if (parsed.success) {
    try {
      return parsed.data.map((elements) => data.DicomMetaDictionary.naturalizeDataset(elements as DicomElements));
    } catch {
      // An item of a sequence that is no data set; reported as below.
    }
  }
  throw new DicomError('PACS_RESPONSE_INVALID', subject, 'the answer is not DICOM JSON: check the DICOMweb address');
}
