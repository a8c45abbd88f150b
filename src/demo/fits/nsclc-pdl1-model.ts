import type { Model } from '../../models/model-schema.ts';
import { expressionSites } from './nsclc-pdl1-cohort.ts';
import { type area, type Fusion, fusedProbabilities } from './nsclc-pdl1-fit.ts';
import type { FittedSignature } from './signature.ts';

export interface ExpressionPerformance {
  readonly fusion: ReturnType<typeof area>;
  readonly raSig: ReturnType<typeof area>;
  readonly dlSig: ReturnType<typeof area>;
}

export interface FittedExpression {
  readonly radiomics: FittedSignature;
  readonly fusion: Fusion;
  readonly cutoff: number;
  /** The two signatures in the training cohort. */
  readonly scores: readonly [Float64Array, Float64Array];
  /** On the second site. */
  readonly performance: ExpressionPerformance;
}

const demonstration = 'This demonstration model';

/** The model as a person wrote it with everything that was fitted: signature, ranges, fusion, cut-off, worked example, performance. */
export function fittedExpressionModel(written: Model, fitted: FittedExpression): Model {
  const { radiomics, fusion, cutoff, scores, performance } = fitted;
  const [form] = written.forms;
  if (form?.type !== 'score-fusion' || form.classification === undefined)
    throw new RangeError(`forms: ${form?.type ?? 'none'}, expected a score fusion with a classification`);
  return {
    ...written,
    signatures: written.signatures.map((signature) => ({
      ...signature,
      intercept: radiomics.intercept,
      terms: [...radiomics.terms],
    })),
    inputs: written.inputs.map((input, at) => {
      const values = scores[at] ?? new Float64Array();
      return { ...input, range: [Math.min(...values), Math.max(...values)] };
    }),
    forms: [
      {
        ...form,
        intercept: fusion.intercept,
        members: form.members.map((member, at) => ({ ...member, ...fusion.members[at] })),
        classification: { ...form.classification, cutoff },
      },
    ],
    performance: [
      performanceLine(performance),
      ...written.performance.filter((line) => !line.startsWith(demonstration)),
    ],
    examples: [workedExample(fusion)],
  };
}

function performanceLine({ fusion, raSig, dlSig }: ExpressionPerformance): string {
  const { size } = expressionSites.second;
  const interval = fusion.ci95.map((limit) => limit.toFixed(3)).join('-');
  return `${demonstration} on the second synthetic site (n = ${size}): AUC ${fusion.auc.toFixed(3)} (${interval}); RAsig alone ${raSig.auc.toFixed(3)}, DLsig alone ${dlSig.auc.toFixed(3)}`;
}

function workedExample(fusion: Fusion): Model['examples'][number] {
  const [raSig, dlSig] = [0.5, -0.25];
  const parts = fusion.members.map(
    ({ coefficient, mean, sd }, at) => `${coefficient} x (${[raSig, dlSig][at]} - ${mean}) / ${sd}`,
  );
  const [value = Number.NaN] = fusedProbabilities(fusion, [Float64Array.of(raSig), Float64Array.of(dlSig)]);
  return {
    working: `1 / (1 + exp(-(${fusion.intercept} + ${parts.join(' + ')}))) = ${value}`,
    inputs: { raSig, dlSig },
    expected: [{ form: 0, value }],
  };
}
