import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { writeMultipart } from '../../dicomweb/multipart.ts';
import { parsePart10 } from '../../dicomweb/part10.ts';
import { explicitLittleEndian, isNativeLittleEndian } from '../../dicomweb/transfer-syntaxes.ts';
import { RequestError } from '../../errors.ts';
import type { StoredInstance } from './archive.ts';
import { type JsonDataset, pixelDataTag, toDicomJson } from './dicom-json-elements.ts';
import { pathOf } from './query.ts';

const octetStream = `application/octet-stream; transfer-syntax=${explicitLittleEndian}`;

/** Metadata of instances, with PixelData as an address. DICOM PS3.18 section 10.4.1.1.2. */
export async function readMetadata(instances: readonly StoredInstance[], root: string): Promise<JsonDataset[]> {
  const metadata: JsonDataset[] = [];
  for (const instance of instances) {
    const { dict } = parsePart10(await readFile(instance.file), instance.SOPInstanceUID);
    metadata.push(toDicomJson(dict, `${root}${pathOf('instance', instance)}/bulkdata/${pixelDataTag}`));
  }
  return metadata;
}

/** Sends the files as they are stored, as `multipart/related; type="application/dicom"`. */
export async function sendInstances(response: Response, instances: readonly StoredInstance[]): Promise<void> {
  await sendMultipart(
    response,
    'application/dicom',
    instances.map(({ file, TransferSyntaxUID }) => ({
      contentType: `application/dicom; transfer-syntax=${TransferSyntaxUID}`,
      body: () => readFile(file),
    })),
  );
}

/** Sends the value of PixelData as it is stored. */
export async function sendPixelData(response: Response, instance: StoredInstance): Promise<void> {
  const { bytes } = await readPixels(instance);
  await sendMultipart(response, 'application/octet-stream', [{ contentType: octetStream, body: async () => bytes }]);
}

/**
 * Sends frames of an uncompressed image.
 *
 * @param numbers Frame numbers, from 1.
 * @throws RequestError `HTTP_NOT_FOUND` for a frame that is not there, `HTTP_NOT_ACCEPTABLE` for compressed pixel data and
 *   for frames that do not begin on a byte (segmentations: retrieve the instance).
 */
export async function sendFrames(
  response: Response,
  instance: StoredInstance,
  numbers: readonly number[],
): Promise<void> {
  const { bytes, frames, bitsPerFrame } = await readPixels(instance);
  if (numbers.some((number) => !(number >= 1 && number <= frames))) {
    throw new RequestError('HTTP_NOT_FOUND', 'frames', `there are ${frames} frames: ask for one of them`);
  }
  if (bitsPerFrame % 8 !== 0) {
    throw new RequestError('HTTP_NOT_ACCEPTABLE', 'frames', 'frames do not begin on a byte: retrieve the instance');
  }
  const length = bitsPerFrame / 8;
  await sendMultipart(
    response,
    'application/octet-stream',
    numbers.map((number) => ({
      contentType: octetStream,
      body: async () => bytes.subarray((number - 1) * length, number * length),
    })),
  );
}

async function readPixels({ file, SOPInstanceUID, TransferSyntaxUID }: StoredInstance) {
  if (!isNativeLittleEndian(TransferSyntaxUID)) {
    const text = 'the pixel data is not stored little endian and not converted here: retrieve the instance';
    throw new RequestError('HTTP_NOT_ACCEPTABLE', SOPInstanceUID, text);
  }
  const { dict } = parsePart10(await readFile(file), SOPInstanceUID);
  const value = dict[pixelDataTag]?.Value?.[0];
  if (!(value instanceof ArrayBuffer)) {
    throw new RequestError('HTTP_NOT_FOUND', SOPInstanceUID, 'the object has no pixel data: ask for its metadata');
  }
  const number = (tag: string, otherwise: number) => Number(dict[tag]?.Value?.[0] ?? otherwise);
  return {
    bytes: new Uint8Array(value),
    frames: number('00280008', 1),
    bitsPerFrame: number('00280010', 0) * number('00280011', 0) * number('00280002', 1) * number('00280100', 0),
  };
}

async function sendMultipart(
  response: Response,
  type: string,
  parts: Iterable<{ contentType: string; body: () => Promise<Uint8Array> }>,
): Promise<void> {
  const boundary = randomUUID();
  response.setHeader('Content-Type', `multipart/related; type="${type}"; boundary=${boundary}`);
  await pipeline(Readable.from(writeMultipart(boundary, parts)), response);
}
