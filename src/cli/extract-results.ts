import { appendFile, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import { csvLine, readCsv } from './csv.ts';

/** The results of a batch in a comma-separated file, which grows by a row per finished case. */
export interface BatchResults {
  /** Takes one finished case with these input cells off the list of what the file holds; false if it holds none. */
  claim(input: readonly string[]): boolean;
  /** Appends a row. A column that the file does not have yet is added to it. */
  append(row: Readonly<Record<string, unknown>>): Promise<void>;
  /** Puts the rows into the order of the cases. */
  sort(order: readonly (readonly string[])[]): Promise<void>;
}

const keyOf = (cells: readonly string[]) => JSON.stringify(cells);

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new ConfigError('FILE_UNREADABLE', path, `--out can't be read (${cause.code}); give another file`, { cause });
  });
}

/** Replaces a file in one step, so that a crash leaves the old or the new one. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}

/** Refuses to add to results that were made with other settings; notes the settings of new ones. */
async function requireSameSettings(path: string, settings: string, isNew: boolean): Promise<void> {
  const file = `${path}.settings.json`;
  if (isNew) {
    await writeFile(file, `${settings}\n`);
    return;
  }
  const known = await readIfThere(file);
  if (known?.trim() === settings) return;
  const found =
    known === undefined ? 'is no file of batch results' : 'has results of other settings, region or version';
  throw new ConfigError('CONFIG_INVALID', path, `--out ${found}; give another file, or delete it to begin again`);
}

/**
 * Opens the results of a batch, or begins them. What a stopped run left is kept, except a row that it did not finish.
 *
 * @param path File; its settings are kept beside it, in `<path>.settings.json`.
 * @param inputColumns Columns that tell cases apart.
 * @param settings Text that is equal only for runs whose results may stand in one file.
 * @throws ConfigError `FILE_UNREADABLE`, or `CONFIG_INVALID` if the file holds something else.
 */
export async function openResults(
  path: string,
  inputColumns: readonly string[],
  settings: string,
): Promise<BatchResults> {
  const text = (await readIfThere(path)) ?? '';
  await requireSameSettings(path, settings, text === '');
  const { complete } = readCsv(text);
  if (complete < text.length) await truncate(path, Buffer.byteLength(text.slice(0, complete)));
  let [columns = [], ...rows] = readCsv(text.slice(0, complete)).records.map(({ cells }) => cells);
  const inputOf = (header: readonly string[], row: readonly string[]) =>
    inputColumns.map((column) => row[header.indexOf(column)] ?? '');
  const finished = new Map<string, number>();
  for (const row of rows) {
    const key = keyOf(inputOf(columns, row));
    finished.set(key, (finished.get(key) ?? 0) + 1);
  }
  rows = [];

  /** Writes the file anew with more columns. */
  async function addColumns(added: readonly string[]): Promise<void> {
    const [, ...known] = readCsv((await readIfThere(path)) ?? '').records;
    columns = [...columns, ...added];
    const lines = known.map(({ cells }) => csvLine(columns.map((_, at) => cells[at] ?? '')));
    await replace(path, csvLine(columns) + lines.join(''));
  }

  return {
    claim(input) {
      const left = finished.get(keyOf(input)) ?? 0;
      if (left > 0) finished.set(keyOf(input), left - 1);
      return left > 0;
    },
    async append(row) {
      const added = Object.keys(row).filter((column) => !columns.includes(column));
      if (added.length > 0) await addColumns(columns.length === 0 ? added : added.toSorted());
      await appendFile(path, csvLine(columns.map((column) => row[column] ?? '')));
    },
    async sort(order) {
      const place = new Map(order.map((input, at) => [keyOf(input), at]));
      const [, ...known] = readCsv((await readIfThere(path)) ?? '').records;
      const placed = known.map(({ cells }) => ({
        cells,
        at: place.get(keyOf(inputOf(columns, cells))) ?? order.length,
      }));
      if (placed.every(({ at }, i) => at >= (placed[i - 1]?.at ?? 0))) return;
      const sorted = placed.toSorted((a, b) => a.at - b.at);
      await replace(path, csvLine(columns) + sorted.map(({ cells }) => csvLine(cells)).join(''));
    },
  };
}
