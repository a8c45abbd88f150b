import { recoveryTable, replicatesTable, selectionTable, three, withLimits } from './sclc-model-parts.ts';
import { plantedProgressionEffects } from './sclc-outcomes.ts';
import type { PfsFit } from './sclc-pfs-fit.ts';

/** `model-card.md` of the demonstration model of progression, with the items of TRIPOD+AI that apply to a model of no people. */
export function pfsCard(fit: PfsFit): string {
  const { training, second } = fit;
  return `# Progression under first-line chemo-immunotherapy in extensive-stage small-cell lung cancer: demonstration

**SYNTHETIC DEMO MODEL. No coefficient comes from patients; a result says nothing about anybody.** It is never used on a record
that is not marked as synthetic.

| item | |
|---|---|
| Model | \`es-sclc-pfs-cox\` 1.1.0: radiomics score (LASSO-Cox) and integrated Cox regression |
| Standing | synthetic-demo: fitted by \`npm run fit:demo\` on computer-made CT phantoms with invented times to progression |
| Source of the method | Zhao J, He Y, Yang X, et al. J Immunother Cancer 2023;11:e007492, doi 10.1136/jitc-2023-007492 |
| Source of data | a seeded plan (\`src/demo/fits/sclc-cohort.ts\`): two synthetic sites that differ in scanner noise (${training.noiseSdHu} and ${second.noiseSdHu} HU) |
| Population | invented persons with extensive-stage SCLC, age ${training.ageRange.join('-')} years, under first-line chemo-immunotherapy |
| Outcome | months to progression (Weibull, proportional hazards), everybody followed to one closing date, 18 to 42 months after recruitment |
| Predictors | radiomics score of tumour and peripheral ring (2 mm to either side of the border) on the baseline CT; T, N and M stage, ECOG, LIPI |
| Sample size | training ${training.size} persons, ${training.progressed} with progression; second site ${second.size}, ${second.progressed} with progression |
| Missing data | none in the cohorts; on a patient the model abstains and names what is missing |
| Intended use | to show the chain from CT to card; to be replaced by a fit on a hospital's own cohort |

## Why it is synthetic
The paper gives method, predictors and performance. Not in its text: the eight features and their weights, the coefficients of the
integrated model, the baseline survival and the cut-off. None of these is invented as if it were the paper's: \`fit.json\` holds what
was fitted, on what, with which seed, and which planted effects the fit finds again.

## Model
\`${fit.processing}\` on tumour and ring, 1218 features each; Cox model with an L1 penalty, 10 folds with events dealt evenly, penalty of the
smallest deviance. The score, T, N, M, ECOG and LIPI enter a Cox model (Efron's ties), each person with the score of a signature that
was fitted without this person's fold; its baseline hazard gives the survival without progression at 6 and 12 months. Groups: the
median linear predictor of the training cohort.

${selectionTable({ radiomics: fit.signature })}

## Are the planted effects found again?
All planted log hazards are invented: the paper's stand in figures only. The hidden aggressiveness
(${plantedProgressionEffects.aggressiveness} per SD) shapes the tumour and the strands around it, and shows in the images only.

Planned before any image was made: everything that the outcome depends on (hidden trait, stages, ECOG, LIPI, time of recruitment,
chance itself) is a balanced design, evenly spread and hardly correlated; T, N and LIPI are about equally frequent in all categories, M1
is two of three, and the follow-up is long. That is no hospital's case mix. A power of 95% for each clinical predictor
takes ${Math.max(...fit.eventsNeeded.map(({ events }) => events))} events at most (Schoenfeld's formula); the fit has ${training.progressed}. Size, border and strands hardly stray from what the
aggressiveness predicts, so that the score can follow it.

${recoveryTable(fit.recovered)}

T, N, M, ECOG and LIPI together: Wald chi-squared ${fit.recoveredTogether.statistic.toFixed(2)} on ${fit.recoveredTogether.df} degrees of freedom against what was
planted, p = ${fit.recoveredTogether.p.toFixed(2)}. As chance is balanced too, the estimates of this one cohort lie nearer to the planted effects than those of
most cohorts would. What the intervals are worth without that: the same persons with ${fit.replicates.count} other outcomes of independent chance,
fitted once with the hidden aggressiveness in sight and once with the score of this cohort in its place (signatures chosen anew each time would vary more).

${replicatesTable(fit.replicates)}

## Performance
| | training, out of fold (n = ${training.size}) | second synthetic site (n = ${second.size}) |
|---|---|---|
${performanceRows(fit)}

These are numbers of phantoms. The paper's own integrated model: C-index 0.699 in training, 0.688 and 0.820 in external validation;
AUC at 6 and 12 months 0.744 and 0.836, 0.820 and 0.726, 0.852 and 0.751; radiomics alone C-index 0.585, 0.634, 0.617. The survival of
its risk groups is shown with a result, and said to be the paper's.

## For whom it does not work
In the paper's patients on chemotherapy alone the model did not predict (6-month AUC 0.394, C-index 0.556): it abstains there.
Patients of high risk did on chemo-immunotherapy as on chemotherapy alone (median PFS 5.5 and 5.9 months, HR 0.90, p = 0.547).

## What differs from the paper
- 2436 candidate features (tumour and ring); the paper's text counts 1218 and does not say how the two regions share them.
- The paper does not name the contrast phase; here it is the venous one.
- The integrated model is fitted on scores out of fold; the paper's on the scores of the training patients themselves.

## Limits
No patients, one invented rule of how aggressive tumours look, simple geometry, one scanner model, no artefacts. ECOG and LIPI are
the newest of the last six weeks. The persons are those of the nomogram's demonstration, whose plan was changed with the second
site's results in sight: it is no untouched test set. Nothing here says anything about chemo-immunotherapy.
`;
}

function performanceRows({ performance: { training, second } }: PfsFit): string {
  const both = (cell: (site: typeof training) => string) => `${cell(training)} | ${cell(second)}`;
  const aucs = (site: typeof training, which: 'integrated' | 'radiomics') =>
    site[which].auc.map(({ auc }) => three(auc)).join(', ');
  const months = (value: number | null) => (value === null ? 'not reached' : `${value.toFixed(1)} months`);
  return [
    `| integrated, C-index (95% CI) | ${both((site) => withLimits(site.integrated.cIndex, site.integrated.ci95))} |`,
    `| integrated, AUC at 6 and 12 months | ${both((site) => aucs(site, 'integrated'))} |`,
    `| radiomics alone, C-index (95% CI) | ${both((site) => withLimits(site.radiomics.cIndex, site.radiomics.ci95))} |`,
    `| radiomics alone, AUC at 6 and 12 months | ${both((site) => aucs(site, 'radiomics'))} |`,
    `| median PFS, low and high group | ${both(({ groups }) => `${months(groups.low.medianMonths)} (n = ${groups.low.n}), ${months(groups.high.medianMonths)} (n = ${groups.high.n})`)} |`,
    `| hazard ratio, high against low group | ${both(({ groups }) => groups.hazardRatio.toFixed(2))} |`,
  ].join('\n');
}
