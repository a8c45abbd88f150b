import { formatDate } from '../models/calendar.ts';
import type { BoardEntry, BoardList } from './board-list.ts';
import type { BoardReport } from './board-report.ts';
import { type PageView, pageView } from './page-view.ts';
import { texts } from './texts.ts';

/** A patient on the cover page. */
export interface ListRow {
  /** From 1: the order of the board. */
  readonly order: number;
  readonly report: BoardReport;
  readonly view: PageView;
  /** What is true of this patient and not of all: said in the row, beside the name or the risk. */
  readonly personMarks: readonly string[];
  readonly riskMarks: readonly string[];
  /** "3 open: NSE, N stage". */
  readonly gaps: string;
}

/** The cover page in words. */
export interface ListView {
  /** Of all pages. */
  readonly banners: readonly string[];
  /** What is true of every patient: said once, over the list. */
  readonly coverBanners: readonly string[];
  readonly heading: string;
  /** How many patients, and when the list was made. */
  readonly line: string;
  readonly rows: readonly ListRow[];
  readonly failed: readonly { readonly order: number; readonly patient: string; readonly why: string }[];
}

/** Gaps that are named on the cover page; the rest is counted. */
const namedGaps = 2;

/** Words for the cover page of a list. */
export function listView({ date, entries, createdAt }: BoardList): ListView {
  const all = entries.flatMap((entry, at) => (isReported(entry) ? [rowOf(entry.report, at + 1)] : []));
  const failed = entries.flatMap((entry, at) =>
    isReported(entry) ? [] : [{ order: at + 1, patient: `Patient/${entry.patient.patientId}`, why: entry.failure }],
  );
  const banners = [...new Set(all.flatMap(({ view }) => view.banners))];
  const common = banners.filter((banner) => all.every(({ view }) => view.banners.includes(banner)));
  const ofPerson = (mark: string) => mark === texts.banners.syntheticPatient;
  const rows = all.map((row) => {
    const marks = row.view.banners.filter((banner) => !common.includes(banner));
    return { ...row, personMarks: marks.filter(ofPerson), riskMarks: marks.filter((mark) => !ofPerson(mark)) };
  });
  const day = date === null ? '' : `, ${formatDate(date)}`;
  const made = texts.list.made(`${formatDate(createdAt)} ${createdAt.slice(11, 16)}`);
  return {
    banners,
    coverBanners: common.map((mark) => (ofPerson(mark) && all.length > 1 ? texts.banners.syntheticPatients : mark)),
    heading: `${texts.list.heading}${day}`,
    line: `${texts.list.patients(entries.length)}. ${made}.`,
    rows,
    failed,
  };
}

function isReported(entry: BoardEntry): entry is Extract<BoardEntry, { report: unknown }> {
  return 'report' in entry;
}

function rowOf(report: BoardReport, order: number): Omit<ListRow, 'personMarks' | 'riskMarks'> {
  const view = pageView(report);
  const named = view.gaps.slice(0, namedGaps).map(({ what }) => what);
  const count = view.gaps.length;
  const gaps = count === 0 ? texts.list.noGaps : `${texts.list.gaps(count)}: ${named.join('; ')}`;
  return { order, report, view, gaps: count > namedGaps ? `${gaps}; \u2026` : gaps };
}
