/** The part of dcmjs that Deltascope uses; the package carries no types of its own. */
declare module 'dcmjs' {
  /** One element of a data set as dcmjs keeps it, close to the DICOM JSON model. */
  export interface DicomElement {
    vr: string;
    Value?: unknown[];
  }
  /** Elements by tag: eight hexadecimal digits, upper case. */
  export type DicomElements = Record<string, DicomElement>;

  export interface ReadOptions {
    /** Goes on after an element it can't read, and returns what it has. */
    ignoreErrors?: boolean;
    /** Stops before this tag. */
    untilTag?: string;
    includeUntilTagValue?: boolean;
    noCopy?: boolean;
  }

  /** A stream over bytes in memory. Offsets are in bytes. */
  export interface ReadStream {
    offset: number;
    readonly startOffset: number;
    readonly endOffset: number;
    slice(start?: number, end?: number): ArrayBuffer;
    readAsciiString(length: number): string;
    readEncodedString(length: number): string;
  }

  export class DicomDict {
    constructor(meta: DicomElements);
    meta: DicomElements;
    dict: DicomElements;
    /** The Part 10 file. */
    write(options?: { allowInvalidVRLength?: boolean; fragmentMultiframe?: boolean }): ArrayBuffer;
  }

  export interface NaturalDataset {
    /** Value representations where the dictionary leaves a choice, by keyword. */
    _vrMap?: Record<string, string>;
    _meta?: Record<string, unknown>;
    [keyword: string]: unknown;
  }

  export const data: {
    DicomDict: typeof DicomDict;
    DicomMessage: { readFile(bytes: ArrayBuffer, options?: ReadOptions): DicomDict };
    ReadBufferStream: { readonly prototype: ReadStream };
    DicomMetaDictionary: {
      naturalizeDataset(elements: DicomElements): NaturalDataset;
      denaturalizeDataset(dataset: NaturalDataset): DicomElements;
      /** Keyword to dictionary entry; `tag` is written `(0008,0018)`. */
      nameMap: Record<string, { tag: string; vr: string; name: string; vm: string } | undefined>;
      /** Dictionary entry by tag written `(0008,0018)`. */
      dictionary: Record<string, { tag: string; vr: string; name: string; vm: string } | undefined>;
      uid(): string;
    };
    datasetToDict(dataset: NaturalDataset): DicomDict;
    datasetToBuffer(dataset: NaturalDataset): Buffer;
  };

  export interface DcmjsLog {
    setLevel(level: 'silent' | 'error' | 'warn', persist?: boolean): void;
    getLogger(name: string): DcmjsLog;
  }
  export const log: DcmjsLog;
}
