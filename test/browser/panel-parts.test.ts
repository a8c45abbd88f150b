import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StoreRequest } from '../../ohif-extension/src/viewer/drawing-actions.ts';
import { chromiumAvailable, chromiumSkipReason } from '../helpers/chromium.ts';
import { studies } from './panel/course-fixture.ts';
import { assessedModel } from './panel/model-fixture.ts';
import { fullView } from './panel/panel-fixture.ts';
import { pending } from './panel/panel-server.ts';
import { type Drawn, openPanelTab, type PanelTab, takeMoves } from './panel/panel-tab.ts';

describe.skipIf(!chromiumAvailable())(`lesions, reasons and drawings in the panel (${chromiumSkipReason})`, () => {
  let tab: PanelTab;
  beforeAll(async () => {
    tab = await openPanelTab(380);
    tab.server.view = fullView;
    tab.server.history = {
      assessments: [
        {
          id: 'assessment-2',
          asOf: '2026-11-21T10:00:00Z',
          createdAt: '2026-11-21T10:00:01Z',
          group: 'high',
          statement: '2 results agree (progression: high)',
          segmentations: ['1.2.3.4.5.6.7.8.9.2'],
        },
        {
          id: 'assessment-1',
          asOf: '2026-10-22T12:00:00Z',
          createdAt: '2026-10-22T12:00:01Z',
          group: 'intermediate',
          statement: 'One result gives a risk group (progression: intermediate)',
          segmentations: ['1.2.3.4.5.6.7.8.9.1'],
        },
      ],
    };
  });
  beforeEach(async () => {
    await tab.open();
    await tab.page.getByRole('radio', { name: /Lymph node 4R/ }).waitFor();
  });
  afterAll(async () => {
    expect(tab.errors).toEqual([]);
    expect(tab.externalRequests).toEqual([]);
    await tab.close();
  });
  const lesion = (name: string) => tab.page.getByRole('radio', { name: new RegExp(name) });

  it('a lesion says its size, date, group and change', async () => {
    const rows = await tab.page.locator('.ds-lesion').allInnerTexts();
    expect(rows[0]).toMatch(
      /Primary tumour Lung\s+H\s+47 mm, 45\.2 mL; CT 13 Nov 2026\s+volume \+19% since 7 Oct 2026\s+High risk of progression within 6 months/,
    );
    expect(rows[1]).toMatch(/Lymph node 4R Mediastinum\s+\?\s+15 mm, 2\.2 mL; CT 13 Nov 2026/);
    expect(rows[1]).toContain('Not assessable: models use the primary tumour only');
  });

  it('arrow keys walk through the lesions, the viewport follows; a click on the selected one jumps again', async () => {
    await lesion('Primary tumour').focus();
    await tab.page.keyboard.press('ArrowDown');
    expect(await lesion('Lymph node 4R').isChecked()).toBe(true);
    expect(await takeMoves(tab.page)).toEqual([`jump ${studies.second}`]);
    expect(await tab.page.evaluate('panelPage.state.get().selectedLesion')).toBe('2.25.102');
    await lesion('Lymph node 4R').click();
    expect(await takeMoves(tab.page)).toEqual([`jump ${studies.second}`]);
  });

  it('what is selected in a viewport is selected in the panel', async () => {
    await tab.page.evaluate("panelPage.state.set({ selectedLesion: '2.25.102' })");
    await tab.page.getByText('The models use the primary tumour only.').waitFor();
    expect(await lesion('Lymph node 4R').isChecked()).toBe(true);
    expect(await takeMoves(tab.page)).toEqual([]);
  });

  it('switches of the overlay end in the shared state', async () => {
    await tab.page.getByLabel('Risk overlay').uncheck();
    await tab.page.getByLabel('Scroll both studies together').uncheck();
    expect(await tab.page.evaluate('panelPage.state.get().overlay')).toMatchObject({
      visible: false,
      linkedScroll: false,
    });
    expect(await tab.page.getByLabel('Ring region').isDisabled()).toBe(true);
    await tab.page.getByLabel('Risk overlay').check();
    await tab.page.getByLabel('Ring region').check();
    await tab.page.getByLabel('Opacity').focus();
    await tab.page.keyboard.press('ArrowRight');
    expect(await tab.page.evaluate('panelPage.state.get().overlay')).toMatchObject({ ring: true, opacity: 0.4 });
  });

  it('why: drivers in order of effect, as chart and as table', async () => {
    const { page } = tab;
    await page.getByRole('button', { name: `Why: ${assessedModel.title}` }).click();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('ds-why');
    const said = await page.getByTestId('ds-effects').getAttribute('aria-label');
    expect(said).toContain('First order Energy, second follow-up CT +0.0645; GLSZM Size Zone Non Uniformity');
    const drives = page.locator('.ds-trends', { hasText: 'What drives it' });
    await drives.getByText('Show as table').click();
    const rows = await drives.getByRole('row').allInnerTexts();
    expect(rows.slice(1).map((row) => row.replace(/\s+/g, ' '))).toEqual([
      'First order Energy, second follow-up CT +0.0645, raises',
      'GLSZM Size Zone Non Uniformity, net change to the first follow-up +0.0402, raises',
      'SII, after cycle 2 +0.0287, raises',
      'GLCM Joint Entropy, baseline CT \u22120.0181, lowers',
      'Haemoglobin, after cycle 3 +0.0133, raises',
    ]);
  });

  it('the widest bar is that of the strongest effect, and bars are as long as the effects are large', async () => {
    const paths = tab.page.getByTestId('ds-effects').locator('svg path');
    const bars = await paths.evaluateAll((elements) =>
      (elements as unknown as readonly Drawn[]).flatMap((path) => {
        const { width, height } = path.getBoundingClientRect();
        return Math.abs(height - 8) < 1 && width > 2 ? [width] : [];
      }),
    );
    expect(bars).toHaveLength(5);
    const effects = [0.0645, 0.0402, 0.0287, 0.0181, 0.0133];
    for (const [at, bar] of bars.entries()) expect(bar / bars[0]!).toBeCloseTo(effects[at]! / effects[0]!, 1);
  });

  it('inputs with value, date and source; missing ones with why and what mends it', async () => {
    const { page } = tab;
    await page.getByText('Inputs used: 2').click();
    const used = await page.getByRole('list', { name: 'Inputs of the model' }).innerText();
    expect(used).toMatch(
      /Haemoglobin, after cycle 3\s+10\.9 g\/dL \(upper limit 17\)\s+12 Nov 2026, effect \+0\.0133\s+Observation\/haemoglobin/,
    );
    await page.getByText('Inputs missing: 1').click();
    const missing = await page.getByRole('list', { name: 'Missing inputs' }).innerText();
    expect(missing).toMatch(/NSE\s+Not in the record\s+To mend: order NSE \(neuron-specific enolase\)/);
  });

  it('a figure says what it shows, and is shown large on click until Escape', async () => {
    const { page } = tab;
    const figure = page.getByRole('button', { name: /Nomogram: progression within 6 months/ });
    expect(await figure.getByRole('img').getAttribute('alt')).toBe('N stage 80 points');
    await figure.click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('a model card is rendered, and nothing in it runs', async () => {
    const { page } = tab;
    await page.locator('summary', { hasText: 'Model card' }).click();
    const card = page.locator('.ds-card');
    await card.getByRole('table').waitFor();
    expect(await card.getByRole('link', { name: 'paper' }).getAttribute('rel')).toBe('noopener noreferrer');
    expect(await card.locator('script, img').count()).toBe(0);
    expect(await page.title()).toBe('Panel');
  });

  it('history: the newest first, with what is superseded', async () => {
    await tab.page.getByText('History of assessments').click();
    const items = tab.page.locator('.ds-history li');
    await items.first().waitFor();
    const texts = await items.allInnerTexts();
    expect(texts[0]).toMatch(/H\s+21 Nov 2026, shown above/);
    expect(texts[1]).toMatch(/I\s+22 Oct 2026\s+One result gives a risk group/);
    expect(texts[1]).toContain('6.7.8.9.1 (superseded or not used now)');
    expect(texts[0]).not.toContain('superseded');
  });

  const drawing = {
    segmentationId: 'drawn',
    label: 'Segmentation 1',
    StudyInstanceUID: studies.second,
    studyDate: '2026-11-13',
    segments: [
      { index: 1, label: 'Primary tumour' },
      { index: 3, label: 'Segment 3' },
    ],
  };

  it('from drawing to analysis: meaning, reader, archive, request and progress', async () => {
    const { page, server } = tab;
    await page.getByText('Send to Deltascope').click();
    await page.getByText(/Draw or correct a lesion/).waitFor();
    await page.evaluate(`panelPage.draw(${JSON.stringify(drawing)})`);
    const send = page.getByRole('button', { name: 'Store and assess' });
    await page.getByText('"Segmentation 1" on the CT of 13 Nov 2026.').waitFor();
    expect(await page.getByRole('combobox', { name: 'Primary tumour' }).inputValue()).toBe('lesion:2.25.101');
    expect(await send.isDisabled()).toBe(true);
    await page.getByText('Enter your name: it says who outlined the lesion.').waitFor();
    await page.getByLabel('Segment 3').selectOption('new:primary-tumour');
    await page.getByText('Only one segment can be the primary tumour.').waitFor();
    await page.getByLabel('Segment 3').selectOption('new:lymph-node');
    await page.getByLabel(/Your name/).fill('Reader^Rita');
    await send.click();
    await page.getByText('Stored. The analysis runs: its progress stands at the top of the panel.').waitFor();
    await page.getByText('Image analysis is waiting for its turn.').waitFor();
    const [stored] = (await page.evaluate('panelPage.stored')) as StoreRequest[];
    expect(stored).toMatchObject({
      segmentationId: 'drawn',
      algorithm: 'MANUAL',
      reader: 'Reader^Rita',
      meanings: [
        {
          index: 1,
          label: 'Primary tumour',
          kind: { type: { scheme: 'SCT', code: '86049000' }, region: { code: '39607008' } },
          tracking: { TrackingID: 'Primary tumour', TrackingUID: '2.25.101' },
        },
        { index: 3, label: 'Lymph node', kind: { type: { code: '59441001' } }, tracking: { TrackingID: 'Lymph node' } },
      ],
    });
    expect(stored!.meanings[1]!.tracking!.TrackingUID).toMatch(/^2\.25\.\d{30,39}$/);
    const posts = server.requests.filter(({ line }) => line === 'POST /api/patients/made-up/analysis');
    expect(posts.map(({ body }) => JSON.parse(body))).toEqual([{ SOPInstanceUID: '1.2.3.4' }]);
    server.view = { ...fullView, notices: ['Result of the new outline'] };
    server.tell({ ...pending, state: 'ready' });
    await page.getByText('Result of the new outline').waitFor();
    server.view = fullView;
  });

  it('an archive that refuses is said with what to do, and nothing is asked of the service', async () => {
    const { page, server } = tab;
    await page.getByText('Send to Deltascope').click();
    const refusal = 'You may not store in this archive. Sign in again, or ask the administrator.';
    await page.evaluate(`panelPage.refusal = ${JSON.stringify(refusal)}; panelPage.draw(${JSON.stringify(drawing)})`);
    await page.getByLabel(/Your name/).fill('Reader^Rita');
    await page.getByRole('button', { name: 'Store and assess' }).click();
    await page.getByRole('alert').getByText('You may not store in this archive.').waitFor();
    expect(server.requests.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
  });
});
