import { type DicomDict, data, log, type ReadStream } from 'dcmjs';
import { type ElementEncoding, findElement } from './element-walk.ts';

// dcmjs quotes attribute values in its warnings, and a log must not carry patient content.
log.setLevel('silent', false);
log.getLogger('validation.dcmjs').setLevel('silent', false);

// dcmjs allocates what a length in the file says, up to 4 GiB, fills up with zeros what is not there, and cuts texts off
// without a word. It makes its streams itself, for the file and for every item, so that their class is the one place
// where all reads can be held to what is there.
const stream = data.ReadBufferStream.prototype;
const { slice, readAsciiString, readEncodedString } = stream;
stream.slice = function (this: ReadStream, start = this.startOffset, end = this.endOffset) {
  requireWithin(this, end);
  return slice.call(this, start, end);
};
stream.readAsciiString = function (this: ReadStream, length) {
  requireWithin(this, this.offset + length);
  return readAsciiString.call(this, length);
};
stream.readEncodedString = function (this: ReadStream, length) {
  requireWithin(this, this.offset + length);
  return readEncodedString.call(this, length);
};

function requireWithin({ endOffset }: ReadStream, end: number): void {
  if (end > endOffset) throw new RangeError('a value reaches beyond the end of its file or item');
}

/** Latin 1; no code extension is shorter. */
const plainCharacterSet = 'ISO_IR 100';
const characterSetTag = 0x00080005;

/**
 * Parses a DICOM Part 10 file with dcmjs. Nothing is allocated beyond what the file has bytes for.
 *
 * @param bytes File, not deflated. Not changed.
 * @param dataStart Offset of its data set.
 * @param encoding How the data set is written.
 * @throws Error of several kinds if it is damaged or breaks off, at any depth.
 */
export function parseBounded(bytes: Uint8Array, dataStart: number, encoding: ElementEncoding): DicomDict {
  const copy = new Uint8Array(bytes);
  try {
    return data.DicomMessage.readFile(copy.buffer, { ignoreErrors: false });
  } catch (error) {
    if (!(error instanceof Error && /character set/i.test(error.message))) throw error;
    // dcmjs stops at code extensions (ISO 2022). Told to ignore errors, it would drop what follows any other one, too.
    const found = findElement(copy, characterSetTag, dataStart, encoding);
    if (found === null || (found.length ?? 0) < plainCharacterSet.length) throw error;
    const value = Buffer.from(copy.buffer, found.valueStart, found.length ?? 0);
    // Names come out with wrong letters, which nothing here reads.
    value.fill(' ').write(plainCharacterSet, 'latin1');
    return data.DicomMessage.readFile(copy.buffer, { ignoreErrors: false });
  }
}
