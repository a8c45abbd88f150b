/** Writes what a validator of PDF/A is shown: all reports on both papers, the board of all, and one file that it must refuse. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readBoardList } from '../../../src/report/board-list.ts';
import { renderPdf } from '../../../src/report/pdf.ts';
import { renderBoardPdf } from '../../../src/report/pdf-board.ts';
import { reportPatients } from '../../board/report-patients.ts';
import { boardDate, startReportWorld } from '../../board/report-world.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: pdfa.ts FOLDER');
mkdirSync(path.join(folder, 'pdf'), { recursive: true });
const world = await startReportWorld(reportPatients);
try {
  const patients = [
    ...(await world.engine.boardPatients({ kind: 'appointments', date: boardDate })),
    // One who fails, so that the cover page lists that, too.
    { patientId: 'synthetic-nobody', question: null, start: null },
  ];
  const list = await readBoardList(
    patients,
    ({ patientId, question }) =>
      world.engine.report(patientId, { question, boardDate, viewer: 'https://viewer.example/viewer' }),
    { date: boardDate, createdAt: new Date().toISOString() },
  );
  for (const paper of ['a4', 'letter'] as const) {
    const write = (name: string, bytes: Uint8Array) =>
      writeFileSync(path.join(folder, 'pdf', `${name}.${paper}.pdf`), bytes);
    for (const entry of list.entries) {
      if ('report' in entry) write(entry.patient.patientId, await renderPdf(entry.report, { paper }));
    }
    write('board', await renderBoardPdf(list, { paper }));
  }
  const whole = Buffer.from(await renderBoardPdf({ ...list, entries: [] })).toString('latin1');
  // As long as before, so that nothing else is wrong with the file.
  const refused = whole.replace('/OutputIntents', '/OutputNothing');
  writeFileSync(path.join(folder, 'without-output-intent.pdf'), Buffer.from(refused, 'latin1'));
} finally {
  await world.close();
}
