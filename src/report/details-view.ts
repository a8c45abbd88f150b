import { imagingSentences, selectionSentences } from '../assessment/sentences.ts';
import { capitalise, valueWords } from '../assessment/wording.ts';
import { formatDate } from '../models/calendar.ts';
import type { InputUsed } from '../models/model-result.ts';
import type { BoardReport } from './board-report.ts';
import { changeWords, pointWords } from './course-view.ts';
import { type ModelView, modelViews } from './model-view.ts';
import { shownModels } from './risk-view.ts';
import { createSourceNames, type SourceNames } from './source-names.ts';
import { texts } from './texts.ts';

/** A table of words; the first column names the row. */
export interface TableView {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Shares of the width, one a column. */
  readonly widths: readonly number[];
}

/** Everything that the first page rests on. */
export interface DetailsView {
  readonly tables: readonly TableView[];
  readonly lists: readonly { readonly heading: string; readonly lines: readonly string[] }[];
  readonly models: readonly ModelView[];
  /** Instances behind the short names in the tables. */
  readonly instances: TableView;
}

/** All inputs with value, unit, date and source, what is missing, the course, the images and every model in full. */
export function detailsView(report: BoardReport): DetailsView {
  const { assessment, course } = report;
  const names = createSourceNames();
  const instances = instanceWords(course);
  const { details } = texts;
  const tables = [
    inputTable(report, 'used', details.inputs, names),
    inputTable(report, 'context', details.context, names),
    missingTable(report),
    diseaseTable(report, names),
    therapyTable(course, names),
    labTable(course, names),
    featureTable(course, names),
  ].filter(({ rows }) => rows.length > 0);
  const series = new Set(assessment.models.flatMap((result) => imagingSentences(result).map(capitalise)));
  const lists = [
    { heading: details.images, lines: [...series, ...selectionSentences(assessment)] },
    { heading: details.problems, lines: assessment.problems.map(({ text, code }) => `${text} (${code})`) },
  ].filter(({ lines }) => lines.length > 0);
  const instanceTable = {
    heading: details.uids,
    columns: details.uidColumns,
    rows: names.list().map(({ name, uid }) => [name, instances.get(uid) ?? '', uid]),
    widths: [1, 5, 8],
  };
  return { tables, lists, models: modelViews(assessment), instances: instanceTable };
}

/** What study, series and segmentation each UID of the course stands for. */
function instanceWords({ lesions }: BoardReport['course']): ReadonlyMap<string, string> {
  const { instance } = texts.details;
  return new Map(
    lesions.flatMap(({ outlines }) =>
      outlines.flatMap(({ StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, studyDate, phase }) => {
        const date = dateWords(studyDate);
        return [
          [StudyInstanceUID, instance.study(date)],
          [SeriesInstanceUID, instance.series(texts.keySlices.phase[phase] ?? phase, date)],
          [segSOPInstanceUID, instance.segmentation(texts.keySlices.phase[phase] ?? phase, date)],
        ] as const;
      }),
    ),
  );
}

function dateWords(date: string | null): string {
  return date === null ? texts.undated : formatDate(date);
}

/** What several models use is one row. */
function inputTable(
  { assessment }: BoardReport,
  kind: 'used' | 'context',
  heading: string,
  names: SourceNames,
): TableView {
  const rows = new Map<string, { readonly cells: string[]; readonly models: number[] }>();
  for (const [at, result] of shownModels(assessment).entries()) {
    if (result.status === 'not-applicable') continue;
    for (const input of result[kind]) {
      const cells = [input.label, valueText(input), dateWords(input.date), names.name(input.sources)];
      const row = rows.get(cells.join('\n')) ?? { cells, models: [] };
      if (!row.models.includes(at + 1)) row.models.push(at + 1);
      rows.set(cells.join('\n'), row);
    }
  }
  return {
    heading,
    columns: texts.details.inputColumns,
    rows: [...rows.values()].map(({ cells, models }) => [...cells, models.join(', ')]),
    widths: [3.8, 5.2, 1.9, 5.1, 1.2],
  };
}

function valueText(input: InputUsed): string {
  const standIn = input.imputed === null ? [] : [texts.details.standIn(input.imputed)];
  return [valueWords(input), ...(input.derivation === null ? [] : [input.derivation]), ...standIn].join('; ');
}

function missingTable({ assessment }: BoardReport): TableView {
  const rows = shownModels(assessment).flatMap(({ status, missing }, at) =>
    status === 'not-applicable'
      ? []
      : missing.map(({ label, why, mend }) => [label, capitalise(why), capitalise(mend), String(at + 1)]),
  );
  return { heading: texts.details.missing, columns: texts.details.missingColumns, rows, widths: [4, 5, 6, 1.2] };
}

function diseaseTable({ diagnosis }: BoardReport, names: SourceNames): TableView {
  const { band, details } = texts;
  const known = [
    [band.diagnosis, diagnosis.diagnosis],
    [band.stage, diagnosis.stage],
    [band.metastases, diagnosis.metastases],
    [band.performance, diagnosis.performance],
  ] as const;
  const rows = known.flatMap(([label, fact]) =>
    fact === null ? [] : [[label, fact.text, dateWords(fact.date), names.name(fact.sources)]],
  );
  return { heading: details.disease, columns: details.diseaseColumns, rows, widths: [3, 5, 2, 6] };
}

function therapyTable({ therapy }: BoardReport['course'], names: SourceNames): TableView {
  const rows = therapy.map(({ line, regimen, start, end, sources }) => [
    String(line),
    regimen,
    dateWords(start),
    dateWords(end),
    names.name(sources),
  ]);
  return { heading: texts.details.therapy, columns: texts.details.therapyColumns, rows, widths: [1, 5, 2, 2, 6] };
}

function labTable({ labs }: BoardReport['course'], names: SourceNames): TableView {
  const rows = labs.flatMap((series) =>
    series.points.map((point) => [
      series.label,
      pointWords(series, point),
      dateWords(point.date),
      names.name(point.sources),
    ]),
  );
  const { laboratory, laboratoryColumns } = texts.details;
  return { heading: laboratory, columns: laboratoryColumns, rows, widths: [3, 4, 2, 6] };
}

/** One row a feature and phase, with its value at each visit. */
function featureTable({ lesions }: BoardReport['course'], names: SourceNames): TableView {
  const rows = lesions.flatMap((lesion) =>
    lesion.features.map(({ label, phase, unit, points }) => {
      const values = points.map((point) => {
        const value = valueWords({ value: point.value, unit, words: null, upperLimit: null });
        const change = changeWords(point);
        return `${dateWords(point.date)}: ${value}${change === null ? '' : ` (${change})`}`;
      });
      return [
        `${lesion.primary ? '' : `${lesion.label}: `}${label}, ${texts.keySlices.phase[phase] ?? phase}`,
        values.join('; '),
        names.name([...new Set(points.flatMap(({ sources }) => sources))]),
      ];
    }),
  );
  const { features, featureColumns } = texts.details;
  return { heading: features, columns: featureColumns, rows, widths: [5, 6, 3] };
}
