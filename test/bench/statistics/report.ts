/** A table of the report; every row is printed when it is made. */
export interface ReportTable {
  row(...cells: string[]): void;
}

/** Tables of a benchmark, for the console and for a page. */
export interface Report {
  /**
   * Begins a table.
   *
   * @param note What is measured and how it is checked.
   */
  table(title: string, note: string, header: readonly string[]): ReportTable;
  /** All tables so far in Markdown. */
  markdown(): string;
}

export function createReport(): Report {
  const parts: string[] = [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return {
    table(title, note, header) {
      parts.push(`\n## ${title}\n${note}\n\n${line(header)}\n${line(header.map(() => '---'))}`);
      console.log(`\n${title}\n${header.join(' | ')}`);
      return {
        row(...cells) {
          parts.push(line(cells));
          console.log(cells.join(' | '));
        },
      };
    },
    markdown: () => `${parts.join('\n')}\n`,
  };
}

/** A duration in ms, in three digits and the unit that suits them. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}
