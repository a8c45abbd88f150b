/** How much of each part the first page sets out; what is left out stands on the pages after. */
export interface Amount {
  /** Lines of therapy and newest laboratory values. */
  readonly therapy: number;
  readonly labs: number;
  /** Width of the images against the full one. */
  readonly images: number;
  /** Cautions, and lines about the study, by model. */
  readonly cautions: number;
  readonly observed: number;
  /** Whether it is said what changed in a model since the last Assessment. */
  readonly changes: boolean;
  readonly trends: number;
  /** Drivers by model, and gaps. */
  readonly drivers: number;
  readonly gaps: number;
}

/** What each part of the page can be, from everything to the least. */
export const variants = {
  course: [
    { therapy: 8, labs: 8 },
    { therapy: 6, labs: 6 },
    { therapy: 5, labs: 5 },
    { therapy: 4, labs: 4 },
    { therapy: 3, labs: 2 },
    { therapy: 1, labs: 1 },
  ],
  images: [{ images: 1 }, { images: 0.9 }, { images: 0.8 }, { images: 0.7 }, { images: 0.5 }],
  risks: [
    { cautions: 6, observed: 3, changes: true },
    { cautions: 6, observed: 1, changes: true },
    { cautions: 4, observed: 1, changes: true },
    { cautions: 4, observed: 1, changes: false },
    { cautions: 3, observed: 0, changes: false },
    { cautions: 2, observed: 0, changes: false },
    { cautions: 1, observed: 0, changes: false },
    { cautions: 0, observed: 0, changes: false },
  ],
  trends: [{ trends: 6 }, { trends: 3 }, { trends: 0 }],
  drivers: [{ drivers: 6 }, { drivers: 5 }, { drivers: 4 }, { drivers: 3 }, { drivers: 2 }, { drivers: 1 }],
  gaps: [{ gaps: 8 }, { gaps: 6 }, { gaps: 5 }, { gaps: 4 }, { gaps: 3 }, { gaps: 2 }, { gaps: 1 }],
} as const satisfies Readonly<Record<string, readonly Partial<Amount>[]>>;

/** A part of the page whose amount can be chosen. */
export type Part = keyof typeof variants;

export const parts = Object.keys(variants) as readonly Part[];

/** Position in `variants` of what is shown, part by part. */
export type Choice = Readonly<Record<Part, number>>;

export const everything: Choice = { course: 0, images: 0, risks: 0, trends: 0, drivers: 0, gaps: 0 };

/** Rows of the page: parts that stand side by side. */
const rows: readonly (readonly Part[])[] = [['course', 'images', 'risks'], ['trends'], ['drivers', 'gaps']];

/** What is given up first costs the reader least; gone through until the page fits. */
const givenUp: readonly Part[] = [
  'risks',
  'drivers',
  'risks',
  'gaps',
  'course',
  'risks',
  'drivers',
  'gaps',
  'risks',
  'images',
  'drivers',
  'course',
  'gaps',
  'trends',
  'risks',
  'images',
  'course',
  'drivers',
  'gaps',
  'risks',
  'images',
];

/** In this order parts get back what there is room for. */
const givenBack: readonly Part[] = ['risks', 'gaps', 'drivers', 'course', 'images', 'trends'];

/** The amount that a choice stands for. */
export function amountOf(choice: Choice): Amount {
  const chosen = parts.map((part) => variants[part][choice[part]] ?? variants[part][0]);
  return Object.assign({}, ...chosen) as Amount;
}

/**
 * The fullest page that fits. A part is given up only where it makes its row shorter, and given back where there is room for it in
 * the end.
 *
 * @param heights Of each variant of each part (pt).
 * @param room What the parts may take (pt).
 */
export function chooseAmounts(heights: Readonly<Record<Part, readonly number[]>>, room: number): Choice {
  const choice: Record<Part, number> = { ...everything };
  const heightOf = (part: Part) => heights[part][choice[part]] ?? 0;
  const rowOf = (row: readonly Part[]) => Math.max(...row.map(heightOf));
  const total = () => rows.reduce((sum, row) => sum + rowOf(row), 0);
  const isTallest = (part: Part) => rows.some((row) => row.includes(part) && heightOf(part) === rowOf(row));
  for (let changed = true; changed && total() > room; ) {
    changed = false;
    for (const part of givenUp) {
      if (total() <= room) break;
      const next = choice[part] + 1;
      if (next >= variants[part].length || !isTallest(part)) continue;
      choice[part] = next;
      changed = true;
    }
  }
  for (const part of givenBack) {
    while (choice[part] > 0) {
      choice[part] -= 1;
      if (total() <= room) continue;
      choice[part] += 1;
      break;
    }
  }
  return choice;
}
