import type { Assessment } from '../assessment/assessment.ts';
import { comparisonSentence } from '../assessment/sentences.ts';
import { capitalise } from '../assessment/wording.ts';
import { endpointWords } from '../models/endpoint-words.ts';
import type { ModelResult, Outcome } from '../models/model-result.ts';
import { type OutcomeView, riskViews, shownModels } from './risk-view.ts';
import { texts } from './texts.ts';

/** A model in full. */
export interface ModelView {
  readonly number: number;
  readonly title: string;
  readonly standing: string;
  readonly demonstration: boolean;
  readonly standingNote: string;
  /** What it says, or why nothing; one line each. */
  readonly results: readonly string[];
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
  /** Citation, version and hash of the model's file. */
  readonly foot: string;
}

const units: Readonly<Record<Outcome['explanation']['scale'], string>> = {
  'log-odds': 'log-odds',
  'log-hazard': 'log-hazard',
  probability: 'probability',
  score: 'score',
};

/** Every model of an Assessment in full, in the order and with the numbers of the first page. */
export function modelViews(assessment: Assessment): ModelView[] {
  const risks = riskViews(assessment);
  return shownModels(assessment).flatMap((result, at): ModelView[] => {
    const risk = risks[at];
    if (risk === undefined) return [];
    const { model } = result;
    const doi = model.source.doi === undefined ? '' : `, doi:${model.source.doi}`;
    const version = texts.foot.model(model.id, model.version, model.hash);
    const said = risk.outcomes.map(({ heading, number, more }) => [`${heading}: ${number}.`, ...more].join(' '));
    return [
      {
        number: risk.number,
        title: model.title,
        standing: risk.standing,
        demonstration: risk.demonstration,
        standingNote: model.standingNote,
        results: result.status === 'assessed' ? said : result.reasons.map(capitalise),
        sections: (result.status === 'not-applicable' ? [] : sectionsOf(result, risk)).filter(
          ({ lines }) => lines.length > 0,
        ),
        foot: `${texts.details.after(model.source.citation, doi)}. ${version}.`,
      },
    ];
  });
}

function sectionsOf(result: ModelResult, risk: ReturnType<typeof riskViews>[number]): ModelView['sections'] {
  const { details } = texts;
  const { outcomes, model, signatures, comparisons } = result;
  const assessed = result.status === 'assessed';
  // Sections of several outcomes are told apart.
  const about = ({ endpoint }: Outcome) => (outcomes.length < 2 ? '' : `${capitalise(endpointWords(endpoint))}. `);
  return [
    { heading: '', lines: risk.change === null ? [] : [risk.change] },
    { heading: details.cautions, lines: risk.cautions },
    ...outcomes.map((outcome) => ({
      heading: `${about(outcome)}${details.effects(outcome.explanation.reference)}`,
      lines: contributions(outcome),
    })),
    ...outcomes.map((outcome) => ({
      heading: `${about(outcome)}${details.members}`,
      lines: outcome.members.map(memberWords),
    })),
    { heading: details.signatures, lines: signatures.map(({ label, score }) => `${label}: ${score.toFixed(3)}`) },
    { heading: details.factors, lines: outcomes.flatMap(({ factors }) => factors) },
    { heading: details.observed, lines: risk.outcomes.flatMap(seen) },
    { heading: details.comparisons, lines: comparisons.map(comparisonSentence) },
    { heading: details.performance, lines: model.performance },
    { heading: details.limits, lines: [...(assessed ? [details.noInterval] : []), ...model.limits] },
  ];
}

/** What the study saw, with what it is where that is more than the heading says. */
function seen({ observed, observedNote }: OutcomeView): string[] {
  const note = observedNote === texts.risks.inTheStudy || observed.length === 0 ? [] : [`${observedNote}:`];
  return [...note, ...observed.map(capitalise)];
}

function contributions({ explanation: { scale, contributions } }: Outcome): string[] {
  return contributions.map(({ label, contribution }) => {
    const sign = contribution < 0 ? '-' : '+';
    return texts.details.contribution(label, `${sign}${Math.abs(contribution).toFixed(3)}`, units[scale]);
  });
}

function memberWords({ label, value }: Outcome['members'][number]): string {
  return `${label}: ${value === null ? texts.notStated : value.toFixed(3)}`;
}
