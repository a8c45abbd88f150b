import type { Assessment } from '../../../src/assessment/assessment.ts';
import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { course } from './course-fixture.ts';
import { assessedModel, lackingModel, model } from './model-fixture.ts';

const assessment: Assessment = {
  format: 3,
  id: 'assessment-2',
  subject: 'Patient/made-up',
  synthetic: true,
  asOf: '2026-11-21T10:00:00Z',
  createdAt: '2026-11-21T10:00:01Z',
  histology: 'nsclc',
  models: [],
  combined: {
    group: 'high',
    conflict: false,
    demonstration: true,
    statement: '2 results agree (progression within 6 months: high; progression within 9 months: high)',
  },
  trend: { previous: { id: 'assessment-1', asOf: '2026-10-22T12:00:00Z', group: 'intermediate' }, changes: [] },
  problems: [],
  unread: [],
  checkpointInhibitor: { firstDose: '2026-08-19', lastDose: '2026-11-11', cycles: 5 },
  imaging: { state: 'ready', code: null, message: null, selection: [] },
  versions: { deltascope: '0.1.0', extractor: 'deltascope-1' },
};

/** A view with everything in it; a test changes what it is about. */
export const fullView: PanelView = {
  fresh: true,
  patient: { reference: 'Patient/made-up', name: 'Synthetic-Gorse, Gale', PatientIDs: ['SYN-0007'], synthetic: true },
  assessment,
  models: [assessedModel, lackingModel],
  course,
  lesionRisks: [
    {
      lesion: '2.25.101',
      group: 'high',
      text: 'high risk of progression within 6 months',
      change: 'volume +19% since 7 Oct 2026',
      changeSinceBaseline: 'volume +31% since baseline',
    },
    {
      lesion: '2.25.102',
      group: null,
      text: 'not assessable: models use the primary tumour only',
      change: 'volume -15% since 7 Oct 2026',
      changeSinceBaseline: 'volume -24% since baseline',
    },
  ],
  analysis: { state: 'ready', share: null, code: null, message: null, updatedAt: '2026-11-21T09:00:00Z' },
  stale: null,
  notices: ['The mask of the primary tumour was made by a program and not confirmed by a reader'],
  figures: [
    { model, label: 'Nomogram: progression within 6 months', href: '/api/assessments/assessment-2/figures/m/0.svg' },
  ],
  links: { report: '/report/made-up', modelCards: { [model]: `/api/models/${model}/card` } },
};
