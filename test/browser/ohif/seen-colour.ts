import { expect } from 'vitest';
import type { Point, ViewerPage } from './viewer-page.ts';

/** Red, green and blue of a colour such as `#FF7F2A`, at an opacity over another one. */
export function blended(below: readonly number[], colour: string, opacity = 0.35): number[] {
  return below.map((value, at) => {
    const wanted = Number.parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);
    return value * (1 - opacity) + wanted * opacity;
  });
}

/** Within a grey level, because colours and opacity are bytes. */
export function expectColour(found: readonly number[], expected: readonly number[]): void {
  const differences = found.map((value, at) => Math.abs(value - (expected[at] ?? 0)));
  expect(Math.max(...differences), `${found} for ${expected}`).toBeLessThanOrEqual(1);
}

export function isGrey(colour: readonly number[]): boolean {
  return Math.max(...colour) === Math.min(...colour);
}

/** Colours at a point: with the overlay, and of the image alone. */
export interface Seen {
  readonly painted: number[];
  readonly bare: number[];
}

/** What is seen at points with the overlay, and without it. */
export async function withAndWithoutOverlay({ page, pixel }: ViewerPage, points: readonly Point[]): Promise<Seen[]> {
  const look = async () => {
    const found: number[][] = [];
    for (const point of points) found.push(await pixel(...point));
    return found;
  };
  const painted = await look();
  await page.getByLabel('Risk overlay').uncheck();
  const bare = await look();
  await page.getByLabel('Risk overlay').check();
  return painted.map((colour, at) => ({ painted: colour, bare: bare[at] ?? [] }));
}
