import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import { notFound } from '../../../src/models/fact-age.ts';
import {
  bodyStructure,
  concept,
  condition,
  factsOf,
  order,
  patient,
  sclc,
  snomed,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const liver = condition(concept(snomed, '94381002'), { id: 'liver' });
const whole = [sclc(), liver];

describe('from a record that was read in part nothing is concluded', () => {
  test.each(['Condition', 'Observation', 'BodyStructure'])('%s unread: no organ is free of metastases', (type) => {
    expect(newest(factsOf(whole), 'brainMetastases')?.value).toBe(false);
    const facts = factsOf(whole, { unread: new Set([type]) });
    expect(newest(facts, 'liverMetastases')?.value).toBe(true);
    expect(newest(facts, 'brainMetastases')).toBeUndefined();
    expect(facts.unread).toEqual([type]);
  });

  test('BodyStructure unread: lesions are not counted', () => {
    const url = 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition';
    const extension = [{ url, valueReference: { reference: 'Condition/liver' } }];
    const lesions = ['a', 'b'].map((value) => bodyStructure({ identifier: [{ value }], extension }));
    expect(valuesOf(factsOf([...whole, ...lesions]), 'metastaticLesions')).toEqual([2]);
    expect(
      valuesOf(factsOf([...whole, ...lesions], { unread: new Set(['BodyStructure']) }), 'metastaticLesions'),
    ).toEqual([]);
  });

  test.each(['MedicationRequest', 'MedicationStatement', 'Medication'])(
    '%s unread: the glucocorticoids are not added up',
    (type) => {
      const prednisone = order(
        { medicationCodeableConcept: concept('http://www.whocc.no/atc', 'H02AB07') },
        {
          status: 'active',
          authoredOn: '2026-11-01',
          dosageInstruction: [
            {
              route: concept(snomed, '26643006'),
              timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
              doseAndRate: [{ doseQuantity: { value: 10, code: 'mg', system: 'http://unitsofmeasure.org' } }],
            },
          ],
        },
      );
      expect(valuesOf(factsOf([prednisone]), 'steroidDose')).toEqual([10]);
      expect(valuesOf(factsOf([prednisone], { unread: new Set([type]) }), 'steroidDose')).toEqual([]);
    },
  );

  test('a fact that was not found is not said to be missing from the record', () => {
    expect(notFound({ unread: [] }, ' for the baseline')).toBe('not in the record for the baseline');
    expect(notFound({ unread: ['Condition', 'Observation'] })).toBe(
      'not in what was read of the record (not read: Condition, Observation)',
    );
    expect(factsOf([patient()]).unread).toEqual([]);
  });
});
