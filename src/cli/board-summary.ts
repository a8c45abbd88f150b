import type { BoardEntry, BoardList } from '../report/board-list.ts';
import { gapViews } from '../report/gap-view.ts';

/** What became of each patient, for reading in a terminal or as JSON. */
export function boardSummary(
  { date, entries }: BoardList,
  files: ReadonlyMap<string, readonly string[]>,
  asJson: boolean,
): string {
  const patients = entries.map((entry) => summaryOf(entry, files.get(entry.patient.patientId) ?? []));
  const merged = files.get('') ?? [];
  if (asJson) return JSON.stringify({ date, patients, files: merged }, null, 2);
  const lines = patients.map((patient) =>
    'failure' in patient
      ? `${patient.patient}: FAILED, ${patient.failure}`
      : `${patient.patient}: ${patient.statement}; ${patient.gaps} open; ${patient.files.join(', ')}`,
  );
  return [...lines, ...merged].join('\n');
}

function summaryOf(entry: BoardEntry, files: readonly string[]) {
  const patient = `Patient/${entry.patient.patientId}`;
  if (!('report' in entry)) return { patient, failure: entry.failure };
  const { assessment } = entry.report;
  const { group, statement, demonstration } = assessment.combined;
  return {
    patient,
    assessment: assessment.id,
    synthetic: assessment.synthetic,
    demonstration,
    group,
    statement: demonstration ? `${statement}, of demonstration models: not a clinical result` : statement,
    gaps: gapViews(entry.report).length,
    files,
  };
}
