import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ContrastFacts, contrastFacts, phaseOf } from '../../../src/dicomweb/contrast-phase.ts';
import { loadSeriesRules } from '../../../src/dicomweb/series-rules.ts';

const rules = loadSeriesRules(fileURLToPath(new URL('../../../mappings', import.meta.url)));
const facts = (changes: Partial<ContrastFacts>): ContrastFacts => ({
  SeriesDescription: null,
  agent: false,
  bolusStart: null,
  acquired: null,
  ...changes,
});

describe('phase by SeriesDescription', () => {
  it.each([
    ['English', 'Chest plain', false, 'plain'],
    ['English', 'CHEST W/O', false, 'plain'],
    ['English', 'NON-CONTRAST CHEST', false, 'plain'],
    ['English', 'Chest unenhanced 3.0', false, 'plain'],
    ['English', 'C- chest', false, 'plain'],
    ['German', 'Thorax nativ 1.0', false, 'plain'],
    ['German', 'Thorax ohne KM', false, 'plain'],
    ['French', 'Thorax sans injection', false, 'plain'],
    ['French', 'TAP sans IV', false, 'plain'],
    ['Spanish', 'Tórax sin contraste', false, 'plain'],
    ['Spanish', 'TAC SIMPLE', false, 'plain'],
    ['Italian', 'Torace senza mdc', false, 'plain'],
    ['Italian', 'fase basale', false, 'plain'],
    ['Portuguese', 'Tórax sem contraste', false, 'plain'],
    ['Chinese', '胸部平扫', false, 'plain'],
    ['Japanese', '胸部単純', false, 'plain'],
    ['Japanese', '胸部 造影前', false, 'plain'],
    ['English', 'Chest venous phase', true, 'venous'],
    ['English', 'CAP portal venous', true, 'venous'],
    ['English', 'CHEST VEN 1.25', true, 'venous'],
    ['English, agent not named', 'Chest venous phase', false, 'venous'],
    ['German', 'Thorax venös 3.0', true, 'venous'],
    ['German', 'Thorax portalvenös', true, 'venous'],
    ['German, no umlaut', 'Thorax venoes', true, 'venous'],
    ['French', 'Temps veineux', true, 'venous'],
    ['French', 'TAP portal', true, 'venous'],
    ['Spanish', 'fase venosa', true, 'venous'],
    ['Italian', 'Fase portale', true, 'venous'],
    ['Portuguese', 'fase venosa torax', true, 'venous'],
    ['Chinese', '静脉期', true, 'venous'],
    ['Chinese', '胸部增强 门脉期', true, 'venous'],
    ['Japanese', '門脈相', true, 'venous'],
    ['Japanese, full-width', '胸部　ＶＥＮＯＵＳ', true, 'venous'],
    ['English', 'Chest arterial', true, 'arterial'],
    ['English', 'CTPA 1.0', true, 'arterial'],
    ['English', 'CTA Chest', true, 'arterial'],
    ['English', 'late arterial', true, 'arterial'],
    ['German', 'Thorax arteriell', true, 'arterial'],
    ['German', 'CT Angiographie', true, 'arterial'],
    ['French', 'Temps artériel', true, 'arterial'],
    ['Spanish', 'FASE ARTERIAL', true, 'arterial'],
    ['Italian', 'Fase arteriosa', true, 'arterial'],
    ['Chinese', '动脉期', true, 'arterial'],
    ['Japanese', '動脈相', true, 'arterial'],
    ['English', 'Chest delayed', true, 'unknown'],
    ['German', 'Spätphase', true, 'unknown'],
    ['English, both in one', 'CHEST W/WO CONTRAST', false, 'unknown'],
    ['German, both in one', 'Thorax mit und ohne KM', false, 'unknown'],
    ['English, a part of a word', 'Chest adVENture smART', true, 'unknown'],
    ['plain with an agent', 'Chest plain', true, 'unknown'],
    ['nothing', 'Thorax 3.0', true, 'unknown'],
    ['nothing', 'Thorax 3.0', false, 'unknown'],
    ['no description', null, false, 'unknown'],
  ])('%s: "%s", agent %s: %s', (_, SeriesDescription, agent, expected) => {
    expect(phaseOf(rules, facts({ SeriesDescription, agent })).phase).toBe(expected);
  });

  it('says what the phase was told from', () => {
    expect(phaseOf(rules, facts({ SeriesDescription: 'Thorax nativ' })).reason).toBe(
      "SeriesDescription 'Thorax nativ'",
    );
    expect(phaseOf(rules, facts({ SeriesDescription: 'Chest plain', agent: true })).reason).toBe(
      "SeriesDescription 'Chest plain' says plain, but ContrastBolusAgent is present",
    );
  });
});

describe('phase by the time between bolus and scan', () => {
  const noon = 43_200;
  it.each([
    [25, 'arterial'],
    [39, 'arterial'],
    [42, 'unknown'],
    [60, 'venous'],
    [120, 'venous'],
    [180, 'unknown'],
    [5, 'unknown'],
  ])('%i s after the start of the bolus: %s', (seconds, expected) => {
    const series = facts({ agent: true, bolusStart: noon, acquired: noon + seconds });
    expect(phaseOf(rules, series)).toEqual({
      phase: expected,
      reason: `acquired ${seconds} s after ContrastBolusStartTime`,
    });
  });

  it('over midnight', () => {
    expect(phaseOf(rules, facts({ agent: true, bolusStart: 86_390, acquired: 60 })).phase).toBe('venous');
  });

  it('a description that the times contradict is not believed', () => {
    const series = { SeriesDescription: 'Chest venous', agent: true, bolusStart: noon };
    expect(phaseOf(rules, facts({ ...series, acquired: noon + 20 }))).toEqual({
      phase: 'unknown',
      reason: "SeriesDescription 'Chest venous' says venous, but it was acquired 20 s after ContrastBolusStartTime",
    });
    expect(phaseOf(rules, facts({ ...series, acquired: noon + 65 })).phase).toBe('venous');
  });

  it('phases of one study by the order of acquisition: one bolus counts for all', () => {
    const plain = facts({ acquired: noon - 120 });
    const arterial = facts({ agent: true, acquired: noon + 25 });
    const venous = facts({ agent: true, bolusStart: noon, acquired: noon + 70 });
    const later = facts({ acquired: noon + 600 });
    const study = [venous, later, plain, arterial];
    expect(study.map((series) => phaseOf(rules, series, study).phase)).toEqual([
      'venous',
      'unknown',
      'plain',
      'arterial',
    ]);
    expect(phaseOf(rules, plain, study).reason).toBe(
      'no ContrastBolusAgent, acquired before the series with contrast agent',
    );
  });

  it('two boluses settle nothing for a third series, and without a contrast series nothing is before it', () => {
    const bolus = (bolusStart: number) => facts({ agent: true, bolusStart, acquired: bolusStart + 70 });
    const untimed = facts({ agent: true, acquired: noon + 75 });
    expect(phaseOf(rules, untimed, [bolus(noon), bolus(noon + 900), untimed]).phase).toBe('unknown');
    const alone = facts({ acquired: noon });
    expect(phaseOf(rules, alone, [alone, facts({ acquired: noon + 60 })]).phase).toBe('unknown');
  });

  it('"plain" after the bolus is not believed', () => {
    const venous = facts({ agent: true, bolusStart: noon, acquired: noon + 70 });
    const virtual = facts({ SeriesDescription: 'Chest plain', acquired: noon + 70 });
    expect(phaseOf(rules, virtual, [venous, virtual]).phase).toBe('unknown');
  });
});

describe('contrastFacts', () => {
  it.each([
    [{ ContrastBolusAgent: 'Ultravist 370' }, true],
    [{ ContrastBolusAgent: 'IV CONTRAST', ContrastBolusRoute: 'IV' }, true],
    [{ ContrastBolusAgentSequence: [{}] }, true],
    [{ ContrastBolusAgent: 'NONE' }, false],
    [{ ContrastBolusAgent: 'ORAL' }, false],
    [{ ContrastBolusAgent: 'Gastrografin', ContrastBolusRoute: 'Oral' }, false],
    [{ ContrastBolusAgent: '' }, false],
    [{}, false],
  ])('%j: agent %s', (image, agent) => {
    expect(contrastFacts(rules, null, image).agent).toBe(agent);
  });

  it.each([
    [{ ContrastBolusStartTime: '101530.5', AcquisitionTime: '101630' }, 36_930.5, 36_990],
    [{ ContrastBolusStartTime: '10:15:30', AcquisitionDateTime: '20260102101630.25+0100' }, 36_930, 36_990.25],
    [{ ContrastBolusStartTime: 'none', AcquisitionTime: '996000' }, null, null],
    [{}, null, null],
  ])('times of %j', (image, bolusStart, acquired) => {
    expect(contrastFacts(rules, null, image)).toMatchObject({ bolusStart, acquired });
  });
});
