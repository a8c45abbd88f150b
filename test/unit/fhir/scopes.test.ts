import { describe, expect, test } from 'vitest';
import { missingScopes, parseScopes } from '../../../src/fhir/auth/scopes.ts';

describe('A2: scopes of SMART 1 and 2', () => {
  test.each([
    ['patient/Observation.rs', 'Observation', 'read', 'whole'],
    ['patient/Observation.r', 'Observation', 'search', 'none'],
    ['patient/Observation.s', 'Observation', 'search', 'whole'],
    ['patient/Observation.cruds', 'Observation', 'search', 'whole'],
    ['patient/Observation.cud', 'Observation', 'read', 'none'],
    ['patient/Observation.read', 'Observation', 'search', 'whole'],
    ['patient/Observation.write', 'Observation', 'read', 'none'],
    ['patient/Observation.*', 'Observation', 'search', 'whole'],
    ['patient/*.rs', 'Condition', 'search', 'whole'],
    ['user/*.*', 'Condition', 'read', 'whole'],
    ['system/Condition.rs', 'Observation', 'read', 'none'],
    ['openid fhirUser launch/patient patient/Condition.rs', 'Condition', 'read', 'whole'],
    ['patient/Observation.rs?category=laboratory', 'Observation', 'search', 'part'],
    ['patient/Observation.rs?category=laboratory patient/Observation.rs', 'Observation', 'search', 'whole'],
    ['', 'Observation', 'read', 'unknown'],
    ['openid fhirUser', 'Observation', 'read', 'unknown'],
    ['OBSERVATION.SEARCH (LABS)', 'Observation', 'read', 'unknown'],
    ['patient/Condition.rs OBSERVATION.READ', 'Observation', 'read', 'unknown'],
    ['patient/Observation.sr', 'Observation', 'read', 'unknown'],
  ] as const)('"%s" for %s, %s: %s', (scope, type, interaction, coverage) => {
    expect(parseScopes(scope).covers(type, interaction)).toBe(coverage);
  });

  test.each([
    ['system/Patient.rs system/Observation.rs', 'system/Patient.rs', ['system/Observation.rs']],
    ['system/Patient.rs system/Observation.rs', 'system/*.read', []],
    ['system/*.rs', 'system/Patient.rs', ['system/*.rs']],
    ['system/Observation.rs', 'system/Observation.r', ['system/Observation.rs']],
    ['system/Observation.rs', 'system/Observation.rs?category=laboratory', ['system/Observation.rs']],
    ['system/Observation.rs', 'a vendor grant', []],
  ])('asked "%s", granted "%s"', (asked, granted, missing) => {
    expect(missingScopes(asked, granted)).toEqual(missing);
  });
});
