import { z } from 'zod';
import { RequestError } from '../../errors.ts';

/** DICOM PS3.5 section 9.1: digits and dots, at most 64 characters. */
const uid = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/, 'a DICOM UID')
  .max(64);
/** FHIR R4, datatype id. */
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'a FHIR id');
const modelId = z.string().regex(/^[a-z0-9-]{1,100}$/, 'a model id');
/** Studies that a viewer shows at once, and to spare. */
const mostStudies = 20;

export const panelQuery = z.strictObject({
  StudyInstanceUIDs: z
    .string()
    .transform((text) => [...new Set(text.split(',').map((each) => each.trim()))])
    .pipe(z.array(uid).min(1).max(mostStudies))
    .describe('UIDs of the studies that the viewer shows, separated by commas'),
  patient: id.optional().describe('logical id of the FHIR Patient that the studies must be of'),
  fresh: z
    .enum(['0', '1'])
    .default('0')
    .transform((text) => text === '1')
    .describe('1: read the record now, whatever was answered before'),
});
export const patientPath = z.strictObject({ id: id.describe('logical id of the FHIR Patient') });
export const assessmentPath = z.strictObject({ id: z.uuid().describe('id of the assessment') });
export const figurePath = assessmentPath.extend({
  model: modelId.describe('id of the model'),
  figure: z
    .string()
    .regex(/^[1-9][0-9]?\.svg$/, 'a figure such as 1.svg')
    .describe('number of the figure and .svg'),
});
export const figureQuery = z.strictObject({
  theme: z.enum(['light', 'dark']).default('light').describe('for a light or a dark background'),
});
export const modelPath = z.strictObject({ id: modelId.describe('id of the model') });
export const analysisBody = z
  .strictObject({ SOPInstanceUID: uid.optional().describe('the segmentation that was stored') })
  .describe('What is new in the archive');
export const regionQuery = z.strictObject({
  StudyInstanceUID: uid.describe('the study'),
  SOPInstanceUID: uid.describe('the segmentation (DICOM SEG) of that study'),
  segmentNumber: z.coerce.number().int().min(1).max(65535).describe('number of the segment in it'),
  region: z
    .string()
    .regex(/^[a-z]+(-[0-9]+(\.[0-9]+)?)*$/, 'a region such as ring-2-2')
    .max(40)
    .describe('name of the region as features have it: ring-2-2 is the border, 2 mm outwards and 2 mm inwards'),
});
export const noQuery = z.strictObject({});

/**
 * Parses a part of a request.
 *
 * @throws RequestError `HTTP_REQUEST_INVALID` naming every wrong entry.
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new RequestError('HTTP_REQUEST_INVALID', 'request', wrong.join('; '));
}
