import type { CardOutcome } from '../store/feedback.ts';

/** How many cards were shown, and what became of them. */
export interface FeedbackCounts {
  readonly shown: number;
  readonly accepted: number;
  readonly overridden: number;
  /** Nothing was reported: neither accepted nor overridden. */
  readonly unanswered: number;
}

/** Counts under a name: a service, a month, a topic, a reason. */
export type NamedCounts = FeedbackCounts & { readonly name: string };

export interface FeedbackReport {
  readonly total: FeedbackCounts;
  readonly byService: readonly NamedCounts[];
  /** Of issue, `2026-11`, in UTC. */
  readonly byMonth: readonly NamedCounts[];
  /** By `source.topic.code`. */
  readonly byTopic: readonly NamedCounts[];
  /** Why cards were overridden, most frequent first. */
  readonly byReason: readonly {
    readonly reason: string;
    readonly service: string;
    readonly month: string;
    readonly cards: number;
  }[];
  /** Suggestions that were taken, most frequent first. */
  readonly bySuggestion: readonly { readonly suggestion: string; readonly cards: number }[];
  /** Reports about cards that were never issued, or to another client. */
  readonly unknown: number;
}

/**
 * Counts what became of cards. Each card counts once, with the last outcome that was reported about it.
 *
 * @param unknown Reports about cards that are not among the outcomes.
 */
export function reportFeedback(outcomes: readonly CardOutcome[], unknown: number): FeedbackReport {
  const monthOf = ({ issuedAt }: CardOutcome) => issuedAt.slice(0, 7);
  const overridden = outcomes.filter(({ outcome }) => outcome === 'overridden');
  const reasons = tally(overridden, (card) => JSON.stringify([reasonOf(card), card.service, monthOf(card)]));
  const taken = tally(
    outcomes.flatMap(({ outcome, accepted }) => (outcome === 'accepted' ? [...new Set(accepted)] : [])),
    (label) => label,
  );
  return {
    total: countsOf(outcomes),
    byService: grouped(outcomes, ({ service }) => service),
    byMonth: grouped(outcomes, monthOf),
    byTopic: grouped(outcomes, ({ topic }) => topic),
    byReason: reasons.map(([key, cards]) => {
      const [reason, service, month] = JSON.parse(key) as [string, string, string];
      return { reason, service, month, cards };
    }),
    bySuggestion: taken.map(([suggestion, cards]) => ({ suggestion, cards })),
    unknown,
  };
}

/** The display where there is one: a code alone says little to who reads the report. */
function reasonOf({ reason }: CardOutcome): string {
  return reason?.display ?? reason?.code ?? 'no reason given';
}

function grouped(outcomes: readonly CardOutcome[], nameOf: (outcome: CardOutcome) => string): NamedCounts[] {
  const names = [...new Set(outcomes.map(nameOf))].sort();
  return names.map((name) => ({ name, ...countsOf(outcomes.filter((outcome) => nameOf(outcome) === name)) }));
}

function countsOf(outcomes: readonly CardOutcome[]): FeedbackCounts {
  const count = (wanted: CardOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    shown: outcomes.length,
    accepted: count('accepted'),
    overridden: count('overridden'),
    unanswered: count(null),
  };
}

function tally<T>(entries: readonly T[], keyOf: (entry: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const each of entries) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
}
