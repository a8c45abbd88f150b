import { describe, expect, test } from 'vitest';
import { findCheckpointInhibitor } from '../../../src/fhir/drug-match.ts';
import { concept, mappings, medication, order } from '../../helpers/fhir-resources.ts';

const atc = 'http://www.whocc.no/atc';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const nothing = () => undefined;

function found(fields: Record<string, unknown>): string | undefined {
  return findCheckpointInhibitor(order(fields), nothing, mappings)?.inn;
}

describe('checkpoint inhibitor of a draft order', () => {
  test.each([
    [atc, 'L01FF05', 'atezolizumab'],
    ['http://fhir.de/CodeSystem/bfarm/atc', 'L01FF02', 'pembrolizumab'],
    [atc, 'L01XC17', 'nivolumab'],
    [rxnorm, '1547545', 'pembrolizumab'],
    [rxnorm, '1792780', 'atezolizumab'],
    [atc, 'L01FF09', 'tislelizumab'],
  ])('%s %s is %s', (system, code, inn) => {
    expect(found({ medicationCodeableConcept: concept(system, code) })).toBe(inn);
  });

  test.each([
    ['tislelizumab-jsgr 100 mg', 'tislelizumab'],
    ['20 ML durvalumab 50 MG/ML Injection [Imfinzi]', 'durvalumab'],
    ['ATEZOLIZUMAB', 'atezolizumab'],
    ['cemiplimab-rwlc', 'cemiplimab'],
    ['注射用阿得贝利单抗', 'adebrelimab'],
    ['nivolumab/relatlimab', 'nivolumab'],
  ])('text "%s" is %s', (text, inn) => {
    expect(found({ medicationCodeableConcept: { text } })).toBe(inn);
    expect(found({ medicationCodeableConcept: concept(rxnorm, '9999999', { display: text }) })).toBe(inn);
  });

  test.each([
    ['another drug by code, whatever the text says', { ...concept(atc, 'L01CB01'), text: 'with atezolizumab' }],
    ['part of a word', { text: 'preatezolizumabium' }],
    ['no drug', { text: 'saline' }],
    ['the same code of another system', concept('http://other.example', 'L01FF05')],
  ])('%s is none', (_, medicationCodeableConcept) => {
    expect(found({ medicationCodeableConcept })).toBeUndefined();
  });

  test('an order not to give one is none', () => {
    expect(found({ medicationCodeableConcept: concept(atc, 'L01FF05'), doNotPerform: true })).toBeUndefined();
  });

  test('by reference: contained, in the Bundle, by ingredient, by display', () => {
    const contained = [{ resourceType: 'Medication', id: 'm', code: concept(atc, 'L01FF05') }];
    expect(found({ contained, medicationReference: { reference: '#m' } })).toBe('atezolizumab');
    const product = medication({
      id: 'product',
      code: { text: 'Combination pack' },
      ingredient: [{ itemCodeableConcept: { text: 'carboplatin' } }, { itemCodeableConcept: concept(atc, 'L01FF03') }],
    });
    const byReference = order({ medicationReference: { reference: 'Medication/product' } });
    expect(findCheckpointInhibitor(byReference, () => product, mappings)).toEqual({ inn: 'durvalumab' });
    const named = { medicationReference: { reference: 'Medication/elsewhere', display: 'Pembrolizumab 25 mg/mL' } };
    expect(found(named)).toBe('pembrolizumab');
  });

  test('a resource of another type, or not readable, is none', () => {
    expect(findCheckpointInhibitor({ resourceType: 'ServiceRequest' }, nothing, mappings)).toBeUndefined();
    expect(findCheckpointInhibitor({ resourceType: 'MedicationRequest' }, nothing, mappings)).toBeUndefined();
  });
});
