import { RadiomicsError } from '../errors.ts';
import type { Dims, Vector } from '../radiomics/volume.ts';

/** How a sample is stored. */
export interface SampleType {
  readonly kind: 'integer' | 'unsigned' | 'float';
  readonly bytes: 1 | 2 | 4 | 8;
}

/** What an NRRD header says, checked. */
export interface NrrdHeader {
  readonly type: SampleType;
  readonly dims: Dims;
  readonly encoding: 'raw' | 'gzip';
  readonly littleEndian: boolean;
  /** Steps from voxel to voxel along the grid axes (mm, LPS). */
  readonly steps: readonly [Vector, Vector, Vector];
  /** Centre of the first voxel (mm, LPS). */
  readonly originMm: Vector;
  /** Where the samples begin in the file. */
  readonly dataOffset: number;
}

const sampleTypes: Readonly<Record<string, SampleType>> = Object.fromEntries(
  (
    [
      ['integer', 1, 'signed char, int8, int8_t'],
      ['unsigned', 1, 'uchar, unsigned char, uint8, uint8_t'],
      ['integer', 2, 'short, short int, signed short, signed short int, int16, int16_t'],
      ['unsigned', 2, 'ushort, unsigned short, unsigned short int, uint16, uint16_t'],
      ['integer', 4, 'int, signed int, int32, int32_t'],
      ['unsigned', 4, 'uint, unsigned int, uint32, uint32_t'],
      ['integer', 8, 'longlong, long long, long long int, signed long long, signed long long int, int64, int64_t'],
      ['unsigned', 8, 'ulonglong, unsigned long long, unsigned long long int, uint64, uint64_t'],
      ['float', 4, 'float'],
      ['float', 8, 'double'],
    ] as const
  ).flatMap(([kind, bytes, names]) => names.split(', ').map((name) => [name, { kind, bytes }])),
);

/** Signs that turn x, y and z of a space into LPS. */
const spaces: Readonly<Record<string, Vector>> = {
  'left-posterior-superior': [1, 1, 1],
  lps: [1, 1, 1],
  'right-anterior-superior': [-1, -1, 1],
  ras: [-1, -1, 1],
  'left-anterior-superior': [1, -1, 1],
  las: [1, -1, 1],
};

/** Bytes of samples beyond which an image is refused: 4000 slices of 512 x 512 in 16 bits. */
const mostBytes = 2 ** 31;

/** The errors of one file. */
export function nrrdErrors(name: string) {
  return {
    invalid: (text: string, options?: ErrorOptions) =>
      new RadiomicsError('NRRD_INVALID', name, `${text}; write the file again`, options),
    unsupported: (text: string) => new RadiomicsError('NRRD_UNSUPPORTED', name, text),
  };
}

/** Splits a header into its fields; keys in lower case. */
function readFields(bytes: Uint8Array, name: string): { fields: ReadonlyMap<string, string>; dataOffset: number } {
  const { invalid } = nrrdErrors(name);
  const ascii = new TextDecoder('latin1');
  const fields = new Map<string, string>();
  let at = 0;
  for (let first = true; ; first = false) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw invalid('the header does not end with an empty line');
    const line = ascii.decode(bytes.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
    if (first) {
      if (!/^NRRD000[1-5]$/.test(line)) throw invalid('not an NRRD file: it does not begin with NRRD0001 to NRRD0005');
      continue;
    }
    if (line === '') return { fields, dataOffset: at };
    if (line.startsWith('#') || line.includes(':=')) continue;
    const colon = line.indexOf(': ');
    if (colon < 0) throw invalid(`header line without a value: ${line.slice(0, 60)}`);
    fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 2).trim());
  }
}

function readNumbers(text: string, count: number, field: string, name: string): number[] {
  const numbers = text.split(/[\s,()]+/).filter((part) => part !== '');
  const values = numbers.map(Number);
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw nrrdErrors(name).invalid(`${field}: expected ${count} numbers, found "${text}"`);
}

function readVector(text: string, field: string, name: string): Vector {
  const [x = 0, y = 0, z = 0] = readNumbers(text, 3, field, name);
  return [x, y, z];
}

/** Voxel steps and origin, in LPS. */
function readGrid(fields: ReadonlyMap<string, string>, name: string): Pick<NrrdHeader, 'steps' | 'originMm'> {
  const { unsupported, invalid } = nrrdErrors(name);
  const space = fields.get('space')?.toLowerCase();
  const signs = space === undefined ? spaces.lps : spaces[space];
  if (signs === undefined) throw unsupported(`space "${space}" is not read; save it in left-posterior-superior`);
  const toLps = (v: Vector): Vector => [v[0] * signs[0], v[1] * signs[1], v[2] * signs[2]];
  const originMm = toLps(readVector(fields.get('space origin') ?? '(0,0,0)', 'space origin', name));
  const directions = fields.get('space directions');
  if (directions === undefined) {
    const spacings = readVector(fields.get('spacings') ?? '1 1 1', 'spacings', name);
    const [x, y, z] = spacings;
    return { steps: [toLps([x, 0, 0]), toLps([0, y, 0]), toLps([0, 0, z])], originMm };
  }
  if (/none/i.test(directions)) throw unsupported('space directions without a direction: only scalar images are read');
  const values = readNumbers(directions, 9, 'space directions', name);
  const step = (axis: number) => toLps([values[3 * axis] ?? 0, values[3 * axis + 1] ?? 0, values[3 * axis + 2] ?? 0]);
  const steps = [step(0), step(1), step(2)] as const;
  if (steps.some((v) => Math.hypot(...v) === 0)) throw invalid('space directions has a zero vector');
  return { steps, originMm };
}

function readDims(fields: ReadonlyMap<string, string>, { bytes }: SampleType, name: string): Dims {
  const { unsupported, invalid } = nrrdErrors(name);
  const dimension = fields.get('dimension');
  if (dimension !== '3') throw unsupported(`dimension ${dimension ?? 'missing'}: only scalar images in 3D are read`);
  const dims = readVector(fields.get('sizes') ?? '', 'sizes', name);
  if (!dims.every((n) => Number.isInteger(n) && n > 0))
    throw invalid(`sizes must be positive integers: ${dims.join(' ')}`);
  if (dims[0] * dims[1] * dims[2] * bytes > mostBytes)
    throw unsupported(`${dims.join(' x ')} voxels of ${bytes} bytes are more than 2 GiB; crop the image`);
  return dims;
}

/**
 * Reads the header of an NRRD file.
 *
 * @param bytes The file.
 * @param name Its name, for error messages.
 * @throws RadiomicsError `NRRD_INVALID` if it is not an NRRD header, `NRRD_UNSUPPORTED` if the data are detached, not 3D,
 *   or in a type, encoding or space that is not read.
 * @see teem.sourceforge.net/nrrd/format.html
 */
export function readNrrdHeader(bytes: Uint8Array, name: string): NrrdHeader {
  const { unsupported } = nrrdErrors(name);
  const { fields, dataOffset } = readFields(bytes, name);
  if (fields.has('data file') || fields.has('datafile')) {
    throw unsupported('detached header: the samples are in another file; save header and samples as one .nrrd');
  }
  for (const skip of ['line skip', 'lineskip', 'byte skip', 'byteskip']) {
    if ((fields.get(skip) ?? '0') !== '0') throw unsupported(`${skip} is not read; save the file without it`);
  }
  const typeName = fields.get('type') ?? 'missing';
  const type = sampleTypes[typeName.toLowerCase()];
  if (type === undefined) throw unsupported(`type ${typeName} is not read; save it as an integer or float type`);
  const encoding = fields.get('encoding') ?? 'missing';
  if (!['raw', 'gzip', 'gz'].includes(encoding))
    throw unsupported(`encoding ${encoding} is not read; save it as gzip or raw`);
  const endian = fields.get('endian') ?? 'missing';
  if (type.bytes > 1 && !['little', 'big'].includes(endian)) {
    throw nrrdErrors(name).invalid(`endian is ${endian}, must be little or big for ${typeName}`);
  }
  return {
    type,
    dims: readDims(fields, type, name),
    encoding: encoding === 'raw' ? 'raw' : 'gzip',
    littleEndian: endian !== 'big',
    ...readGrid(fields, name),
    dataOffset,
  };
}
