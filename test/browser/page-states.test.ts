import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserTab, chromiumAvailable, chromiumSkipReason, openTab } from '../helpers/chromium.ts';
import {
  type FakeAnswer,
  type FakeCdsService,
  type HookCall,
  startFakeCdsService,
} from '../helpers/fake-cds-service.ts';
import { openChart, placeOrder } from './page-probes.ts';

const source = { label: 'Deltascope' };
const info = { summary: 'A plain card', indicator: 'info', source };
const warning = { summary: 'High risk of death within 24 months', indicator: 'warning', source };
const pending = {
  ...info,
  summary: 'Imaging pending',
  extension: { 'org.deltascope.result': { imaging: 'pending' } },
};

describe.skipIf(!chromiumAvailable())(`the demonstration page, state by state (${chromiumSkipReason})`, () => {
  let tab: BrowserTab;
  let service: FakeCdsService;

  async function open(answer: (hookCall: HookCall, call: number) => FakeAnswer, discoveryStatus = 200): Promise<void> {
    service = await startFakeCdsService(answer, discoveryStatus);
    await tab.page.goto(service.url);
    await tab.page.locator('#patients button').first().waitFor();
  }
  const text = (selector: string) => tab.page.locator(selector).textContent();
  const shows = (selector: string, content: string | RegExp) =>
    tab.page.locator(selector, { hasText: content }).waitFor({ timeout: 20_000 });

  beforeAll(async () => {
    tab = await openTab({ width: 1280, height: 800 });
  });
  afterEach(() => service.close());
  afterAll(() => tab?.close());

  it('says that it is asking while the service thinks', async () => {
    await open(() => ({ body: { cards: [info] }, delayMs: 600 }));
    await openChart(tab.page, 0);
    await shows('#cards[aria-busy=true]', 'Asking for advice');
    await shows('#cards[aria-busy=false]', 'A plain card');
  });

  it('no card: nothing to say about this patient, about this order', async () => {
    await open(() => ({ body: { cards: [] } }));
    await openChart(tab.page, 0);
    await shows('#cards', 'Nothing to say about this patient');
    await placeOrder(tab.page, 'carboplatin');
    await shows('#cards', 'Nothing to say about this order');
  });

  it('shows what an OperationOutcome says, and asks again on request', async () => {
    const issue = [{ severity: 'error', code: 'transient', diagnostics: 'FHIR_UNREACHABLE: start the FHIR server' }];
    const outcome = { resourceType: 'OperationOutcome', issue };
    await open((_call, at) => (at === 0 ? { status: 503, body: outcome } : { body: { cards: [info] } }));
    await openChart(tab.page, 0);
    await shows('#cards', 'FHIR_UNREACHABLE: start the FHIR server');
    await tab.page.locator('#retry').click();
    await shows('#cards', 'A plain card');
  });

  it.each([
    ['no JSON', '<html>Bad gateway</html>', 'The answer is not a CDS Hooks response: "cards" is not a list.'],
    ['a card without source', { cards: [{ ...info, source: undefined }] }, '"cards[0].source.label" is missing.'],
  ])('malformed answer, %s: says what is wrong with it', async (_case, body, message) => {
    await open(() => ({ body }));
    await openChart(tab.page, 0);
    await shows('#cards', message);
  });

  it('service gone: says so, and the order can still be signed', async () => {
    await open(() => ({ body: { cards: [info] } }));
    await openChart(tab.page, 0);
    await shows('#cards', 'A plain card');
    await tab.page.route('**/cds-services/*', (route) => route.abort());
    await placeOrder(tab.page, 'durvalumab');
    await shows('#cards', 'The service cannot be reached.');
    await tab.page.locator('#sign').click();
    await shows('#order-list', 'Signed');
    await tab.page.unroute('**/cds-services/*');
  });

  it('discovery fails: says so', async () => {
    await open(() => ({ body: { cards: [] } }), 500);
    await openChart(tab.page, 0);
    await shows('#cards', '/cds-services answered 500');
    expect(service.calls).toHaveLength(0);
  });

  it('pending imaging: asks the same hook again until the card is final', async () => {
    await open((_call, at) => ({ body: { cards: [at < 2 ? pending : info] } }));
    await openChart(tab.page, 0);
    await shows('#recheck', 'Checking again');
    await shows('#cards', 'A plain card');
    expect(await text('#recheck')).toBe('');
    expect(service.calls.map(({ id }) => id)).toEqual(Array(3).fill('deltascope-patient-view'));
    expect(new Set(service.calls.map(({ body }) => body.hookInstance)).size).toBe(3);
  });

  it('pending imaging: gives up after a minute, and asks again on request', async () => {
    await open(() => ({ body: { cards: [pending] } }));
    await tab.page.clock.install();
    await tab.page.reload();
    await openChart(tab.page, 0);
    await shows('#cards', 'Imaging pending');
    for (let second = 0; second < 70; second += 1) await tab.page.clock.runFor(1_000);
    await shows('#recheck', 'Imaging is still being computed.');
    const calls = service.calls.length;
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThanOrEqual(21);
    await tab.page.locator('#recheck button').click();
    await shows('#recheck', 'Checking again');
    expect(service.calls.length).toBe(calls + 1);
    await tab.close();
    tab = await openTab({ width: 1280, height: 800 });
  });

  it('another chart stops the repeats of the first', async () => {
    await open(({ body }) => ({ body: { cards: [body.context.patientId === 'aster' ? pending : info] } }));
    await openChart(tab.page, 0);
    await shows('#recheck', 'Checking again');
    await openChart(tab.page, 1);
    await shows('#cards', 'A plain card');
    await tab.page.waitForTimeout(3_500);
    expect(service.calls.map(({ body }) => body.context.patientId)).toEqual(['aster', 'birch']);
  });

  it('a late answer to an older question does not replace the newer one', async () => {
    await open(({ body }) =>
      body.context.patientId === 'aster' ? { body: { cards: [warning] }, delayMs: 800 } : { body: { cards: [info] } },
    );
    await openChart(tab.page, 0);
    await openChart(tab.page, 1);
    await shows('#cards', 'A plain card');
    await tab.page.waitForTimeout(1_000);
    expect(await text('#cards')).not.toContain('High risk');
  });

  it('a warning at signing is read before the signature', async () => {
    await open(({ body }) => ({ body: { cards: body.hook === 'order-sign' ? [warning] : [] } }));
    await openChart(tab.page, 0);
    await placeOrder(tab.page, 'atezolizumab');
    await tab.page.locator('#sign').click();
    await shows('#sign-step', 'Read the warning before signing.');
    expect(await text('#order-list')).toContain('Draft');
    await tab.page.locator('#confirm-sign').click();
    await shows('#order-list', 'Signed');
    expect(service.calls.map(({ body }) => body.hook)).toEqual(['patient-view', 'order-select', 'order-sign']);
  });

  it('orders belong to their chart; a form without a drug is refused with a reason', async () => {
    await open(() => ({ body: { cards: [] } }));
    await openChart(tab.page, 0);
    await tab.page.locator('#place').click();
    await shows('#order-problem', 'Pick a medication from the list.');
    await placeOrder(tab.page, 'atezolizumab');
    await shows('#order-list', 'atezolizumab');
    await openChart(tab.page, 1);
    await shows('#order-list', 'No orders in this session.');
    await openChart(tab.page, 0);
    await shows('#order-list', '1200 mg intravenous, once every 3 weeks');
  });

  it('a card cannot bring script, style, pictures or foreign addresses into the page', async () => {
    const detail = [
      '<script>window.hurt = 1</script><img src="https://evil.example/x.png" onerror="window.hurt = 2">',
      '<p style="color:red" onclick="window.hurt = 3">text</p> [link](javascript:window.hurt=4) ![x](https://evil.example/y.png)',
      '<iframe src="https://evil.example"></iframe><form action="https://evil.example"><input name="q"></form>',
    ].join('\n\n');
    const links = [{ label: 'Bad link', url: 'javascript:window.hurt=5', type: 'absolute' }];
    await open(() => ({ body: { cards: [{ ...info, detail, links, source: { ...source, url: 'javascript:1' } }] } }));
    await openChart(tab.page, 0);
    await shows('#cards', 'text');
    const card = tab.page.locator('.card');
    expect(await card.locator('script, img, iframe, form, input, [style], [onclick], [href^=javascript]').count()).toBe(
      0,
    );
    expect(await text('.card-links')).toBe('Bad link (address not usable)');
    expect(await tab.page.evaluate(`'hurt' in window`)).toBe(false);
    expect(tab.externalRequests).toEqual([]);
  });

  it('a suggestion shows what would be created, and closes the others where at most one may be chosen', async () => {
    const resource = { resourceType: 'ServiceRequest', status: 'draft', intent: 'order' };
    const suggestions = [
      { label: 'Order NSE', actions: [{ type: 'create', description: 'Order NSE in serum', resource }] },
      { label: 'Discuss at the tumour board' },
    ];
    await open(() => ({ body: { cards: [{ ...info, suggestions, selectionBehavior: 'at-most-one' }] } }));
    await openChart(tab.page, 0);
    await tab.page.getByRole('button', { name: 'Order NSE' }).click();
    await shows('.applied', 'Would create ServiceRequest: Order NSE in serum');
    expect(await tab.page.getByRole('button', { name: 'Discuss at the tumour board' }).isDisabled()).toBe(true);
    await tab.page.locator('.applied summary').click();
    expect(JSON.parse(String(await text('.applied pre')))).toEqual(resource);
  });
});
