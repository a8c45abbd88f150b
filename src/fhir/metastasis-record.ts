import type { Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { conditionStatus, isPast, knownConditions } from './condition-state.ts';
import { isOfAnotherDisease, relatedConditions } from './disease-links.ts';
import type { ClinicalMappings } from './mappings.ts';
import type { Moment } from './moment.ts';
import { isFinal, isKnownBy, observationMoment } from './observation-state.ts';
import { type CodeableConcept, referenceTo } from './resources.ts';

export type Organ = ClinicalMappings['conditions']['metastases'][number];

/** A metastasis that the record documents. */
export interface Metastasis {
  /** Undefined where the record leaves the site open. */
  readonly organ: Organ | undefined;
  readonly moment: Moment;
  readonly source: string;
  readonly status: string;
}

/** Metastases of the lung cancer that the record documents by `asOf` and that are not over. */
export function knownMetastases(reading: Reading): Metastasis[] {
  const { chart, mappings, asOf } = reading;
  const { metastases, metastasisOfUnknownSite, metastasisSiteObservations } = mappings.conditions;
  const fromConditions = knownConditions(chart.conditions, asOf).known.flatMap(
    ({ condition, moment }): Metastasis[] => {
      if (isPast(condition, asOf) || isOfAnotherDisease(relatedConditions(condition), reading)) return [];
      const common = { moment, source: referenceTo(condition), status: conditionStatus(condition) };
      const organ = metastases.find(({ include }) => isInSet(include, condition.code));
      if (organ !== undefined) return [{ organ, ...common }];
      if (!isInSet(metastasisOfUnknownSite, condition.code)) return [];
      const sites = (condition.bodySite ?? []).flatMap((site) => organAt(site, metastases) ?? []);
      return sites.length === 0 ? [{ organ: undefined, ...common }] : sites.map((site) => ({ organ: site, ...common }));
    },
  );
  const fromObservations = chart.observations.flatMap((observation): Metastasis[] => {
    const moment = observationMoment(observation);
    const organ = organAt(observation.valueCodeableConcept, metastases);
    if (!isInSet(metastasisSiteObservations, observation.code) || organ === undefined) return [];
    if (!isFinal(observation)) return [];
    if (moment === undefined || !isKnownBy(observation, moment, asOf)) return [];
    return [{ organ, moment, source: referenceTo(observation), status: observation.status }];
  });
  return [...fromConditions, ...fromObservations];
}

/** The organ that a site belongs to. */
export function organAt(site: CodeableConcept | undefined, organs: readonly Organ[]): Organ | undefined {
  return organs.find(({ bodySites }) => isInSet(bodySites, site));
}
