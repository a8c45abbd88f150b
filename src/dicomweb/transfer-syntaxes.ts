/** How compressed pixel data is written; `jpeg-dct` is baseline and extended JPEG. */
export type Compression = 'rle' | 'jpeg-dct' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** What the reader must know of a transfer syntax. */
export interface TransferSyntax {
  readonly name: string;
  /** How the elements are written. Compressed pixel data always stands in an explicit little endian data set. */
  readonly encoding: 'implicit' | 'explicit' | 'big-endian' | 'deflated';
  /** Null where PixelData is not compressed. */
  readonly compression: Compression | null;
  /** True where the syntax may lose detail. */
  readonly lossy: boolean;
}

export const explicitLittleEndian = '1.2.840.10008.1.2.1';

function uncompressed(name: string, encoding: TransferSyntax['encoding']): TransferSyntax {
  return { name, encoding, compression: null, lossy: false };
}

function compressed(name: string, compression: Compression, lossy = false): TransferSyntax {
  return { name, encoding: 'explicit', compression, lossy };
}

/** Transfer syntaxes that are read. DICOM PS3.6 table A-1. */
const readable: Readonly<Record<string, TransferSyntax>> = {
  '1.2.840.10008.1.2': uncompressed('Implicit VR Little Endian', 'implicit'),
  [explicitLittleEndian]: uncompressed('Explicit VR Little Endian', 'explicit'),
  '1.2.840.10008.1.2.1.99': uncompressed('Deflated Explicit VR Little Endian', 'deflated'),
  '1.2.840.10008.1.2.2': uncompressed('Explicit VR Big Endian', 'big-endian'),
  '1.2.840.10008.1.2.4.50': compressed('JPEG Baseline', 'jpeg-dct', true),
  '1.2.840.10008.1.2.4.51': compressed('JPEG Extended', 'jpeg-dct', true),
  '1.2.840.10008.1.2.4.57': compressed('JPEG Lossless', 'jpeg-lossless'),
  '1.2.840.10008.1.2.4.70': compressed('JPEG Lossless, First-Order Prediction', 'jpeg-lossless'),
  '1.2.840.10008.1.2.4.80': compressed('JPEG-LS Lossless', 'jpeg-ls'),
  '1.2.840.10008.1.2.4.81': compressed('JPEG-LS Near-Lossless', 'jpeg-ls', true),
  '1.2.840.10008.1.2.4.90': compressed('JPEG 2000 Lossless', 'jpeg-2000'),
  '1.2.840.10008.1.2.4.91': compressed('JPEG 2000', 'jpeg-2000', true),
  '1.2.840.10008.1.2.4.201': compressed('High-Throughput JPEG 2000 Lossless', 'htj2k'),
  '1.2.840.10008.1.2.4.202': compressed('High-Throughput JPEG 2000 RPCL Lossless', 'htj2k'),
  '1.2.840.10008.1.2.4.203': compressed('High-Throughput JPEG 2000', 'htj2k', true),
  '1.2.840.10008.1.2.5': compressed('RLE Lossless', 'rle'),
};

/** Further ones, to refuse them by name. */
const otherNames: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.98': 'Encapsulated Uncompressed Explicit VR Little Endian',
  '1.2.840.10008.1.2.4.53': 'JPEG Spectral Selection',
  '1.2.840.10008.1.2.4.55': 'JPEG Full Progression',
  '1.2.840.10008.1.2.4.92': 'JPEG 2000 Part 2 Multi-component Lossless',
  '1.2.840.10008.1.2.4.93': 'JPEG 2000 Part 2 Multi-component',
  '1.2.840.10008.1.2.4.94': 'JPIP Referenced',
  '1.2.840.10008.1.2.4.95': 'JPIP Referenced Deflate',
  '1.2.840.10008.1.2.4.100': 'MPEG2 Main Profile / Main Level',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 AVC/H.264 High Profile',
  '1.2.840.10008.1.2.4.110': 'JPEG XL Lossless',
  '1.2.840.10008.1.2.4.111': 'JPEG XL JPEG Recompression',
  '1.2.840.10008.1.2.4.112': 'JPEG XL',
  '1.2.840.113619.5.2': 'GE Private Implicit VR Big Endian',
};

/** The transfer syntax of a UID, undefined where it can't be read. */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return Object.hasOwn(readable, uid) ? readable[uid] : undefined;
}

/** True where PixelData stands in the file as little endian values, so that its bytes are those of a DICOMweb frame. */
export function isNativeLittleEndian(uid: string): boolean {
  const syntax = transferSyntaxOf(uid);
  return syntax?.compression === null && (syntax.encoding === 'implicit' || syntax.encoding === 'explicit');
}

/** `JPEG-LS Lossless (1.2.840.10008.1.2.4.80)`, or the UID alone where the name is not known. */
export function describeTransferSyntax(uid: string): string {
  const name = transferSyntaxOf(uid)?.name ?? (Object.hasOwn(otherNames, uid) ? otherNames[uid] : undefined);
  return name === undefined ? uid : `${name} (${uid})`;
}
