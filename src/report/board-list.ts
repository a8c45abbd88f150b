import { DeltascopeError, describeError } from '../errors.ts';
import type { BoardReport } from './board-report.ts';

/** A patient of a board, in the order of the board. */
export interface BoardPatient {
  /** Logical id of the FHIR Patient. */
  readonly patientId: string;
  readonly question: string | null;
  /** ISO date or date-time; null where it is not known. */
  readonly start: string | null;
}

/** What became of a patient of the list. */
export type BoardEntry =
  | { readonly patient: BoardPatient; readonly report: BoardReport }
  | { readonly patient: BoardPatient; readonly failure: string };

export interface BoardList {
  /** Day of the board (YYYY-MM-DD), or null. */
  readonly date: string | null;
  readonly entries: readonly BoardEntry[];
  /** ISO date-time. */
  readonly createdAt: string;
}

/**
 * Reads the reports of a list, one after the other. A patient that fails is in the list with the reason, and the others go on.
 *
 * @param read Reads one report.
 * @param onProgress Called after each patient with the share done, 0 to 1.
 */
export async function readBoardList(
  patients: readonly BoardPatient[],
  read: (patient: BoardPatient) => Promise<BoardReport>,
  { date, createdAt }: Pick<BoardList, 'date' | 'createdAt'>,
  onProgress: (share: number) => void = () => undefined,
): Promise<BoardList> {
  const entries: BoardEntry[] = [];
  for (const [at, patient] of patients.entries()) {
    try {
      entries.push({ patient, report: await read(patient) });
    } catch (error) {
      const named = error instanceof DeltascopeError;
      entries.push({ patient, failure: named ? describeError(error) : 'the report failed; the log says why' });
    }
    onProgress((at + 1) / patients.length);
  }
  return { date, entries, createdAt };
}
