import type { Content } from 'pdfmake';
import type { DetailsView, TableView } from './details-view.ts';
import { ink, smallest } from './drawing.ts';
import type { ModelView } from './model-view.ts';
import { headCells, small, standingChip, titled, titleRow } from './pdf-parts.ts';
import { texts } from './texts.ts';

/** Everything that the first page rests on, over as many pages as it takes. */
export function detailPages({ tables, lists, models, instances }: DetailsView, width: number): Content {
  return {
    stack: [
      { text: texts.details.heading, id: 'details', bold: true, fontSize: 12, margin: [0, 0, 0, 4] },
      ...tables.map((table) => tablePart(table, width)),
      ...models.map(modelPart),
      ...lists.map(({ heading, lines }) => listPart(heading, lines)),
      ...(instances.rows.length === 0 ? [] : [tablePart(instances, width)]),
    ],
    fontSize: smallest,
  };
}

/** Room between columns (pt). */
const padding = 4;

function tablePart({ heading, columns, rows, widths }: TableView, width: number): Content {
  const sum = widths.reduce((total, share) => total + share, 0);
  const free = width - padding * (columns.length - 1);
  return {
    margin: [0, 4, 0, 0],
    table: {
      headerRows: 2,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: widths.map((share) => (free * share) / sum),
      body: [
        titleRow(heading, columns.length),
        headCells(columns),
        ...rows.map((row) => row.map((text) => ({ text }))),
      ],
    },
    layout: titled,
  };
}

function listPart(heading: string, lines: readonly string[]): Content {
  return {
    stack: [
      {
        stack: [{ text: heading, bold: true, fontSize: 9, margin: [0, 6, 0, 1] }, { text: lines[0] ?? '' }],
        unbreakable: true,
      },
      ...lines.slice(1).map((text): Content => ({ text })),
    ],
  };
}

function modelPart({
  number,
  title,
  standing,
  demonstration,
  standingNote,
  results,
  sections,
  foot,
}: ModelView): Content {
  const head: Content = {
    stack: [
      { text: texts.details.model(number, title), bold: true, fontSize: 9, margin: [0, 7, 0, 1] },
      standingChip(standing, demonstration),
      { text: `${texts.details.standingNote}: ${standingNote}`, color: ink.muted },
      ...results.map((text): Content => ({ text, bold: true })),
    ],
    unbreakable: true,
  };
  return {
    stack: [head, ...sections.map(sectionPart), { stack: [small(foot)], margin: [0, 2, 0, 0], unbreakable: true }],
  };
}

/** The heading never stands alone at the end of a page. */
function sectionPart({ heading, lines }: ModelView['sections'][number]): Content {
  const [first, ...others] = lines.map((text): Content => ({ text, margin: [6, 0, 0, 0] }));
  const title: Content[] = heading === '' ? [] : [{ text: heading, color: ink.muted, margin: [0, 2, 0, 0] }];
  return { stack: [{ stack: [...title, ...(first === undefined ? [] : [first])], unbreakable: true }, ...others] };
}
