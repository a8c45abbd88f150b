/** The part of pdfmake that the report uses. The types that others publish bring a browser's globals into the service. */
declare module 'pdfmake' {
  /** A block, by the keys that pdfmake knows: `text`, `stack`, `columns`, `table`, `svg`, `image`, and how it is set. */
  export interface Block {
    readonly id?: string;
    readonly [key: string]: unknown;
  }
  export type Content = string | Block | Content[];
  /** A block with a width beside others: points, `*` or `auto`. */
  export interface Column extends Block {
    readonly width?: number | string;
  }
  export type TableCell = Content | Record<string, never>;

  /** Widths and colours of a table's lines, by number of the line. */
  export interface CustomTableLayout {
    readonly hLineWidth?: (line: number, node: LaidOutTable) => number;
    readonly vLineWidth?: (line: number, node: LaidOutTable) => number;
    readonly hLineColor?: (line: number) => string;
    readonly vLineColor?: (line: number) => string;
    readonly paddingLeft?: (column: number, node: LaidOutTable) => number;
    readonly paddingRight?: (column: number, node: LaidOutTable) => number;
    readonly paddingTop?: (row: number, node: LaidOutTable) => number;
    readonly paddingBottom?: (row: number, node: LaidOutTable) => number;
    readonly fillColor?: (row: number, node: LaidOutTable) => string | null;
  }
  export interface LaidOutTable {
    readonly table: { readonly body: TableCell[][]; readonly widths?: readonly unknown[] };
  }

  export interface LaidOutNode {
    readonly id?: string;
    readonly startPosition: { readonly pageNumber: number; readonly top: number };
  }

  export interface TDocumentDefinitions {
    readonly content: Content;
    readonly header?: (page: number, count: number) => Content;
    readonly footer?: (page: number, count: number) => Content;
    readonly pageBreakBefore?: (node: LaidOutNode) => boolean;
    readonly pageSize?: string | { readonly width: number; readonly height: number };
    readonly [key: string]: unknown;
  }

  export interface FontFiles {
    readonly normal: string;
    readonly bold: string;
    readonly italics: string;
    readonly bolditalics: string;
  }

  const pdfmake: {
    setFonts(fonts: Readonly<Record<string, FontFiles>>): void;
    setUrlAccessPolicy(allows: (url: string) => boolean): void;
    setLocalAccessPolicy(allows: (path: string) => boolean): void;
    createPdf(definition: TDocumentDefinitions): { getBuffer(): Promise<Buffer> };
  };
  export default pdfmake;
}
