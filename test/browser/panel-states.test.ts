import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnalysisState, PanelView } from '../../src/http/api/panel-types.ts';
import { chromiumAvailable, chromiumSkipReason } from '../helpers/chromium.ts';
import { fullView } from './panel/panel-fixture.ts';
import { pending } from './panel/panel-server.ts';
import { openPanelTab, type PanelTab } from './panel/panel-tab.ts';

const running = (share: number): AnalysisState => ({ ...pending, state: 'running', share });
const refusal = (status: number, code: string) => ({ status, code, diagnostics: `the service says ${code}` });
const withoutResult: PanelView = {
  ...fullView,
  assessment: {
    ...fullView.assessment,
    combined: { group: null, conflict: false, demonstration: false, statement: 'No model could be assessed' },
    trend: null,
  },
  models: fullView.models.slice(1),
};

describe.skipIf(!chromiumAvailable())(`states of the panel (${chromiumSkipReason})`, () => {
  let tab: PanelTab;
  beforeAll(async () => {
    tab = await openPanelTab(380);
  });
  beforeEach(() => {
    tab.server.view = fullView;
    tab.server.fresh = null;
    tab.server.hangUp();
  });
  afterAll(async () => {
    // The browser itself reports each refused request.
    expect(tab.errors.filter((error) => !/Failed to load resource/.test(error))).toEqual([]);
    await tab.close();
  });
  const panelText = () => tab.page.getByTestId('ds-panel').innerText();
  const says = (text: string | RegExp) => tab.page.getByText(text).first().waitFor();
  const asked = (line: string) => tab.server.requests.filter((request) => request.line === line).length;

  it('standing and cautions stand before any number', async () => {
    await tab.open();
    await says('High risk of progression within 6 months');
    const text = await panelText();
    const order = [
      'SYNTHETIC DEMO MODEL, not a clinical result',
      'High risk of progression within 6 months',
      'The mask of the primary tumour was made by a program and not confirmed by a reader',
      'Baseline CT; first follow-up CT; second follow-up CT: the tumour mask was made by a program',
      'about 75%',
    ].map((part) => text.indexOf(part));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(text).toContain('synthetic patient');
    expect(text).toContain('CT 13 Nov 2026, laboratory 12 Nov 2026, assessed 21 Nov 2026');
    expect(text).toContain('Last assessed 22 Oct 2026: intermediate.');
  });

  it('every request brings the bearer token of the viewer', async () => {
    await tab.open();
    await says('Lymph node 4R');
    expect(tab.server.requests.length).toBeGreaterThan(0);
    expect(tab.server.requests.map(({ authorization }) => authorization)).toEqual(
      tab.server.requests.map(() => 'Bearer test-token'),
    );
  });

  it('a remembered answer is shown at once, and replaced by the fresh one', async () => {
    tab.server.view = { ...fullView, fresh: false, stale: 'new CT of 20 Nov 2026 not yet included' };
    tab.server.fresh = { ...fullView, notices: ['Read just now'] };
    await tab.open();
    await says('Read just now');
    expect(await panelText()).not.toContain('not yet included');
    expect(asked('GET /api/panel')).toBe(2);
  });

  it('what is newer than the assessment is named first', async () => {
    tab.server.view = { ...fullView, stale: 'new CT of 20 Nov 2026 not yet included' };
    await tab.open();
    await says('New CT of 20 Nov 2026 not yet included');
  });

  it('not assessable: the reason, and what would mend it', async () => {
    tab.server.view = withoutResult;
    await tab.open();
    await says('Risk not assessable');
    await says(/before-treatment CT signature: not in the record/);
    await tab.page.getByText('All reasons, and what would mend it').click();
    await says('To mend: a baseline chest CT, venous phase, with the primary tumour segmented (DICOM SEG)');
    expect(await tab.page.locator('.ds-standing-demo').count()).toBe(0);
  });

  it('computing: progress is followed, also over a broken connection, and ends in the new result', async () => {
    tab.server.view = { ...withoutResult, analysis: pending };
    await tab.open();
    await says('Image analysis is waiting for its turn.');
    tab.server.tell(running(0.4));
    await says('Image features are being computed: 40%.');
    tab.server.hangUp();
    tab.server.tell(running(0.7));
    await says('Image features are being computed: 70%.');
    tab.server.view = fullView;
    tab.server.tell({ ...pending, state: 'ready' });
    await says('High risk of progression within 6 months');
    expect(await tab.page.getByRole('progressbar').count()).toBe(0);
    expect(asked('GET /api/patients/made-up/analysis/events')).toBe(2);
  });

  it('a failed analysis says why, and can be asked for again', async () => {
    const analysis: AnalysisState = {
      ...pending,
      state: 'failed',
      code: 'PACS_UNREACHABLE',
      message: 'the archive did not answer',
    };
    tab.server.view = { ...fullView, analysis };
    await tab.open();
    await says('The image analysis failed.');
    await says(/PACS_UNREACHABLE/);
    await tab.page.getByRole('button', { name: 'Analyse again' }).click();
    await expect.poll(() => asked('POST /api/patients/made-up/analysis')).toBe(1);
    await says('Image analysis is waiting for its turn.');
    tab.server.view = fullView;
    tab.server.tell({ ...pending, state: 'ready' });
    await tab.page.getByText('Image analysis is waiting for its turn.').waitFor({ state: 'detached' });
  });

  it('no images: what the service says about them', async () => {
    const analysis: AnalysisState = {
      ...pending,
      state: 'none',
      code: 'SEG_NO_PRIMARY_TUMOUR',
      message: 'No segmentation of the tumour',
    };
    tab.server.view = {
      ...withoutResult,
      analysis,
      course: { ...fullView.course, lesions: [], studies: [] },
      lesionRisks: [],
    };
    await tab.open();
    await says('No segmentation of the tumour');
    await says('No lesion is outlined: draw one and send it, below, to have it assessed.');
  });

  it('unreachable: said, asked again by itself, and what was shown stays with its time', async () => {
    tab.server.view = 503;
    await tab.open();
    await says('Deltascope can not be reached');
    tab.server.view = { ...fullView, fresh: false };
    tab.server.fresh = 503;
    await says('High risk of progression within 6 months');
    await says(/What stands below was read at \d\d:\d\d and may be out of date\./);
    tab.server.fresh = fullView;
    await tab.page.getByRole('button', { name: 'Try again' }).click();
    await tab.page.getByText('Deltascope can not be reached').waitFor({ state: 'detached' });
  });

  it.each([
    [401, 'HTTP_UNAUTHORIZED', 'Not signed in'],
    [403, 'VIEWER_FORBIDDEN', 'This patient is not open to you here'],
    [403, 'VIEWER_PATIENT_MISMATCH', 'Patient and study do not match'],
    [404, 'VIEWER_STUDY_UNKNOWN', 'Deltascope does not know this study'],
    [400, 'HTTP_REQUEST_INVALID', 'Deltascope refused the request'],
  ])("status %i %s: %s, and nobody's data", async (status, code, heading) => {
    tab.server.view = refusal(status, code);
    await tab.open();
    await tab.page.getByRole('alert').getByText(heading).waitFor();
    const text = await panelText();
    expect(text).toContain(code);
    expect(text).not.toContain('Synthetic-Gorse');
  });

  it('who may not see the patient any more does not go on seeing what was read before', async () => {
    tab.server.view = { ...fullView, fresh: false };
    tab.server.fresh = refusal(403, 'VIEWER_FORBIDDEN');
    await tab.open();
    await says('This patient is not open to you here');
    expect(await panelText()).not.toContain('Synthetic-Gorse');
    tab.server.view = fullView;
    tab.server.fresh = null;
    await tab.page.getByRole('button', { name: 'Try again' }).click();
    await says('High risk of progression within 6 months');
  });
});
