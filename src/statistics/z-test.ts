import { chiSquareUpperTail } from './distributions.ts';

/** An estimate beside its standard error. */
export interface ZTest {
  /** `estimate / se`. */
  readonly z: number;
  /** Two-sided, `P(|Z| > |z|)`. */
  readonly p: number;
}

/**
 * Tests an estimate against 0 by its standard error, with the normal distribution.
 *
 * @param estimate Any finite number.
 * @param se 0 or more. A standard error of 0 gives z = 0 and p = 1 for an estimate of 0, otherwise an infinite z and
 *   p = 0: formally right, but in practice a sample too small or too clean to show its spread.
 */
export function zTest(estimate: number, se: number): ZTest {
  if (estimate === 0) return { z: 0, p: 1 };
  const z = estimate / se;
  return { z, p: chiSquareUpperTail(z * z, 1) };
}
