import type { Content } from 'pdfmake';
import { capitalise } from '../assessment/wording.ts';
import { ink, smallest } from './drawing.ts';
import type { Amount } from './page-amounts.ts';
import type { PageView } from './page-view.ts';
import { badge, heading, small, standingChip } from './pdf-parts.ts';
import type { OutcomeView, RiskView } from './risk-view.ts';
import { texts } from './texts.ts';

/** What all models say together, then each: standing, group, number, study, cautions. */
export function riskColumn(view: PageView, width: number, amount: Amount): Content[] {
  const { risks, notApplicable, statement, mark, last, demonstration } = view;
  const none = notApplicable.length === 0 ? [] : [small(texts.risks.notApplicable(notApplicable.length))];
  return [
    heading(texts.risks.heading, width),
    {
      ...(badge(
        mark,
        [
          { text: texts.risk[mark], bold: true, fontSize: 9.5 },
          { text: `${statement}.` },
          ...(demonstration ? [{ text: `${texts.risks.demonstration}.` }] : []),
          ...(last === null ? [] : [small(`${last}.`)]),
        ],
        13,
      ) as object),
      margin: [0, 0, 0, 4],
    } as Content,
    ...(risks.length === 0 ? [{ text: texts.risks.noModels }] : []),
    ...risks.map((risk) => riskBlock(risk, amount)),
    ...none,
  ];
}

function riskBlock(risk: RiskView, amount: Amount): Content {
  const { number, title, standing, demonstration, status, outcomes, reasons, change } = risk;
  const said: Content[] =
    status === 'assessed'
      ? outcomes.map((outcome) => outcomeBlock(outcome, amount))
      : [badge('none', [{ text: texts.risks.notAssessable, bold: true }, ...shortened(reasons, amount)])];
  return {
    stack: [
      standingChip(standing, demonstration),
      { text: `${number}  ${title}`, fontSize: smallest, color: ink.muted },
      ...said,
      ...(change === null || !amount.changes ? [] : [small(change)]),
      ...cautions(risk, amount),
    ],
    margin: [0, 0, 0, 5],
  };
}

/** Reasons of a model that could not be assessed; the gaps below say the rest. */
function shortened(reasons: readonly string[], { cautions: count }: Amount): Content[] {
  return reasons.slice(0, Math.max(1, count - 1)).map((text) => ({ text: `${capitalise(text)}.` }));
}

function outcomeBlock(outcome: OutcomeView, amount: Amount): Content {
  const { mark, heading: what, number, more, observed, observedNote } = outcome;
  const seen = observed.slice(0, amount.observed);
  return {
    stack: [
      badge(mark, [
        { text: what, bold: true, fontSize: 8.5 },
        { text: number, bold: true },
      ]),
      { text: more.join(' ') },
      ...(seen.length === 0 ? [] : [small(`${observedNote}:`), ...seen.map((line) => small(`${capitalise(line)}.`))]),
    ],
    margin: [0, 1, 0, 1],
  };
}

function cautions({ cautions: all }: RiskView, { cautions: count }: Amount): Content[] {
  const left = all.length - count;
  return [
    ...all.slice(0, count).map(
      (text): Content => ({
        text: [{ text: `${texts.risks.caution}: `, bold: true }, text],
        fontSize: smallest,
      }),
    ),
    ...(left > 0 ? [small(texts.risks.moreCautions(left), { bold: true })] : []),
  ];
}
