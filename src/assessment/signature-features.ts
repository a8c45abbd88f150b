import { deltaFeatures } from '../models/deltas.ts';
import type { Form } from '../models/form-schema.ts';
import { coefficientOf } from '../models/forms/linear-predictor.ts';
import { regionId } from '../models/image-schema.ts';
import type { ModelResult } from '../models/model-result.ts';
import type { Model, ModelInput, Signature } from '../models/model-schema.ts';
import { formInputs } from '../models/predict.ts';
import type { FeatureSetRecord } from '../store/records.ts';
import type { FeatureSeries } from './course-types.ts';

/** A feature that a model takes from a region of a CT series, with what it adds to the model's first outcome. */
export interface UsedFeature {
  readonly feature: string;
  readonly region: string;
  readonly processing: string;
  readonly phase: FeatureSetRecord['phase'];
  readonly model: string;
  readonly title: string;
  /** Null where the model was not assessed. */
  readonly contribution: FeatureSeries['contribution'];
}

type Imaging = ModelResult['imaging'][number];

interface ModelRun {
  readonly model: Model;
  readonly result: ModelResult;
  readonly featuresOf: (
    imaging: Imaging,
    processing: string,
    region: string,
  ) => Readonly<Record<string, number>> | undefined;
}

/**
 * The features that a model takes from CT, by image: the terms of its signatures and the features that are inputs themselves.
 *
 * A term's contribution counts from the mean of the feature in the model's cohort, `beta * (x - mean) / sd`; times the
 * coefficient of the signature where the first outcome is linear in it, else on the scale of the signature's score. A
 * term on a change between two images is counted for the second one.
 *
 * @param featuresOf The feature set that was used for an image; undefined where it is not there any more.
 */
export function usedFeatures(run: ModelRun): UsedFeature[] {
  const { model, result } = run;
  if (result.status === 'not-applicable') return [];
  const ofSignatures = model.signatures.flatMap((signature) => {
    const input = model.inputs.find(({ from }) => 'signature' in from && from.signature === signature.name);
    const slope = input === undefined ? undefined : slopeOf(run, input);
    return signature.terms.flatMap((term) =>
      imagesOf(model, term.of).flatMap((name, at, names) => {
        const counts = at === names.length - 1;
        return useOf(
          run,
          name,
          term.feature,
          counts && slope !== undefined ? termContribution(run, term, slope) : null,
        );
      }),
    );
  });
  const ofInputs = model.inputs.flatMap(({ name, from }) => {
    if (!('feature' in from)) return [];
    const explained = result.outcomes[0]?.explanation;
    const own = explained?.contributions.find(({ input }) => input === name);
    const contribution =
      own === undefined || explained === undefined ? null : { value: own.contribution, scale: explained.scale };
    return imagesOf(model, from.of).flatMap((image, at, names) =>
      useOf(run, image, from.feature, at === names.length - 1 ? contribution : null),
    );
  });
  return [...ofSignatures, ...ofInputs];
}

interface Share {
  readonly value: number;
  readonly scale: string;
}

function useOf({ model, result }: ModelRun, image: string, feature: string, share: Share | null): UsedFeature[] {
  const required = model.images.find(({ name }) => name === image);
  if (required === undefined) return [];
  const found = result.imaging.find((each) => each.image === image);
  const { id, title } = result.model;
  return [
    {
      model: id,
      title,
      feature,
      region: regionId(required.region),
      processing: required.processing,
      phase: found?.phase ?? required.phases[0] ?? 'unknown',
      contribution: share === null || found === undefined ? null : { model: id, title, ...share },
    },
  ];
}

/** The image itself, or both images of a delta. */
function imagesOf({ deltas }: Model, name: string): readonly string[] {
  return deltas.find((delta) => delta.name === name)?.of ?? [name];
}

function termContribution(run: ModelRun, term: Signature['terms'][number], slope: Share | null): Share | null {
  const value = termValue(run, term);
  if (value === undefined) return null;
  const onScore = (term.beta * (value - term.mean)) / term.sd;
  return slope === null ? { value: onScore, scale: 'score' } : { value: slope.value * onScore, scale: slope.scale };
}

function termValue({ model, result, featuresOf }: ModelRun, term: Signature['terms'][number]): number | undefined {
  const featuresAt = (name: string) => {
    const required = model.images.find((image) => image.name === name);
    const found = result.imaging.find(({ image }) => image === name);
    if (required === undefined || found === undefined) return undefined;
    return featuresOf(found, required.processing, regionId(required.region));
  };
  const delta = model.deltas.find(({ name }) => name === term.of);
  if (delta === undefined) return featuresAt(term.of)?.[term.feature];
  const [first, second] = delta.of.map(featuresAt);
  if (first === undefined || second === undefined) return undefined;
  const only = (features: Readonly<Record<string, number>>) => {
    const value = features[term.feature];
    return value === undefined ? {} : { [term.feature]: value };
  };
  return deltaFeatures(delta.operator, only(first), only(second))[term.feature];
}

/** What one unit of an input adds to the first outcome: null where that is not the same everywhere, undefined where nothing. */
function slopeOf({ model, result }: ModelRun, { name, transform }: ModelInput): Share | null | undefined {
  const [outcome] = result.outcomes;
  const form = model.forms.find(
    ({ endpoint }) =>
      endpoint.event === outcome?.endpoint.event && endpoint.horizonMonths === outcome.endpoint.horizonMonths,
  );
  if (outcome === undefined || form === undefined || !formInputs(form).includes(name)) return undefined;
  const coefficient = transform === undefined ? coefficientIn(form, name) : null;
  return coefficient === null ? null : { value: coefficient, scale: outcome.explanation.scale };
}

/** The coefficient of an input; null where the form is not linear in it. */
function coefficientIn(form: Form, name: string): number | null {
  if (form.type === 'score-fusion') {
    const parts = form.members.map((member) => {
      const own = formInputs(member.form).includes(name) ? coefficientIn(member.form, name) : 0;
      const isLinear = own === 0 || member.form.type === 'linear';
      return own === null || !isLinear ? null : (member.coefficient * own) / member.sd;
    });
    return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
  }
  if (!('terms' in form)) return null;
  const term = form.terms.find(({ input }) => input === name);
  return term === undefined ? null : coefficientOf(term);
}
