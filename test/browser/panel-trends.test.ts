import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumAvailable, chromiumSkipReason } from '../helpers/chromium.ts';
import { studies } from './panel/course-fixture.ts';
import { fullView } from './panel/panel-fixture.ts';
import { chartPoints, openPanelTab, type PanelTab, takeMoves } from './panel/panel-tab.ts';

const energy = 'nsclc-2d-bw25.yaml|venous|tumour|original_firstorder_Energy';
const volume = 'lesion-size.yaml|venous|tumour|original_shape_VoxelVolume';

/** Where the middle one of three numbers lies between the outer two: the same for values and for the pixels that stand for them. */
const share = ([a = 0, b = 0, c = 0]: readonly number[]) => (b - a) / (c - a);

describe.skipIf(!chromiumAvailable())(`trends of the panel (${chromiumSkipReason})`, () => {
  let tab: PanelTab;
  beforeAll(async () => {
    tab = await openPanelTab(420);
    tab.server.view = fullView;
  });
  beforeEach(async () => {
    await tab.open();
    await tab.page.getByTestId(`ds-chart-${energy}`).waitFor();
  });
  afterAll(async () => {
    expect(tab.errors).toEqual([]);
    expect(tab.externalRequests).toEqual([]);
    await tab.close();
  });

  it.each([
    [energy, [1.24e8, 1.56e8, 2.03e8]],
    [volume, [34.4, 38.1, 45.2]],
  ])('points of %s stand at their values and dates', async (key, values) => {
    const points = await chartPoints(tab.page, key);
    expect(points).toHaveLength(3);
    expect(share(points.map(({ y }) => y))).toBeCloseTo(share(values), 1);
    const days = ['2026-08-16', '2026-10-07', '2026-11-13'].map((date) => Date.parse(date));
    expect(share(points.map(({ x }) => x))).toBeCloseTo(share(days), 1);
    expect(points[2]!.y, 'more is higher').toBeLessThan(points[0]!.y);
  });

  it('laboratory values share the time axis of the features, therapy bands stand at the same place in all', async () => {
    const [firstLab] = await chartPoints(tab.page, 'nlr');
    const [baseline, , second] = await chartPoints(tab.page, volume);
    const perDay = (second!.x - baseline!.x) / 89;
    // NLR of 10 August, six days before the baseline CT.
    expect(firstLab!.x).toBeCloseTo(baseline!.x - 6 * perDay, 0);
    const strip = await tab.page.locator('.ds-band').last().boundingBox();
    const therapyStart = baseline!.x + 3 * perDay;
    expect(Math.abs(strip!.x - therapyStart)).toBeLessThan(2);
  });

  it('value, change, effect and the upper limit are said beside the charts', async () => {
    const text = await tab.page.locator('.ds-panel').innerText();
    for (const said of [
      '2.03 \u00d7 10\u2078 HU\u00b2',
      '+64%',
      '45.2 mL',
      '+10.8 mL (+31%)',
      '412 U/L',
      '1.6 x upper limit',
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain('Lowers the result (\u22120.0081 probability)');
    expect(text).toContain('1 earlier value in the table');
    expect(text).toContain('Line 2: Pembrolizumab, 19 Aug 2026 to 11 Nov 2026 (last dose)');
    expect(text).toContain('Progression recorded 5 Aug 2026');
  });

  it('hovering over a point says value, unit, date, change and source', async () => {
    const [, middle] = await chartPoints(tab.page, volume);
    await tab.page.mouse.move(middle!.x, middle!.y);
    const tooltip = tab.page.locator('.ds-tooltip', { hasText: 'Volume' });
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toContain('38.1 mL, +3.7 mL (+11%)');
    expect(await tooltip.innerText()).toContain('7 Oct 2026');
    const labPoint = (await chartPoints(tab.page, 'ldh')).at(-1)!;
    await tab.page.mouse.move(labPoint.x, labPoint.y);
    const labTooltip = tab.page.locator('.ds-tooltip', { hasText: 'LDH' });
    await labTooltip.waitFor();
    expect(await labTooltip.innerText()).toContain('412 U/L, 1.6 x upper limit');
    expect(await labTooltip.innerText()).toContain('Observation/ldh-2026-11-12');
  });

  it('a click on a point jumps to its study; one that is not shown is offered', async () => {
    const [baseline] = await chartPoints(tab.page, energy);
    await tab.page.mouse.click(baseline!.x, baseline!.y);
    await expect.poll(() => takeMoves(tab.page)).toEqual([`jump ${studies.baseline}`]);
    const [, middle] = await chartPoints(tab.page, energy);
    await tab.page.mouse.click(middle!.x + 6, middle!.y - 6);
    const offer = tab.page.getByText('The CT of 7 Oct 2026 is not shown in a viewport.');
    await offer.waitFor();
    await tab.page.getByRole('button', { name: 'Open it in the active viewport' }).click();
    await offer.waitFor({ state: 'detached' });
    expect(await takeMoves(tab.page)).toEqual([`jump ${studies.first}`, `open ${studies.first}`]);
  });

  it('each chart is a table on demand, whose rows jump as its points do', async () => {
    const { page } = tab;
    await page.locator('.ds-trends', { hasText: 'Size, for orientation' }).getByText('Show as table').click();
    const rows = page.getByRole('table', { name: 'Volume' }).getByRole('row');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Date\s+Value\s+Source/),
      expect.stringMatching(/16 Aug 2026\s+34\.4 mL\s+Show slice/),
      expect.stringMatching(/7 Oct 2026\s+38\.1 mL\s+\+3\.7 mL \(\+11%\)\s+Show slice/),
      expect.stringMatching(/13 Nov 2026\s+45\.2 mL\s+\+10\.8 mL \(\+31%\)\s+Show slice/),
    ]);
    await page.getByRole('button', { name: 'Show slice of 13 Nov 2026' }).first().click();
    expect(await takeMoves(page)).toEqual([`jump ${studies.second}`]);
    await page.locator('.ds-trends', { hasText: 'Laboratory' }).getByText('Show as table').click();
    expect(await page.getByRole('table', { name: 'LDH' }).innerText()).toContain('2 Mar 2025');
  });

  it('another lesion has its own trends', async () => {
    await tab.page.getByRole('radio', { name: /Lymph node 4R/ }).click();
    await tab.page.getByText('The models use the primary tumour only.').waitFor();
    const points = await chartPoints(tab.page, volume);
    expect(share(points.map(({ y }) => y))).toBeCloseTo(share([2.9, 2.6, 2.2]), 1);
    expect(await tab.page.getByTestId(`ds-chart-${energy}`).count()).toBe(0);
  });
});
