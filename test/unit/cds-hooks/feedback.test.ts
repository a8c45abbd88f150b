import { describe, expect, it } from 'vitest';
import { readFeedback } from '../../../cds-hooks/feedback.ts';
import { unknownCaller } from '../../../cds-hooks/trust/caller.ts';
import { reportFeedback } from '../../../src/assessment/feedback-report.ts';
import { feedbackText } from '../../../src/cli/feedback.ts';
import { RequestError } from '../../../src/errors.ts';
import type { CardOutcome } from '../../../src/store/feedback.ts';

const card = '4e0a3a1e-3283-4575-ab82-028d55fe2719';
const at = '2026-11-02T10:05:31Z';
const read = (...feedback: unknown[]) => readFeedback({ feedback }, 'deltascope-order-sign', unknownCaller);

describe('F2-F4: feedback as the specification has it', () => {
  it('accepted, with the suggestions that were taken', () => {
    const acceptedSuggestions = [{ id: 'E56E1945-20B3-4393-8503-A1A20FD73152' }];
    expect(read({ card, outcome: 'accepted', acceptedSuggestions, outcomeTimestamp: at })).toEqual([
      {
        issuer: null,
        service: 'deltascope-order-sign',
        card,
        outcome: 'accepted',
        outcomeTimestamp: '2026-11-02T10:05:31.000Z',
        acceptedSuggestions: ['e56e1945-20b3-4393-8503-a1a20fd73152'],
        reason: null,
        userComment: null,
      },
    ]);
  });

  it('overridden, with reason and comment; a display may be missing', () => {
    const overrideReason = { reason: { system: 'https://a.example', code: 'will-review' }, userComment: 'later' };
    const [entry] = read({ card, outcome: 'overridden', overrideReason, outcomeTimestamp: at });
    expect(entry).toMatchObject({ reason: { code: 'will-review' }, userComment: 'later' });
  });

  it('a time with an offset is UTC', () => {
    const [entry] = read({ card, outcome: 'overridden', outcomeTimestamp: '2026-11-02T11:05:31.5+01:00' });
    expect(entry?.outcomeTimestamp).toBe('2026-11-02T10:05:31.500Z');
  });

  it('F5: batches of several cards', () => {
    const entries = Array.from({ length: 1000 }, () => ({ card, outcome: 'overridden', outcomeTimestamp: at }));
    expect(read(...entries)).toHaveLength(1000);
    expect(() => read(...entries, entries[0])).toThrow(RequestError);
  });
});

describe('F7: feedback as Epic documents it', () => {
  it.each([{ extension: [{ url: 'a', valueString: 'b' }], userComment: 'seen' }, [{ userComment: 'seen' }]])(
    'overrideReasons %j',
    (overrideReasons) => {
      const [entry] = read({ card, outcome: 'overridden', overrideReasons, outcomeTimestamp: at, patient: 'x' });
      expect(entry).toMatchObject({ reason: null, userComment: 'seen' });
    },
  );
});

describe('what is refused, and what is made harmless', () => {
  it.each([
    [{ card: '', outcome: 'accepted', outcomeTimestamp: at }, 'feedback.0.card'],
    [{ card, outcome: 'ignored', outcomeTimestamp: at }, 'feedback.0.outcome'],
    [{ card, outcome: 'accepted', outcomeTimestamp: 'yesterday' }, 'feedback.0.outcomeTimestamp'],
    [{ card, outcome: 'accepted', outcomeTimestamp: '0000-01-01T00:00:00Z' }, 'feedback.0.outcomeTimestamp'],
    [{ card, outcome: 'accepted', outcomeTimestamp: '+275760-09-13T00:00:00Z' }, 'feedback.0.outcomeTimestamp'],
  ])('%j', (entry, path) => {
    expect(() => read(entry)).toThrow(expect.objectContaining({ code: 'HOOK_BODY_INVALID' }));
    expect(() => read(entry)).toThrow(path);
  });

  it('F8: an error never repeats a comment', () => {
    const entry = { card, outcome: 'overridden', overrideReason: { userComment: { text: 'Mrs Secret' } } };
    expect(() => read({ ...entry, outcomeTimestamp: at })).toThrow(/^(?!.*Secret)/);
  });

  it('characters that no database takes', () => {
    const overrideReason = { reason: { code: 'a\u0000b' }, userComment: 'one\u0000\ud800\ntwo' };
    const [entry] = read({ card, outcome: 'overridden', overrideReason, outcomeTimestamp: at });
    expect(entry).toMatchObject({ reason: { code: 'a?b' }, userComment: 'one??\ntwo' });
  });
});

describe('the report', () => {
  const shown = (changes: Partial<CardOutcome>): CardOutcome => ({
    service: 'deltascope-order-sign',
    topic: 'a-high',
    model: 'a',
    issuedAt: '2026-11-02T10:00:00.000Z',
    outcome: null,
    reason: null,
    accepted: [],
    ...changes,
  });
  const outcomes = [
    shown({ outcome: 'accepted', accepted: ['Order LDH', 'Order NSE'] }),
    shown({ outcome: 'accepted', accepted: ['Order LDH'], issuedAt: '2026-10-30T10:00:00.000Z' }),
    shown({ outcome: 'overridden', reason: { code: 'known', display: 'Already known' } }),
    shown({ outcome: 'overridden', reason: { code: 'known', display: 'Already known' } }),
    shown({ outcome: 'overridden', service: 'deltascope-patient-view' }),
    shown({}),
  ];
  const report = reportFeedback(outcomes, 3);

  it('F6: a card that nobody reported on is neither accepted nor overridden', () => {
    expect(report.total).toEqual({ shown: 6, accepted: 2, overridden: 3, unanswered: 1 });
  });

  it('by service, by month, by reason, by suggestion', () => {
    expect(report.byService).toEqual([
      { name: 'deltascope-order-sign', shown: 5, accepted: 2, overridden: 2, unanswered: 1 },
      { name: 'deltascope-patient-view', shown: 1, accepted: 0, overridden: 1, unanswered: 0 },
    ]);
    expect(report.byMonth.map(({ name, shown: cards }) => [name, cards])).toEqual([
      ['2026-10', 1],
      ['2026-11', 5],
    ]);
    expect(report.byReason).toEqual([
      { reason: 'Already known', service: 'deltascope-order-sign', month: '2026-11', cards: 2 },
      { reason: 'no reason given', service: 'deltascope-patient-view', month: '2026-11', cards: 1 },
    ]);
    expect(report.bySuggestion).toEqual([
      { suggestion: 'Order LDH', cards: 2 },
      { suggestion: 'Order NSE', cards: 1 },
    ]);
  });

  it('reads as a table', () => {
    const lines = feedbackText(report).split('\n');
    expect(lines[0]?.trim().split(/\s+/)).toEqual(['shown', 'accepted', 'overridden', 'unanswered']);
    expect(lines[1]).toMatch(/^All cards +6 +2 +3 +1$/);
    expect(lines).toContain('    2  Already known (deltascope-order-sign, 2026-11)');
    expect(lines).toContain('3 reports are about cards that were not issued to the client that sent them.');
  });
});
