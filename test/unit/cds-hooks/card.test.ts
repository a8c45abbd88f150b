import { describe, expect, it } from 'vitest';
import { cardsOf, unavailableCard } from '../../../cds-hooks/card.ts';
import { escapeMarkdown } from '../../../cds-hooks/markdown.ts';
import { buildAssessment } from '../../../src/assessment/assessment.ts';
import { readConfig } from '../../../src/config.ts';
import type { ClinicalFacts } from '../../../src/fhir/facts.ts';
import { loadModels } from '../../../src/models/registry.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { mappings } from '../../helpers/fhir-resources.ts';

const models = loadModels(readConfig({}).mappingsFolder).filter(({ id }) => id === 'es-sclc-2l-ici-cox');
const order = { drugs: ['atezolizumab'], references: ['MedicationRequest/draft-1'] };
const secondLine = [
  fact('histology', 'sclc', null, '2026-02-01'),
  fact('extent', 'extensive', null, '2026-02-01'),
  fact('therapyLine', 2, null, '2026-10-01'),
  fact('age', 66, 'a', '2026-11-21'),
  fact('liverMetastases', true, null, '2026-10-01'),
  fact('lungMetastases', false, null, '2026-10-01'),
  fact('metastaticLesions', 4, '{lesions}', '2026-10-01'),
  fact('firstLinePfsMonths', 4.8, 'mo', '2026-10-01'),
];

function cards(facts: ClinicalFacts, judged: typeof order | null = order) {
  const assessment = buildAssessment({
    id: 'assessment-1',
    createdAt: '2026-11-21T12:00:00Z',
    facts,
    featureSets: [],
    settingsHashes: {},
    imagingStatus: undefined,
    models,
    contextFacts: {},
    versions: { deltascope: '0', extractor: '1' },
    unavailable: {},
    previous: undefined,
  });
  return cardsOf(assessment, { orders: judged, mappings, models, links: {}, ordered: new Set() });
}

describe('card of the published second-line model', () => {
  const [card] = cards(clinicalFacts(secondLine));

  it('says hazard, order and drivers with the published numbers', () => {
    // 1.782 x 1.831 = 3.26 (paper's Table 4)
    expect(card?.summary).toBe('3.3 times the reference hazard of progression on atezolizumab; published model');
    expect(card?.detail).toContain('median 2.74 months (2.03-3.45), 18.3% at 6 months, 3.4% at 12 months');
    expect(card?.detail).toContain('| Liver metastases | present | 1 Oct 2026, 51 days ago | raises |');
    expect(card?.detail).toContain('No risk group: the paper publishes neither a baseline survival nor a cut-off');
  });

  it('keeps to CDS Hooks 2.0.1: short summary, indicator, source, no HTML, no empty values', () => {
    expect(card?.summary.length).toBeLessThan(140);
    expect(card?.indicator).toBe('info');
    expect(card?.source).toMatchObject({ label: 'Deltascope', url: 'https://doi.org/10.3389/fimmu.2025.1658017' });
    expect(card?.detail).not.toMatch(/<[a-z/]/i);
    expect(JSON.stringify(card)).not.toMatch(/null|""|\[\]|\{\}/);
  });

  it('names the draft that was judged', () => {
    expect(card?.extension['org.deltascope.result']).toMatchObject({
      judgedOrders: ['MedicationRequest/draft-1'],
      status: 'assessed',
    });
  });
});

describe('cards when something is missing', () => {
  it('names the missing input and what would mend it', () => {
    const [card] = cards(clinicalFacts(secondLine.filter(({ key }) => key !== 'metastaticLesions')));
    expect(card?.summary).toBe('Risk on atezolizumab not assessable: Three or more metastatic lesions missing');
    expect(card?.detail).toContain('To mend: record the metastatic lesions');
  });

  it('says why no model applies to an order, and nothing when a chart is opened', () => {
    const other = clinicalFacts([fact('histology', 'nsclc', null, '2026-02-01')]);
    expect(cards(other)[0]?.detail).toContain('the study enrolled small-cell lung cancer only');
    expect(cards(other, null)).toEqual([]);
    expect(cards(clinicalFacts([]), null)).toEqual([]);
  });

  it('lists what was set aside', () => {
    const problem = {
      code: 'LAB_IMPLAUSIBLE',
      key: 'ldh',
      source: 'Observation/1',
      text: 'LDH 4000000 U/L is outside 50-20000 U/L',
    } as const;
    const [card] = cards(clinicalFacts(secondLine, { problems: [problem] }));
    expect(card?.detail).toContain('- LDH 4000000 U/L is outside 50-20000 U/L (LAB_IMPLAUSIBLE)');
  });

  it('is short and names the code when the record can not be read', () => {
    const card = unavailableCard('the patient record (FHIR server) does not answer', 'FHIR_UNREACHABLE', order);
    expect(card.summary).toBe('Atezolizumab: risk not assessable: the patient record (FHIR server) does not answer');
    expect(card.detail).toContain('FHIR_UNREACHABLE');
  });
});

describe('text from a record', () => {
  it('neither formats nor breaks a table row', () => {
    expect(escapeMarkdown('a|b\n<script>*x*</script> [l](u) `c` ~~d~~')).toBe(
      'a\\|b &lt;script&gt;\\*x\\*&lt;/script&gt; \\[l\\](u) \\`c\\` \\~\\~d\\~\\~',
    );
  });
});
