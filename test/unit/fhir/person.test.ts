import { describe, expect, it } from 'vitest';
import { readPerson } from '../../../src/fhir/person.ts';

const patient = (...name: readonly object[]) => ({ resourceType: 'Patient', id: 'p', name });

describe('readPerson', () => {
  it.each<[string, object, string | null]>([
    ['given names before the family name', patient({ given: ['Ada', 'B.'], family: 'Test' }), 'Ada B. Test'],
    ['the text where there is one', patient({ text: 'Dr. Ada Test', family: 'Test' }), 'Dr. Ada Test'],
    [
      'the official name before others',
      patient({ use: 'nickname', text: 'Adi' }, { use: 'usual', text: 'Ada' }, { use: 'official', text: 'Adelheid' }),
      'Adelheid',
    ],
    ['no maiden name', patient({ use: 'maiden', text: 'Before' }, { family: 'Now' }), 'Now'],
    ['no name that has ended', patient({ text: 'Before', period: { end: '2020-01-01' } }), null],
    ['null without a name', patient(), null],
    ['null for an empty one', patient({ text: ' ' }), null],
    ['null for what is no name', { resourceType: 'Patient', name: 'Ada' }, null],
  ])('%s', (_, resource, name) => {
    expect(readPerson(resource as { resourceType: string })).toEqual({ name });
  });
});
