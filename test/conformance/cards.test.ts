import { describe, expect, it } from 'vitest';
import { type Card, unavailableCard } from '../../cds-hooks/card.ts';
import type { JudgedOrders } from '../../cds-hooks/orders.ts';
import { cdsHooksResponse, emptyElements, htmlIn } from '../helpers/cds-hooks-response.ts';
import { assess, atezolizumab, cards, type Imaging, patients, twoDrugs } from '../helpers/hook-scenarios.ts';

const occasions: Readonly<Record<string, JudgedOrders | null>> = { chart: null, order: atezolizumab, orders: twoDrugs };
const imagings: readonly Imaging[] = ['pending', 'none', 'failed', 'high', 'low'];

interface Scenario {
  readonly title: string;
  readonly occasion: string;
  readonly given: readonly Card[];
}

const scenarios: Scenario[] = Object.entries(patients).flatMap(([title, facts]) =>
  imagings.flatMap((imaging) =>
    Object.entries(occasions).map(([occasion, orders]) => ({
      title: `${title}, images ${imaging}, ${occasion}`,
      occasion,
      given: cards(assess(facts, imaging), orders),
    })),
  ),
);
const all: (Card & { readonly title: string })[] = scenarios.flatMap(({ title, given }) =>
  given.map((card) => ({ ...card, title })),
);

/** Every card with a failing check, so that one run shows them all. */
function failing(check: (card: Card & { readonly title: string }) => boolean): string[] {
  return all.filter((card) => !check(card)).map(({ title, summary }) => `${title}: ${summary}`);
}

describe('cards of every scenario', () => {
  it('there are cards of each kind', () => {
    expect(scenarios.length).toBeGreaterThan(200);
    const topics = new Set(all.map(({ source }) => source.topic.code));
    expect([...topics].some((topic) => topic.endsWith('-high'))).toBe(true);
    expect([...topics].some((topic) => topic.endsWith('-high-warning'))).toBe(true);
    expect([...topics].some((topic) => topic.endsWith('-low'))).toBe(true);
    expect([...topics].some((topic) => topic.endsWith('-not-assessable'))).toBe(true);
    expect(topics).toContain('not-applicable');
    expect(topics).toContain('outside-every-population');
    expect(topics).toContain('no-lung-cancer');
    expect(all.some(({ suggestions }) => suggestions !== undefined)).toBe(true);
    expect(all.some(({ links = [] }) => links.length === 3)).toBe(true);
  });

  it('R1, K1-K3, K5-K10, S1-S3, S5, L1, L2, Y1: keep to CDS Hooks 2.0.1 and its invariants cds-resp-1 to 6', () => {
    for (const { title, given } of scenarios) {
      const parsed = cdsHooksResponse.safeParse({ cards: given });
      expect(parsed.success ? '' : JSON.stringify(parsed.error.issues), title).toBe('');
    }
  });

  it('R1: and so does the card of a service that can not assess', () => {
    const card = unavailableCard('the database of the service does not answer', 'STORE_UNREACHABLE', twoDrugs);
    expect(cdsHooksResponse.safeParse({ cards: [card] }).error?.issues).toBeUndefined();
    expect(card.summary).toContain('Nivolumab and ipilimumab: risk not assessable');
  });

  it('R2: an order always gets an answer for a lung cancer patient, a chart of another patient none', () => {
    const none = scenarios.filter(({ title }) => title.startsWith('no lung cancer'));
    expect(none.filter(({ occasion }) => occasion === 'chart').every(({ given }) => given.length === 0)).toBe(true);
    const orders = scenarios.filter(({ occasion }) => occasion !== 'chart');
    expect(orders.filter(({ given }) => given.length === 0)).toEqual([]);
  });

  it('G2, G3: no element is null or empty', () => {
    for (const { title, given } of scenarios) expect(emptyElements({ cards: given }), title).toEqual([]);
  });

  it('K1: summaries are one sentence of fewer than 140 characters that is not cut off', () => {
    expect(failing(({ summary }) => summary.length < 140 && !/[.!\n]\s*$|\.\.\./.test(summary))).toEqual([]);
  });

  it('K2: critical is never used', () => {
    expect(failing(({ indicator }) => indicator !== 'critical')).toEqual([]);
  });

  it('K2: a chart that is opened never warns', () => {
    const charts = scenarios.filter(({ occasion }) => occasion === 'chart').flatMap(({ given }) => given);
    expect(charts.length).toBeGreaterThan(20);
    expect(charts.filter(({ indicator }) => indicator !== 'info')).toEqual([]);
  });

  it('K3: the topic is alphanumeric with dashes, at most 100 characters, and constant for the same advice', () => {
    expect(failing(({ source }) => /^[A-Za-z0-9-]{1,100}$/.test(source.topic.code))).toEqual([]);
    const again = cards(assess(patients['second line, all inputs']!, 'none'), atezolizumab);
    const before = scenarios.find(({ title }) => title === 'second line, all inputs, images none, order');
    expect(again.map(({ source }) => source.topic.code)).toEqual(before?.given.map(({ source }) => source.topic.code));
  });

  it('K4: the detail is Markdown without HTML', () => {
    for (const { title, detail } of all) expect(htmlIn(detail), title).toEqual([]);
  });

  it('K4: and not without reason: the check finds HTML', () => {
    expect(htmlIn('| a |\n| --- |\n| <b>x</b> |')).toEqual(['<b>', '</b>']);
    expect(htmlIn('<div>\nx\n</div>')).toHaveLength(1);
  });

  it('K11: at most three cards, and none is a wall of text', () => {
    expect(scenarios.filter(({ given }) => given.length > 3)).toEqual([]);
    expect(failing(({ detail }) => detail.length < 5000)).toEqual([]);
  });

  it('K11: the same input gives the same text, with fresh uuids', () => {
    const twice = [0, 1].map(() => cards(assess(patients['synthetic-aster']!, 'high'), atezolizumab));
    const said = twice.map((given) => given.map(({ summary, detail }) => [summary, detail]));
    expect(said[0]).toEqual(said[1]);
    const uuids = all.flatMap(({ uuid, suggestions = [] }) => [uuid, ...suggestions.map((each) => each.uuid)]);
    expect(new Set(uuids).size).toBe(uuids.length);
  });

  it('K11: what the record says is escaped', () => {
    const given = all.filter(({ title }) => title.startsWith('second line, aged 102'));
    expect(given.length).toBeGreaterThan(0);
    for (const { detail, title } of given) {
      expect(detail, title).toContain('&lt;b onclick=x&gt;');
      expect(detail, title).not.toMatch(/[^\\]\]\(javascript/);
    }
  });

  it('S4, S6: a suggestion is one draft order for the patient of the context', () => {
    for (const { suggestions = [], selectionBehavior, title } of all) {
      if (suggestions.length > 0) expect(selectionBehavior, title).toBe('any');
      for (const { actions } of suggestions) {
        expect(actions).toHaveLength(1);
        expect(actions[0].resource).toMatchObject({ resourceType: 'ServiceRequest', status: 'draft', intent: 'order' });
        expect(actions[0].resource.subject.reference, title).toMatch(/^Patient\/./);
      }
    }
  });

  it('L4: the SMART launch URL never changes; UIDs travel in appContext as JSON', () => {
    const smart = all.flatMap(({ links = [] }) => links.filter(({ type }) => type === 'smart'));
    expect(new Set(smart.map(({ url }) => url)).size).toBe(1);
    const contexts = smart.flatMap((link) => (link.type === 'smart' ? [JSON.parse(link.appContext)] : []));
    expect(contexts.every(({ assessment }) => assessment === 'assessment-1')).toBe(true);
    expect(contexts).toContainEqual(
      expect.objectContaining({ StudyInstanceUIDs: [expect.stringMatching(/^2\.25\./)] }),
    );
  });

  it('Y1: there are no system actions', () => {
    expect(Object.keys({ cards: all })).toEqual(['cards']);
  });
});

describe('what a clinician reads first', () => {
  it('the standing of a demonstration model stands first, in summary and detail', () => {
    const demonstration = all.filter(({ source }) => /demo|pfs-cox|-rf|radlsig/.test(source.topic.code));
    expect(demonstration.length).toBeGreaterThan(50);
    for (const { summary, detail, title } of demonstration) {
      expect(summary, title).toMatch(/^SYNTHETIC DEMO MODEL: /);
      expect(detail, title).toMatch(/^\*\*SYNTHETIC DEMO MODEL, not a clinical result\.\*\*/);
    }
  });

  it('no more than three inputs drive it', () => {
    for (const { detail, title } of all) {
      const table = /\| What drives it [^\n]*\n[^\n]*\n((?:\|[^\n]*\n?)*)/.exec(detail)?.[1] ?? '';
      expect(table.trim().split('\n').length, title).toBeLessThanOrEqual(3);
    }
  });

  it('an input has its date and how old it is', () => {
    const [card] = cards(assess(patients['second line, all inputs']!, 'none'), atezolizumab);
    expect(card?.detail).toContain('| Liver metastases | present | 1 Oct 2026, 51 days ago | raises |');
  });

  it('an order for a patient whom every model rules out is a warning that says so; what is merely unread is none', () => {
    const outside = all.filter(({ title }) => title.startsWith('small-cell cancer of limited stage, images'));
    expect(outside.length).toBeGreaterThan(5);
    for (const { indicator, summary, detail, suggestions, title } of outside) {
      expect(indicator, title).toBe('warning');
      expect(summary, title).toMatch(
        /: the patient is outside the population of every risk model, so no risk is given$/,
      );
      expect(detail, title).toContain("**Outside every model's population.**");
      expect(suggestions, title).toBeUndefined();
    }
    const unread = all.filter(({ title }) =>
      title.startsWith('small-cell cancer of limited stage, procedures not read'),
    );
    expect(unread.length).toBe(outside.length);
    for (const { indicator, summary, title } of unread) {
      expect(indicator, title).toBe('info');
      expect(summary, title).toContain('no risk model applies to this patient');
    }
  });

  it('each assessed card says how well the model did and what it is not', () => {
    const assessed = all.filter(({ extension }) => JSON.stringify(extension).includes('"status":"assessed"'));
    expect(assessed.length).toBeGreaterThan(50);
    for (const { detail, title } of assessed) {
      expect(detail, title).toContain('**How well the model did.**');
      expect(detail, title).toContain('**What this is not.**');
      expect(detail, title).toContain('Decision support, not a decision.');
    }
  });

  it('a list that is cut says how much is left out', () => {
    const [card] = all.filter(({ title }) => title.startsWith('second line, aged 102'));
    expect(card?.detail).toContain('- and 5 more');
  });
});
