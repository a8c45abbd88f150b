import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { BoardQuery } from '../fhir/board-patients.ts';
import { type Engine, openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { type BoardEntry, type BoardList, type BoardPatient, readBoardList } from '../report/board-list.ts';
import { renderHtml } from '../report/html.ts';
import { type Paper, renderPdf } from '../report/pdf.ts';
import { renderBoardPdf } from '../report/pdf-board.ts';
import { readBoardCsv } from './board-csv.ts';
import { boardSummary } from './board-summary.ts';
import { commandAgent } from './command-agent.ts';
import { requireServers } from './require-servers.ts';
import { packageVersion } from './version.ts';

interface BoardArguments {
  readonly patient: readonly string[] | undefined;
  readonly list: string | undefined;
  readonly appointments: string | undefined;
  readonly group: string | undefined;
  readonly encounter: string | undefined;
  readonly question: string | undefined;
  readonly out: string;
  readonly format: 'pdf' | 'html' | 'both';
  readonly paper: Paper;
  readonly json: boolean;
}

/** `deltascope board`: the tumour board's pages of one patient or of a whole list. */
export const boardCommand: CommandModule<object, BoardArguments> = {
  command: 'board',
  describe: "write the tumour board's pages: one patient, or a whole list with a cover page",
  builder: (yargs) =>
    yargs
      .option('patient', { type: 'string', array: true, describe: 'logical id of the FHIR Patient; may be repeated' })
      .option('list', {
        type: 'string',
        describe: 'CSV file with a column `patient` (and `question`, `start`), or List/<id> of the FHIR server',
      })
      .option('appointments', { type: 'string', describe: 'tumour boards of this day (YYYY-MM-DD), by Appointment' })
      .option('group', { type: 'string', describe: 'logical id of a FHIR Group' })
      .option('encounter', { type: 'string', describe: 'logical id of a FHIR Encounter' })
      .option('question', { type: 'string', describe: 'what the board is asked, where the list does not say' })
      .option('out', { type: 'string', default: '.', describe: 'folder for the files; made if it is not there' })
      .option('format', {
        choices: ['pdf', 'html', 'both'] as const,
        default: 'pdf' as const,
        describe: 'of the files',
      })
      .option('paper', { choices: ['a4', 'letter'] as const, default: 'a4' as const, describe: 'of the PDFs' })
      .option('json', { type: 'boolean', default: false, describe: 'print the summary as JSON' })
      .epilogue('A patient that fails is listed with the reason, and the others go on; the exit code is 1 then.'),
  async handler(args) {
    const config = readConfig(process.env);
    const servers = requireServers(config);
    const wanted = sourceOf(args);
    const content = loadClinicalContent(config.mappingsFolder);
    const engine = await openEngine({
      config,
      servers,
      content,
      version: packageVersion(),
      logger: createLogger(process.env.DELTASCOPE_LOG_LEVEL ? config.logLevel : 'warn'),
      // Who is on a board is read from these by this command only.
      reads: isNamed(wanted) || wanted.kind === 'appointments' ? [] : [wanted.kind],
      jobs: { analyses: 1, onlyRequested: true, cron: null },
    });
    try {
      const patients = isNamed(wanted) ? wanted : await engine.boardPatients(wanted);
      const viewer = config.viewerUrl === undefined ? undefined : `${config.viewerUrl}/viewer`;
      const list = await readAll(engine, patients, args, viewer);
      const files = await writeFiles(list, args);
      console.log(boardSummary(list, files, args.json));
      if (list.entries.some((entry) => 'failure' in entry)) process.exitCode = 1;
    } finally {
      await engine.close();
    }
  },
};

/** Who is asked for: patients by name, or where the record says who. */
function sourceOf({ patient, list, appointments, group, encounter }: BoardArguments): BoardPatient[] | BoardQuery {
  const given = [patient, list, appointments, group, encounter].filter((value) => value !== undefined);
  if (given.length !== 1) {
    const text = `give one of them, not ${given.length === 0 ? 'none' : 'several'}`;
    throw new ConfigError('CONFIG_INVALID', '--patient, --list, --appointments, --group, --encounter', text);
  }
  if (patient !== undefined) return patient.map((id) => ({ patientId: bareId(id), question: null, start: null }));
  if (appointments !== undefined) return { kind: 'appointments', date: dayOf(appointments) };
  if (group !== undefined) return { kind: 'Group', id: group.replace(/^Group\//, '') };
  if (encounter !== undefined) return { kind: 'Encounter', id: encounter.replace(/^Encounter\//, '') };
  if (list?.startsWith('List/') === true) return { kind: 'List', id: list.slice('List/'.length) };
  return readBoardCsv(readFile(list ?? ''), list ?? '');
}

function isNamed(wanted: readonly BoardPatient[] | BoardQuery): wanted is readonly BoardPatient[] {
  return Array.isArray(wanted);
}

function bareId(id: string): string {
  return id.replace(/^Patient\//, '');
}

function dayOf(date: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date))) return date;
  throw new ConfigError('CONFIG_INVALID', '--appointments', `"${date}" is not a date: write YYYY-MM-DD`);
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('FILE_UNREADABLE', file, 'can not be read: check path and rights', { cause });
  }
}

async function readAll(
  engine: Engine,
  patients: readonly BoardPatient[],
  { appointments, question }: BoardArguments,
  viewer: string | undefined,
): Promise<BoardList> {
  const bar = new SingleBar({
    format: 'Reports [{bar}] {value} of {total}',
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(patients.length, 0);
  try {
    return await readBoardList(
      patients,
      async (patient) => {
        const { finished } = await engine.requestImaging(patient.patientId);
        await finished;
        const boardDate = appointments ?? patient.start?.slice(0, 10) ?? null;
        const asked = patient.question ?? question ?? null;
        return engine.report(patient.patientId, { question: asked, boardDate, viewer, agent: commandAgent() });
      },
      { date: appointments ?? null, createdAt: new Date().toISOString() },
      (share) => bar.update(Math.round(share * patients.length)),
    );
  } finally {
    bar.stop();
  }
}

/** Files by the id of their patient, and of the whole list under ''. */
async function writeFiles(
  list: BoardList,
  { out, format, paper }: BoardArguments,
): Promise<ReadonlyMap<string, readonly string[]>> {
  mkdirSync(out, { recursive: true });
  const files = new Map<string, readonly string[]>();
  const write = (name: string, content: string | Uint8Array) => {
    const file = path.join(out, name);
    writeFileSync(file, content);
    return file;
  };
  const reported = list.entries.filter((entry): entry is Extract<BoardEntry, { report: unknown }> => 'report' in entry);
  for (const { patient, report } of reported) {
    const pdf = format === 'html' ? [] : [write(`${patient.patientId}.pdf`, await renderPdf(report, { paper }))];
    const html = format === 'pdf' ? [] : [write(`${patient.patientId}.html`, renderHtml(report))];
    files.set(patient.patientId, [...pdf, ...html]);
  }
  if (list.entries.length > 1 && format !== 'html') {
    const name = list.date === null ? 'board.pdf' : `board-${list.date}.pdf`;
    files.set('', [write(name, await renderBoardPdf(list, { paper }))]);
  }
  return files;
}
