import type { ModelResult, Outcome } from '../models/model-result.ts';
import type { Theme } from './figure-frame.ts';
import { nomogramSvg } from './nomogram-svg.ts';
import { observedSvg } from './observed-svg.ts';

/** A figure of a result, as a file or inline. */
export interface ModelFigure {
  /** Lower case with dashes: part of a file name. */
  readonly name: string;
  /** As a person reads it. */
  readonly title: string;
  readonly svg: string;
}

/**
 * Every figure that a result has: a nomogram for each form that one can draw, and what the study saw for each outcome.
 *
 * @param endpointText Words of an endpoint, as the surfaces have them.
 * @param resultText Words of an outcome's number, as the surfaces have them.
 */
export function modelFigures(
  { model, nomograms, outcomes }: ModelResult,
  words: {
    readonly endpointText: (endpoint: Outcome['endpoint']) => string;
    readonly resultText: (outcome: Outcome) => string;
  },
  theme: Theme = 'light',
): ModelFigure[] {
  const { standing, standingNote } = model;
  const head = { standing, standingNote, theme };
  const drawn = nomograms.map(({ endpoint, reading }): ModelFigure => {
    const outcome = outcomes.find((each) => sameEndpoint(each.endpoint, endpoint));
    const title = `Nomogram: ${words.endpointText(endpoint)}`;
    const resultWords = outcome === undefined ? {} : { resultWords: [words.resultText(outcome)] };
    return { name: fileName(model.id, title), title, svg: nomogramSvg({ ...head, title, reading, ...resultWords }) };
  });
  const seen = outcomes.flatMap(({ endpoint, observed, observedNote }): ModelFigure[] => {
    const title = `What the study saw: ${words.endpointText(endpoint)}`;
    const svg = observedSvg({ ...head, title, observed, observedNote });
    return svg === null ? [] : [{ name: fileName(model.id, title), title, svg }];
  });
  return [...drawn, ...seen];
}

function sameEndpoint(a: Outcome['endpoint'], b: Outcome['endpoint']): boolean {
  return a.event === b.event && a.horizonMonths === b.horizonMonths;
}

function fileName(id: string, title: string): string {
  return `${id}-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}
