import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeHeading, outcomeNumber, valueWords } from '../../src/assessment/wording.ts';
import { formatDate } from '../../src/models/calendar.ts';
import type { BoardReport } from '../../src/report/board-report.ts';
import { modelViews } from '../../src/report/model-view.ts';
import { renderPdf } from '../../src/report/pdf.ts';
import { renderBoardPdf } from '../../src/report/pdf-board.ts';
import { hasPoppler, overlaps, popplerSkipReason, type SeenPdf, seePdf } from './pdf-probes.ts';
import { reportPatients } from './report-patients.ts';
import { boardDate, type ReportWorld, startReportWorld } from './report-world.ts';

/** Roboto's ascent and descent against its size: the height of a word's box. */
const boxPerSize = 1.17;
const smallestPt = 7;

/** Without blanks and hyphens: where a line breaks is not what is looked for. */
function squeezed(text: string): string {
  return text.replace(/[\s\u00a0\u00ad-]/g, '');
}

describe.skipIf(!hasPoppler)(`the tumour board's page as a PDF (${popplerSkipReason})`, () => {
  let world: ReportWorld;
  const reports = new Map<string, BoardReport>();

  beforeAll(async () => {
    world = await startReportWorld(reportPatients);
    for (const patient of reportPatients) reports.set(patient.id, await world.report(patient));
  }, 900_000);
  afterAll(() => world?.close());

  describe.each(['a4', 'letter'] as const)('on %s', (paper) => {
    it.each(reportPatients.map(({ id }) => id))(
      '%s: one page that says it all, nothing cut, overlapping or too small',
      async (id) => {
        const report = reports.get(id)!;
        const bytes = await renderPdf(report, { paper });
        const seen = seePdf(bytes);
        expectLayout(seen, paper, report);
        expectContent(seen, report);
        expectArchivable(bytes, seen);
      },
      120_000,
    );
  });

  it('is the same to the last byte for the same report', async () => {
    const report = reports.get('synthetic-fern')!;
    expect(Buffer.from(await renderPdf(report)).equals(Buffer.from(await renderPdf(report)))).toBe(true);
  }, 120_000);

  it.each(['a4', 'letter'] as const)(
    'the board of all on %s: names whole, every page its patient',
    async (paper) => {
      const entries = reportPatients.map(({ id }) => ({
        patient: { patientId: id, question: null, start: null },
        report: reports.get(id)!,
      }));
      const list = { date: boardDate, createdAt: '2026-11-20T12:00:00Z', entries };
      const bytes = await renderBoardPdf(list, { paper });
      const seen = seePdf(bytes);
      expectPages(seen, paper);
      expectArchivable(bytes, seen);
      const covers = seen.pages.length - reportPatients.length;
      expect(covers).toBeGreaterThan(0);
      const onCover = seen.words.filter(({ page }) => page <= covers).map(({ text }) => text);
      for (const [at, { id }] of reportPatients.entries()) {
        const { name } = reports.get(id)!.course.person;
        expect(squeezed(seen.pages[covers + at] ?? '')).toContain(squeezed(name ?? ''));
        // A hyphen is where a line may break; nothing else in a name is.
        for (const part of (name ?? '').split(/[\s-]+/)) {
          expect(onCover.some((word) => word.split('-').includes(part))).toBe(true);
        }
      }
    },
    300_000,
  );

  function expectPages({ pages, words, size }: SeenPdf, paper: 'a4' | 'letter'): void {
    expect(size.map(Math.round)).toEqual(paper === 'a4' ? [595, 842] : [612, 792]);
    const outside = words.filter(
      ({ left, right, top, bottom }) => left < 20 || top < 8 || right > size[0] - 20 || bottom > size[1] - 8,
    );
    expect(outside).toEqual([]);
    const small = words.filter(({ top, bottom }) => bottom - top < smallestPt * boxPerSize - 0.1);
    expect(small.map(({ text, page }) => `${page}: ${text}`)).toEqual([]);
    expect(overlaps(words)).toEqual([]);
    // In a whole board the next page is another patient's.
    expect(pages.join(' ')).not.toMatch(/next page/i);
  }

  function expectLayout(seen: SeenPdf, paper: 'a4' | 'letter', report: BoardReport): void {
    const { pages } = seen;
    expectPages(seen, paper);
    // Nothing is cut with an ellipsis.
    expect(pages.join(' ')).not.toContain('\u2026');
    const headings = modelViews(report.assessment).flatMap(({ sections }) => sections.map(({ heading }) => heading));
    const ends = pages.map((page) => squeezed(page.replace(/Decision support, not a decision .*/, '')));
    const alone = headings.filter((heading) => heading !== '' && ends.some((end) => end.endsWith(squeezed(heading))));
    expect(alone).toEqual([]);
    expect(pages[1]).toContain('Full report: everything that the page rests on');
    expect(pages[0]).not.toContain('Full report: everything that the page rests on');
    expect(pages[0]).toContain(`Page 1 of ${pages.length}`);
  }

  function expectContent({ pages }: SeenPdf, report: BoardReport): void {
    const [first = ''] = pages;
    // A paragraph may go on after the foot of a page and the head of the next.
    const all = squeezed(
      pages
        .join(' ')
        .replace(/Decision support, not a decision .*? Page \d+ of \d+/g, '')
        .replace(/SYNTHETIC PATIENT: no real person( \| SYNTHETIC DEMO MODELS: not a clinical result)?/g, ''),
    );
    const { assessment, course } = report;
    expect(pages.join(' ')).not.toMatch(/undefined|NaN|\[object|null/);
    for (const page of pages) expect(page).toContain('SYNTHETIC PATIENT: no real person');
    const demonstration = assessment.models.some(
      ({ model, status }) => model.standing === 'synthetic-demo' && status !== 'not-applicable',
    );
    for (const page of pages) expect(page.includes('SYNTHETIC DEMO MODELS: not a clinical result')).toBe(demonstration);
    expect(squeezed(first)).toContain(squeezed(course.person.name ?? ''));
    expect(squeezed(first)).toContain(squeezed(`Board of ${formatDate(boardDate)}`));
    expect(squeezed(first)).toContain(squeezed(assessment.combined.statement));
    for (const { model, status, outcomes, used, context, missing, warnings } of assessment.models) {
      expect(all).toContain(squeezed(model.title));
      expect(all).toContain(squeezed(model.hash));
      if (status === 'not-applicable') continue;
      for (const outcome of status === 'assessed' ? outcomes : []) {
        expect(squeezed(first)).toContain(squeezed(outcomeHeading(outcome)));
        expect(squeezed(first)).toContain(squeezed(outcomeNumber(outcome)));
        // The cut-off, or why there is none: without it nobody knows what a number is low or high against.
        expect(squeezed(first).toLowerCase()).toContain(squeezed(outcome.groupNote).toLowerCase());
      }
      for (const input of [...used, ...context]) {
        expect(all).toContain(squeezed(valueWords(input)));
        for (const source of input.sources) expect(all).toContain(squeezed(source));
      }
      for (const { why, mend } of missing) expect(all.toLowerCase()).toContain(squeezed(`${why}${mend}`).toLowerCase());
      for (const { text } of status === 'assessed' ? warnings : []) expect(all).toContain(squeezed(text));
    }
    for (const { points, label } of course.labs) {
      for (const { date, sources } of points) {
        expect(all).toContain(squeezed(label));
        expect(all).toContain(squeezed(formatDate(date)));
        for (const source of sources) expect(all).toContain(squeezed(source));
      }
    }
    for (const { regimen, start } of course.therapy) {
      expect(squeezed(first)).toContain(squeezed(regimen));
      expect(squeezed(first)).toContain(squeezed(formatDate(start)));
    }
    for (const { studyDate, label } of report.keySlices.slices) {
      expect(squeezed(first)).toContain(squeezed(`${label}, ${formatDate(studyDate ?? '')}`));
    }
  }

  /** What PDF/A-2b asks for and can be seen without a validator: ISO 19005-2, 6.1.3, 6.2.3, 6.2.11.4, 6.3.2 and 6.6. */
  function expectArchivable(bytes: Uint8Array, { fonts }: SeenPdf): void {
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toMatch(/<pdfaid:part>2<\/pdfaid:part>\s*<pdfaid:conformance>B<\/pdfaid:conformance>/);
    expect(text).toContain('/S /GTS_PDFA1');
    expect(text).toMatch(/\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/);
    const links = text.split('/Subtype /Link').slice(1);
    expect(links.filter((link) => !/\n\/F 4\n/.test(link.slice(0, link.indexOf('endobj'))))).toEqual([]);
    expect(text).not.toMatch(/\/Encrypt|\/JavaScript|\/Launch|\/LZWDecode|\/EmbeddedFile/);
    expect(fonts.length).toBeGreaterThan(0);
    expect(fonts.filter(({ embedded, name }) => !embedded || !name.includes('Roboto'))).toEqual([]);
  }
});
