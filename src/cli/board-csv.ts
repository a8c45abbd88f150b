import { ConfigError } from '../errors.ts';
import type { BoardPatient } from '../report/board-list.ts';
import { readCsv } from './csv.ts';

/** A patient's id by FHIR, with or without its type. */
const idPattern = /^(Patient\/)?[A-Za-z0-9\-.]{1,64}$/;

/**
 * Reads the patients of a board from comma-separated text: a head line with `patient`, and `question` and `start` where they are
 * known; one line a patient.
 *
 * @param file Its name, for messages.
 * @throws ConfigError `CONFIG_INVALID` naming the line, for a head without `patient`, a line of another length or no id.
 */
export function readBoardCsv(text: string, file: string): BoardPatient[] {
  const [head, ...records] = readCsv(text).records;
  const columns = (head?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const column = columns.indexOf('patient');
  if (column < 0) throw new ConfigError('CONFIG_INVALID', file, 'the first line must name a column "patient"');
  return records.map(({ cells, line }) => {
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() || null;
    const patient = cells[column]?.trim() ?? '';
    if (cells.length !== columns.length || !idPattern.test(patient)) {
      const text =
        cells.length === columns.length ? `"${patient}" is no id of a Patient` : `not ${columns.length} cells`;
      throw new ConfigError('CONFIG_INVALID', `${file}:${line}`, text);
    }
    return { patientId: patient.replace(/^Patient\//, ''), question: cell('question'), start: cell('start') };
  });
}
