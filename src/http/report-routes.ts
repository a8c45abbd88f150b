import express, { type RequestHandler, type Response, type Router } from 'express';
import { RequestError } from '../errors.ts';
import { type BoardList, type BoardPatient, readBoardList } from '../report/board-list.ts';
import type { BoardReport } from '../report/board-report.ts';
import { renderHtml, reportPolicy } from '../report/html.ts';
import { renderBoardHtml } from '../report/html-board.ts';
import { type Paper, renderPdf } from '../report/pdf.ts';
import { renderBoardPdf } from '../report/pdf-board.ts';
import type { ReportOptions } from '../report/read-board-report.ts';
import { onlyMethods } from './only-methods.ts';

export interface ReportRouterOptions {
  /** Lets only known users through; may note on the response who it is. */
  readonly requireAccess: readonly RequestHandler[];
  /** Throws a RequestError where the user that `requireAccess` noted on the response may not see the patient. */
  readonly checkPatient: (response: Response, patientId: string) => void;
  /** Where sessions are ended; undefined where there are none. */
  readonly logOut: string | undefined;
  /** Reads a report on behalf of the user of the response. */
  readonly report: (response: Response, patientId: string, options: ReportOptions) => Promise<BoardReport>;
  /** Who is on the boards of a day (YYYY-MM-DD). */
  readonly boardPatients: (date: string) => Promise<readonly BoardPatient[]>;
}

/** Path of a patient's page. */
export function reportPath(patientId: string): string {
  return `/report/patients/${encodeURIComponent(patientId)}`;
}

/** Path of the list of a day's boards. */
export function boardPath(date: string): string {
  return `/report/board?date=${encodeURIComponent(date)}`;
}

/**
 * The tumour board's pages: `GET /report/patients/{id}` and `/report/board?date=` as HTML; with `.pdf` at the end of the path, and
 * `paper=letter` for the other paper, as PDF.
 *
 * @returns A router to mount at the root.
 */
export function createReportRouter(options: ReportRouterOptions): Router {
  const { requireAccess, checkPatient, report, logOut } = options;
  const router = express.Router();

  router.use('/report', ...requireAccess);
  router.use('/report', (_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': reportPolicy,
      'Referrer-Policy': 'no-referrer',
    });
    next();
  });
  router.get('/report/patients/:id.pdf', async (request, response) => {
    const { id } = request.params;
    checkPatient(response, id);
    const paper = paperOf(request.query.paper);
    const bytes = await renderPdf(await report(response, id, {}), { paper });
    sendPdf(response, bytes, `board-${id}`);
  });
  router.get('/report/patients/:id', async (request, response) => {
    const { id } = request.params;
    checkPatient(response, id);
    const pdf = `${reportPath(id)}.pdf`;
    const links = {
      pdf: { a4: pdf, letter: `${pdf}?paper=letter` },
      ...(logOut !== undefined && { logOut }),
    };
    const page = renderHtml(await report(response, id, {}), links);
    response.type('html').send(page);
  });
  router.get('/report/board', async (request, response) => {
    const date = dateOf(request.query.date);
    const list = await listOf(options, response, date, { images: false });
    const pdf = boardPath(date).replace('?', '.pdf?');
    const links = { report: reportPath, pdf: { a4: pdf, letter: `${pdf}&paper=letter` } };
    response.type('html').send(renderBoardHtml(list, links));
  });
  router.get('/report/board.pdf', async (request, response) => {
    const date = dateOf(request.query.date);
    const paper = paperOf(request.query.paper);
    const list = await listOf(options, response, date, {});
    sendPdf(response, await renderBoardPdf(list, { paper }), `board-${date}`);
  });
  router.all(['/report/patients/:id', '/report/board', '/report/board.pdf'], onlyMethods('GET', 'HEAD'));
  return router;
}

/** A list shows many patients: whoever may see one only gets no part of it. */
async function listOf(
  { boardPatients, checkPatient, report }: ReportRouterOptions,
  response: Response,
  date: string,
  how: Pick<ReportOptions, 'images'>,
): Promise<BoardList> {
  const patients = await boardPatients(date);
  for (const { patientId } of patients) checkPatient(response, patientId);
  return readBoardList(
    patients,
    ({ patientId, question }) => report(response, patientId, { ...how, question, boardDate: date }),
    { date, createdAt: new Date().toISOString() },
  );
}

function sendPdf(response: Response, bytes: Uint8Array, name: string): void {
  const file = name.replace(/[^A-Za-z0-9.-]/g, '-');
  response
    .set('Content-Disposition', `inline; filename="${file}.pdf"`)
    .type('application/pdf')
    .send(Buffer.from(bytes));
}

function paperOf(value: unknown): Paper {
  if (value === undefined || value === 'a4') return 'a4';
  if (value === 'letter') return 'letter';
  throw new RequestError('HTTP_REQUEST_INVALID', 'paper', 'paper is a4 or letter');
}

function dateOf(value: unknown): string {
  const valid = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
  if (valid) return value;
  throw new RequestError('HTTP_REQUEST_INVALID', 'date', 'date is the day of the board: YYYY-MM-DD');
}
