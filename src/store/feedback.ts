import type { Database } from './database.ts';
import { together } from './together.ts';

/** A card that was given to a client: ids and codes only. */
export interface IssuedCard {
  readonly uuid: string;
  /** `iss` of the client's token; null in open mode. */
  readonly issuer: string | null;
  /** Id of the CDS service. */
  readonly service: string;
  readonly hook: string;
  /** `Patient/123`. */
  readonly patient: string;
  /** `source.topic.code`. */
  readonly topic: string;
  /** Folder of the model; null for a card of none. */
  readonly model: string | null;
  readonly indicator: string;
  readonly suggestions: readonly { readonly uuid: string; readonly label: string }[];
  /** ISO date-time. */
  readonly issuedAt: string;
}

/** What a client reported about a card. */
export interface CardFeedback {
  readonly issuer: string | null;
  readonly service: string;
  /** `card.uuid`. */
  readonly card: string;
  readonly outcome: 'accepted' | 'overridden';
  /** ISO date-time. */
  readonly outcomeTimestamp: string;
  /** Uuids of the suggestions that were taken. */
  readonly acceptedSuggestions: readonly string[];
  /** Coding of the override, as far as the client gave one. */
  readonly reason: { readonly system?: string; readonly code?: string; readonly display?: string } | null;
  /** Free text of a clinician: it may say anything about the patient, and is never logged or reported. */
  readonly userComment: string | null;
}

/** A card with what was last reported about it; no comment in it. */
export interface CardOutcome {
  readonly service: string;
  readonly topic: string;
  readonly model: string | null;
  /** ISO date-time. */
  readonly issuedAt: string;
  /** Null where nothing was reported: silence is not acceptance. */
  readonly outcome: CardFeedback['outcome'] | null;
  readonly reason: CardFeedback['reason'];
  /** Labels of the suggestions that were taken. */
  readonly accepted: readonly string[];
}

/** Cards that were given, and what became of them. */
export interface FeedbackStore {
  /** Takes note of the cards of an answer; ends when they are written, together with those of other answers. */
  saveIssuedCards(cards: readonly IssuedCard[]): Promise<void>;
  /** Answers whose cards are not written yet. */
  unwrittenCards(): number;
  /** Ends when all cards are written, or have failed to be. */
  cardsWritten(): Promise<void>;
  /** Keeps what was reported; the same report twice is one. A card that this client was not given is marked. */
  saveFeedback(feedback: readonly CardFeedback[]): Promise<void>;
  /**
   * @param from Cards issued from then on (ISO date or date-time), up to but not including `to`; unlimited where left out.
   */
  cardOutcomes(range: { readonly from?: string; readonly to?: string }): Promise<CardOutcome[]>;
  /** Reports in the range about cards that were never issued, or to another client. */
  unknownFeedback(range: { readonly from?: string; readonly to?: string }): Promise<number>;
}

/** Open mode has no issuer, and a key needs one. */
const nobody = '';

/** How long the cards of an answer, which has gone out, may wait for those of others (ms). */
const gatherMs = 25;

/** {@link FeedbackStore} over a database. */
export function createFeedbackStore(database: Database): FeedbackStore {
  const issued = together((answers: readonly (readonly IssuedCard[])[]) => saveCards(database, answers));
  return {
    async saveIssuedCards(cards) {
      if (cards.length > 0) await issued.add(cards, gatherMs);
    },
    unwrittenCards: issued.waiting,
    cardsWritten: issued.settled,
    async saveFeedback(feedback) {
      // A client may report on a card at once.
      await issued.settled();
      for (const { issuer, service, card, outcome, outcomeTimestamp, ...record } of feedback) {
        await database.query(
          `insert into card_feedback (issuer, card, outcome, outcome_at, service, known, record)
            select $1::text, $2::text, $3, $4::timestamptz, $5,
              exists (select from issued_card where uuid = $2::text and issuer = $1::text), $6::jsonb
            on conflict (issuer, card, outcome, outcome_at) do update set record = excluded.record`,
          [issuer ?? nobody, card, outcome, outcomeTimestamp, service, JSON.stringify(record)],
        );
      }
    },
    async cardOutcomes({ from, to }) {
      await issued.settled();
      const rows = await database.query<OutcomeRow>(
        `select card.service, card.topic, card.model, card.suggestions, card.issued_at, feedback.outcome, feedback.record
          from issued_card card left join lateral (
            select outcome, record from card_feedback
              where card = card.uuid and issuer = card.issuer order by outcome_at desc limit 1
          ) feedback on true
          where card.issued_at >= coalesce($1::timestamptz, '-infinity')
            and card.issued_at < coalesce($2::timestamptz, 'infinity')
          order by card.issued_at, card.uuid`,
        [from ?? null, to ?? null],
      );
      return rows.map(outcomeOf);
    },
    async unknownFeedback({ from, to }) {
      const [row] = await database.query<{ count: number }>(
        `select count(*)::integer as count from card_feedback where not known
          and outcome_at >= coalesce($1::timestamptz, '-infinity') and outcome_at < coalesce($2::timestamptz, 'infinity')`,
        [from ?? null, to ?? null],
      );
      return row?.count ?? 0;
    },
  };
}

async function saveCards(
  database: Database,
  answers: readonly (readonly IssuedCard[])[],
): Promise<readonly undefined[]> {
  const rows = answers.flat().map((card) => ({ ...card, issuer: card.issuer ?? nobody, issued_at: card.issuedAt }));
  await database.query(
    `insert into issued_card (uuid, issuer, service, hook, patient, topic, model, indicator, suggestions, issued_at)
      select uuid, issuer, service, hook, patient, topic, model, indicator, suggestions, issued_at
      from jsonb_to_recordset($1::jsonb) as card (uuid text, issuer text, service text, hook text, patient text,
        topic text, model text, indicator text, suggestions jsonb, issued_at timestamptz)
      on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  return answers.map(() => undefined);
}

interface OutcomeRow {
  readonly service: string;
  readonly topic: string;
  readonly model: string | null;
  readonly suggestions: IssuedCard['suggestions'];
  readonly issued_at: Date | string;
  readonly outcome: CardFeedback['outcome'] | null;
  readonly record: Pick<CardFeedback, 'acceptedSuggestions' | 'reason'> | null;
}

function outcomeOf({ service, topic, model, suggestions, issued_at, outcome, record }: OutcomeRow): CardOutcome {
  const taken = record?.acceptedSuggestions ?? [];
  return {
    service,
    topic,
    model,
    issuedAt: new Date(issued_at).toISOString(),
    outcome,
    reason: record?.reason ?? null,
    accepted: taken.map((uuid) => suggestions.find((suggestion) => suggestion.uuid === uuid)?.label ?? 'unknown'),
  };
}
