import type { RiskGroup } from '../../../src/models/model-result.ts';

/** How a risk group is drawn: colour, and a mark for eyes or screens that do not tell colours apart. */
export interface RiskStyle {
  /** On a dark background. */
  readonly colour: string;
  /** Letter of the mark. */
  readonly letter: 'L' | 'I' | 'H' | '?';
  /** As it is written after the letter. */
  readonly word: string;
  /** Outline: width in CSS pixels, and its pattern as SVG's `stroke-dasharray`. */
  readonly width: number;
  readonly dashes: string;
}

const styles: Readonly<Record<'low' | 'intermediate' | 'high' | 'none', RiskStyle>> = {
  low: { colour: '#56B4E9', letter: 'L', word: 'low', width: 1.5, dashes: 'none' },
  intermediate: { colour: '#F0B94A', letter: 'I', word: 'intermediate', width: 1.75, dashes: '6 3' },
  high: { colour: '#FF7F2A', letter: 'H', word: 'high', width: 3, dashes: 'none' },
  none: { colour: '#9E9E9E', letter: '?', word: 'not assessable', width: 1.75, dashes: '1.5 3' },
};

/** Groups in the order of a legend. */
export const legendStyles: readonly RiskStyle[] = [styles.high, styles.intermediate, styles.low, styles.none];

/** Style of a risk group; null stands for not assessable. */
export function riskStyle(group: RiskGroup | null): RiskStyle {
  return styles[group ?? 'none'];
}

/** Red, green, blue and opacity, 0 to 255, as the viewer takes a segment's colour. */
export function rgba({ colour }: RiskStyle): readonly [number, number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}
