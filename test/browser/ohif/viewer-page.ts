import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { until } from '../../helpers/until.ts';

/** A pane of the viewer. */
export interface ShownPane {
  readonly viewportId: string;
  readonly study: string | null;
  readonly series: string | null;
  readonly description: string | null;
  /** SOPInstanceUID of the image; null where there is none. */
  readonly image: string | null;
  /** HU that are black, and that are white. */
  readonly window: { readonly lower: number; readonly upper: number } | null;
}

export interface ShownOutline {
  readonly lesion: string;
  readonly group: string;
  readonly colour: string;
  readonly dashes: string;
  readonly width: number;
  readonly inside: { readonly x: number; readonly y: number } | null;
  /** Indices of the first and last pixel of the image that it encloses. */
  readonly box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

/** CSS pixels of a pane. */
export type Point = readonly [viewportId: string, x: number, y: number];

/** The viewer in a tab, as a person at the screen and its services see it. */
export interface ViewerPage {
  readonly page: Page;
  panes(): Promise<ShownPane[]>;
  outlines(viewportId: string): Promise<ShownOutline[]>;
  labels(viewportId: string): Promise<string[]>;
  /** Waits until a pane holds the many greys of a CT. A pane whose size changes is black for a moment. */
  ctVisible(viewportId: string): Promise<void>;
  /** What the reader sees at a point of a pane, of the image and of all that lies over it: red, green, blue. */
  pixel(...point: Point): Promise<number[]>;
  /** A point that the outlines of these lesions enclose, and no other does, away from lines and labels. */
  pointIn(viewportId: string, lesions: readonly string[]): Promise<Point>;
  misplacedLabels(viewportId: string): Promise<number>;
  marks(): Promise<{ name: string; startTime: number; detail: unknown }[]>;
  /** Presses at a point of a pane. */
  click(...point: Point): Promise<void>;
  hover(...point: Point): Promise<void>;
  /** Waits until every pane shows an image. */
  imagesThere(panes: number): Promise<void>;
  /** Waits until each of the panes has as many outlined lesions. */
  lesionsThere(...counts: readonly number[]): Promise<void>;
}

/** Patience for what a busy machine without a graphics card needs minutes for at worst (ms). */
const patienceMs = 90_000;

/** Puts `in-viewer.js` into every document that the tab opens from now on. */
export async function installViewerProbes(page: Page): Promise<void> {
  await page.addInitScript({ path: fileURLToPath(new URL('in-viewer.js', import.meta.url)) });
}

/**
 * Opens the viewer.
 *
 * @param url Of the service.
 * @param studies StudyInstanceUIDs.
 * @param mode Route of a mode.
 */
export async function openViewerPage(
  page: Page,
  url: string,
  studies: readonly string[],
  mode = 'deltascope',
): Promise<ViewerPage> {
  await page.goto(`${url}/${mode}?StudyInstanceUIDs=${studies.join(',')}`);
  await page.locator('canvas.cornerstone-canvas').first().waitFor({ timeout: patienceMs });
  const ask = <T>(name: string, argument?: unknown) =>
    page.evaluate(`viewer.${name}(${JSON.stringify(argument) ?? ''})`) as Promise<T>;
  const viewer: ViewerPage = {
    page,
    panes: () => ask('panes'),
    outlines: (id) => ask('outlines', id),
    labels: (id) => ask('labels', id),
    ctVisible: (id) => until(async () => (await ask<number>('greys', id)) > 30, `the CT in ${id}`),
    async pixel(...point) {
      const { x, y } = await ask<{ x: number; y: number }>('onPage', point);
      const clip = { x: Math.floor(x), y: Math.floor(y), width: 1, height: 1 };
      return [...decode(await page.screenshot({ clip })).data.slice(0, 3)];
    },
    async pointIn(id, lesions) {
      const point = await ask<{ x: number; y: number } | null>('pointIn', [id, lesions]);
      if (point === null) throw new Error(`no point in ${lesions.join(' and ')} alone`);
      return [id, point.x, point.y];
    },
    misplacedLabels: (id) => ask('misplacedLabels', id),
    marks: () => ask('marks'),
    async click(...point) {
      const { x, y } = await ask<{ x: number; y: number }>('onPage', point);
      await page.mouse.click(x, y);
    },
    async hover(...point) {
      const { x, y } = await ask<{ x: number; y: number }>('onPage', point);
      await page.mouse.move(x, y);
    },
    imagesThere: (panes) =>
      until(
        async () => {
          const shown = await viewer.panes();
          return shown.length === panes && shown.every(({ image }) => image !== null);
        },
        `${panes} panes with an image`,
        patienceMs,
      ),
    lesionsThere: (...counts) =>
      until(
        async () => {
          const shown = await viewer.panes();
          const found = await Promise.all(
            shown.map(async ({ viewportId }) => (await viewer.outlines(viewportId)).length),
          );
          return found.length === counts.length && found.every((count, at) => count === counts[at]);
        },
        `outlined lesions: ${counts.join(', ')}`,
        patienceMs,
      ),
  };
  return viewer;
}
