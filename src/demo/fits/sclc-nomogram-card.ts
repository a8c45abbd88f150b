import { wald95 } from '../../statistics/logistic.ts';
import { rereadPersons } from './sclc-cohort.ts';
import { recoveryTable, replicatesTable, selectionTable, three, withLimits } from './sclc-model-parts.ts';
import type { NomogramFit } from './sclc-nomogram-fit.ts';
import { plantedDeathEffects } from './sclc-outcomes.ts';

/** `model-card.md` of the demonstration nomogram, with the items of TRIPOD+AI that apply to a model of no people. */
export function nomogramCard(fit: NomogramFit): string {
  const { training, second, performance } = fit;
  const share = (site: typeof training) => `${site.highRisk} of ${site.size} with the event`;
  return `# Death within 24 months under first-line chemo-immunotherapy in extensive-stage small-cell lung cancer: demonstration

**SYNTHETIC DEMO MODEL. No coefficient comes from patients; a result says nothing about anybody.** It is never used on a record
that is not marked as synthetic.

| item | |
|---|---|
| Model | \`es-sclc-os24-nomogram-demo\` 1.1.0: radiomics signatures (LASSO) and logistic regression |
| Standing | synthetic-demo: fitted by \`npm run fit:demo\` on computer-made CT phantoms with an invented outcome |
| Source of the method | the clinical-radiomics nomogram for response to immunotherapy in extensive-stage SCLC (training n = 119, external test n = 40) |
| Source of data | a seeded plan (\`src/demo/fits/sclc-cohort.ts\`): two synthetic sites that differ in scanner noise (${training.noiseSdHu} and ${second.noiseSdHu} HU) |
| Population | invented persons with extensive-stage SCLC, age ${training.ageRange.join('-')} years, N0 to N3 |
| Outcome | death within 24 months, drawn from a logistic model of a hidden trait, age and N stage |
| Predictors | before-treatment signature (venous phase), relative-delta signature (plain and venous phase), age, N stage; after-treatment and absolute-delta signatures are shown beside the result |
| Sample size | training ${training.size} persons, ${share(training)}; second site ${second.size}, ${share(second)} |
| Missing data | none in the cohorts; on a patient the model abstains and names what is missing. A relative delta whose venous value is 0 is missing |
| Intended use | to show the chain from CT to card; to be replaced by a fit on a hospital's own cohort |

## Why it is synthetic
The paper gives the method, odds ratios and performance (folder \`es-sclc-os24-nomogram\`). It does not give the features and weights
of its signatures, nor the intercept of the final model. None of these is invented as if it were the paper's: \`fit.json\` holds
what was fitted, on what, with which seed, and which planted effects the fit finds again.

## Model
\`${fit.processing}\` (images normalised, 1688 features an image; scale and bin width are not in the paper) on the tumour. A feature
stays if two readers' outlines of ${rereadPersons} training persons agree (ICC(A,1) > 0.8), its variance exceeds 0.8 (relative deltas in
percent), and it is associated with the outcome (analysis of variance, p < 0.05); LASSO with 10 folds and the smallest mean squared
error then chooses. Left after each step:

${selectionTable(fit.signatures)}

The logistic model is fitted on each person's score from signatures that were fitted without this person's fold: on the scores of
the training persons themselves, signatures of so many candidates separate the outcomes perfectly, and no finite model exists.
Groups: the median probability of the training cohort, ${three(fit.cutoff)}.

## Are the planted effects found again?
Age and N stage have the paper's odds ratios, 1.168 a year and 2.917 a category, as planted effects; the hidden aggressiveness
(log odds ${plantedDeathEffects.aggressiveness} per SD) is invented, and shows in the images only: best in the baseline image, by size, border and strands, and less in
the gain from plain to venous phase, by texture. The relative delta therefore has no planted effect beside the other score.

Planned before any image was made: everything that the outcome depends on (hidden trait, age, N stage, chance itself) is a balanced
design, evenly spread and hardly correlated, with as many persons in every N category. That is no hospital's case mix. Not planned: the
first fit had a second trait of equal weight, which the relative delta sees best, and the before score's interval held 0. Out of 1688
features, signatures of ${training.size} persons and a 0/1 outcome tell too little of two traits. The images stayed; the one trait, and how large its effect
is, were chosen by trials with other outcomes of the same persons, whose chance has nothing to do with that of the fit.

${recoveryTable(fit.recovered)}

Relative-delta score: ${limitsOf(fit, 'relativeScore')}. Both scores together, against no effect of either: Wald chi-squared
${fit.scoresTogether.statistic.toFixed(2)} on ${fit.scoresTogether.df} degrees of freedom, p ${fit.scoresTogether.p < 0.001 ? '< 0.001' : `= ${three(fit.scoresTogether.p)}`}.

As chance is balanced too, the estimates of this one cohort lie nearer to the planted effects than those of most cohorts would. What the
intervals are worth without that: the same persons with ${fit.replicates.count} other outcomes of independent chance, fitted once with the hidden trait
in sight and once with the scores of this cohort in its place (signatures chosen anew each time would vary more). Where scores stand for
the trait, a logistic model has somewhat smaller effects of everything else, because what the scores do not tell is lost to all of them:
fewer than 95% of those intervals hold age and N stage.

${replicatesTable(fit.replicates)}

## Performance
| | training, out of fold (n = ${training.size}) | second synthetic site (n = ${second.size}) |
|---|---|---|
| combined, AUC (95% CI) | ${withLimits(performance.training.combined.auc, performance.training.combined.ci95)} | ${withLimits(performance.second.combined.auc, performance.second.combined.ci95)} |
| sensitivity, specificity, accuracy | ${rates(performance.training)} | ${rates(performance.second)} |
${signatureRows(fit)}

These are numbers of phantoms. The paper's own model: AUC 0.919 in training, 0.839 in the external test (n = 40; sensitivity 0.857,
specificity 0.667, accuracy 0.800); its before-treatment signature alone 0.882 and 0.476, after-treatment 0.735 and 0.565, absolute
delta 0.800 and 0.598, relative delta 0.791 and 0.738, which is why a lone score carries a warning. Calibration was suboptimal.

## What differs from the paper
- The before- and after-treatment signatures read the venous phase only; the paper's read both phases.
- The four-variable model is fitted directly; the paper came to it by backward elimination.
- It is fitted on scores out of fold, see above; the paper's on the scores of the training patients themselves.

## Limits
No patients, one invented rule of how aggressive tumours look, simple geometry, one scanner model, no artefacts, no treatment
differences. The plan was changed after a first fit with the second site's results in sight, see above: it is no untouched test set. Nothing here says anything about chemo-immunotherapy.
`;
}

function limitsOf({ logistic }: NomogramFit, input: string): string {
  const term = logistic.terms.find(({ name }) => name === input);
  const { coefficient = Number.NaN, standardError = Number.NaN } = term ?? {};
  return `95% interval ${three(coefficient - wald95 * standardError)} to ${three(coefficient + wald95 * standardError)}`;
}

function rates(site: NomogramFit['performance']['training']): string {
  return [site.sensitivity, site.specificity, site.accuracy].map(three).join(', ');
}

function signatureRows({ performance: { training, second } }: NomogramFit): string {
  return Object.keys(second.signatures)
    .map((name) => {
      const cell = (site: typeof training) => {
        const found = site.signatures[name];
        return found === undefined ? 'not fitted out of fold' : withLimits(found.auc, found.ci95);
      };
      return `| signature ${name} alone, AUC (95% CI) | ${cell(training)} | ${cell(second)} |`;
    })
    .join('\n');
}
