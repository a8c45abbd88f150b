/** One record of a comma-separated file. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
}

/** What a comma-separated text holds. */
export interface CsvText {
  readonly records: readonly CsvRecord[];
  /** Number of characters up to the end of the last record that ends in a line break. */
  readonly complete: number;
}

/**
 * Reads comma-separated text: cells may be quoted, quotes within are doubled, lines end in LF or CRLF. Empty lines are
 * left out.
 *
 * @param text Text, with or without a byte order mark.
 * @returns All records, also a last one without a line break.
 * @see RFC 4180
 */
export function readCsv(text: string): CsvText {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begin = 1;
  let complete = 0;
  const endRecord = () => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== '') records.push({ cells, line: begin });
    cells = [];
    cell = '';
  };
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRecord();
      begin = line;
      complete = at + 1;
    } else if (char !== '\r' || text[at + 1] !== '\n') cell += char;
  }
  if (cell !== '' || cells.length > 0) endRecord();
  return { records, complete };
}

/** One cell of a comma-separated file: lists and mappings as JSON, quoted where it must be. */
function csvCell(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of a comma-separated file, with its line break. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\n`;
}
