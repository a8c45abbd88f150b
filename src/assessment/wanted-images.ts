import { type ClinicalFacts, type FactKey, newest } from '../fhir/facts.ts';
import { applicability, standingForbids } from '../models/applicability.ts';
import type { ImageRequirement } from '../models/image-schema.ts';
import type { ModelData } from '../models/model-result.ts';
import type { Model } from '../models/model-schema.ts';

/**
 * Images that the models which may apply to a patient ask for. A model that the record rules out today asks for none: features that
 * nobody looks at would only keep others waiting. What the record does not say rules nothing out.
 */
export function wantedImages(models: readonly Model[], facts: ClinicalFacts): ImageRequirement[] {
  const data: ModelData = {
    asOf: facts.asOf,
    synthetic: facts.patient.synthetic,
    fact: (key) => newest(facts, key as FactKey),
    features: () => ({ gap: 'not asked for' }),
  };
  return models
    .filter(
      (model) => standingForbids(model, data) === null && applicability(model.applicability, data).unmet.length === 0,
    )
    .flatMap(({ images }) => images);
}
