import type { RiskGroup } from '../models/model-result.ts';

/** A risk group; `unclassified` for a result without one, `none` where there is no result. */
export type MarkKey = RiskGroup | 'unclassified' | 'none';

/** How a risk group looks: never by colour alone. */
export interface RiskMark {
  readonly colour: string;
  /** Lighter, for lines on a CT. */
  readonly onImage: string;
  /** Text on the colour, at least 4.5:1. */
  readonly onColour: string;
  /** Of an outline, in units of its line width; null for a solid one. */
  readonly dashes: readonly number[] | null;
  /** Against the width of the others. */
  readonly weight: number;
}

/** Colours that colour-blind eyes tell apart (Okabe and Ito), with outlines that a grey print tells apart. */
export const riskMarks: Readonly<Record<MarkKey, RiskMark>> = {
  low: { colour: '#0072B2', onImage: '#56B4E9', onColour: '#ffffff', dashes: null, weight: 1 },
  intermediate: { colour: '#E69F00', onImage: '#F0B94A', onColour: '#000000', dashes: [5, 3], weight: 1 },
  high: { colour: '#D55E00', onImage: '#FF7F2A', onColour: '#000000', dashes: null, weight: 2 },
  unclassified: { colour: '#56606b', onImage: '#C4C9CF', onColour: '#ffffff', dashes: [0.1, 2.2], weight: 1.3 },
  none: { colour: '#767676', onImage: '#9E9E9E', onColour: '#ffffff', dashes: [0.1, 2.2], weight: 1.3 },
};
