import { describe, expect, test } from 'vitest';
import { integratedDiscrimination, netReclassification } from '../../../src/statistics/idi-nri.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

type Numbers = Record<string, number>;

const tolerance = (field: string) => readTolerance('idi_nri', field);

describe.skipIf(!hasOracles)(`IDI and NRI against Hmisc improveProb (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<Numbers & { improveProb_fields: Numbers; cutoffs: number[] }>('idi_nri') : {};
  const load = () => {
    const table = readTable('statistics/idi_nri/input.csv');
    return [table.column('p_base'), table.column('p_full'), table.column('y')] as const;
  };

  test('IDI', () => {
    const reference = cases.main!;
    const actual = integratedDiscrimination(...load());
    expectAbsolute(actual.idi, reference.idi!, tolerance('idi'), 'IDI');
    for (const name of ['idi_se_improveProb', 'idi_se_sample_variance'])
      expectRelative(actual.se, reference[name]!, tolerance('se'), name);
    expectRelative(actual.z, reference.z_idi!, tolerance('se'), 'z');
    expectRelative(actual.p, reference.p_idi!, tolerance('p'), 'p');
    expectRelative(actual.interval.low, reference.ci_low!, tolerance('se'), 'low');
    expectRelative(actual.interval.high, reference.ci_high!, tolerance('se'), 'high');
    expectAbsolute(actual.meanDifferenceEvents, reference.mean_diff_events!, tolerance('idi'), 'events');
    expectAbsolute(actual.meanDifferenceNonEvents, reference.mean_diff_nonevents!, tolerance('idi'), 'non-events');
    expectAbsolute(actual.discriminationSlopeOld, reference.discrimination_slope_old!, tolerance('idi'), 'old slope');
    expectAbsolute(actual.discriminationSlopeNew, reference.discrimination_slope_new!, tolerance('idi'), 'new slope');
    const { improveProb_fields: fields } = reference;
    expectAbsolute(actual.meanDifferenceEvents, fields.improveSens!, tolerance('idi'), 'improveSens');
    expectAbsolute(-actual.meanDifferenceNonEvents, fields.improveSpec!, tolerance('idi'), 'improveSpec');
    expectAbsolute(actual.idi, fields.idi!, tolerance('idi'), 'improveProb idi');
    expectRelative(actual.se, fields['se.idi']!, tolerance('se'), 'improveProb se.idi');
    expectRelative(actual.z, fields['z.idi']!, tolerance('se'), 'improveProb z.idi');
  });

  test('continuous NRI', () => {
    const { improveProb_fields: fields, ...reference } = cases.main!;
    const [oldP, newP, outcome] = load();
    const { nri, se, z, p, events, nonEvents } = netReclassification(oldP, newP, outcome);
    expect([outcome.length, outcome.filter((y) => y === 1).length]).toEqual([fields.n, fields.na]);
    expect(outcome.filter((y) => y === 0).length).toBe(fields.nb);
    expectAbsolute(nri, reference.continuous_nri!, tolerance('idi'), 'NRI');
    expectRelative(se, reference.nri_se!, tolerance('se'), 'SE');
    expectRelative(z, reference.nri_z!, tolerance('se'), 'z');
    expectRelative(p, reference.nri_p!, tolerance('p'), 'p');
    expectAbsolute(events.nri, reference.nri_events!, tolerance('idi'), 'events');
    expectAbsolute(nonEvents.nri, reference.nri_nonevents!, tolerance('idi'), 'non-events');
    const named = {
      'pup.ev': events.up,
      'pdown.ev': events.down,
      'pup.ne': nonEvents.up,
      'pdown.ne': nonEvents.down,
      nri,
      'nri.ev': events.nri,
      'nri.ne': nonEvents.nri,
    };
    for (const [name, value] of Object.entries(named)) expectAbsolute(value, fields[name]!, tolerance('idi'), name);
    const errors = { 'se.nri': se, 'se.nri.ev': events.se, 'se.nri.ne': nonEvents.se };
    for (const [name, value] of Object.entries(errors)) expectRelative(value, fields[name]!, tolerance('se'), name);
    const tests = { 'z.nri': z, 'z.nri.ev': events.z, 'z.nri.ne': nonEvents.z };
    for (const [name, value] of Object.entries(tests)) expectRelative(value, fields[name]!, tolerance('se'), name);
  });

  test('NRI over risk categories', () => {
    const reference = cases.categorical!;
    const { nri, se, z, p, events, nonEvents } = netReclassification(...load(), reference.cutoffs);
    expectAbsolute(events.up, reference.up_event!, tolerance('idi'), 'events up');
    expectAbsolute(events.down, reference.down_event!, tolerance('idi'), 'events down');
    expectAbsolute(nonEvents.up, reference.up_nonevent!, tolerance('idi'), 'non-events up');
    expectAbsolute(nonEvents.down, reference.down_nonevent!, tolerance('idi'), 'non-events down');
    expectAbsolute(nri, reference.NRI!, tolerance('idi'), 'NRI');
    expectRelative(se, reference.se!, tolerance('se'), 'SE');
    expectRelative(z, reference.z!, tolerance('se'), 'z');
    expectRelative(p, reference.p!, tolerance('p'), 'p');
  });
});

describe.skipIf(!hasOracles)('the reference idi_nri', () => {
  test('has no field that is not compared', () => expect(unreadFields('idi_nri')).toEqual([]));
});
