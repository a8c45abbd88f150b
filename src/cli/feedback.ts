import type { CommandModule } from 'yargs';
import { type FeedbackCounts, type FeedbackReport, reportFeedback } from '../assessment/feedback-report.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { databaseOf } from '../jobs/engine.ts';
import { openDatabase } from '../store/database.ts';
import { createStore } from '../store/store.ts';

interface FeedbackArguments {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly json: boolean;
}

/** `deltascope feedback`: how many cards were shown, accepted and overridden, and why. */
export const feedbackCommand: CommandModule<object, FeedbackArguments> = {
  command: 'feedback',
  describe: 'what clinicians did with the cards: shown, accepted, overridden, by reason, service and month',
  builder: (yargs) =>
    yargs
      .option('from', { type: 'string', describe: 'cards issued from this day on (YYYY-MM-DD, UTC)' })
      .option('to', { type: 'string', describe: 'cards issued up to the end of this day (YYYY-MM-DD, UTC)' })
      .option('json', { type: 'boolean', default: false, describe: 'print the report as JSON' })
      .epilogue(
        'Holds counts, reasons and topics, no patient and no comment. An embedded database belongs to one process at a time: ' +
          'stop the service first, or use PostgreSQL.',
      ),
  async handler({ from, to, json }) {
    const range = {
      ...(from !== undefined && { from: `${dayOf('--from', from)}T00:00:00Z` }),
      ...(to !== undefined && { to: dayAfter(dayOf('--to', to)) }),
    };
    const store = createStore(await openDatabase(databaseOf(readConfig(process.env))));
    try {
      const report = reportFeedback(await store.cardOutcomes(range), await store.unknownFeedback(range));
      console.log(json ? JSON.stringify(report, null, 2) : feedbackText(report));
    } finally {
      await store.close();
    }
  },
};

/** The report for a person: one line a service, month and topic, then why cards were overridden. */
export function feedbackText({
  total,
  byService,
  byMonth,
  byTopic,
  byReason,
  bySuggestion,
  unknown,
}: FeedbackReport): string {
  const width = Math.max(10, ...[...byService, ...byMonth, ...byTopic].map(({ name }) => name.length));
  const line = (name: string, { shown, accepted, overridden, unanswered }: FeedbackCounts) =>
    [name.padEnd(width), ...[shown, accepted, overridden, unanswered].map((count) => String(count).padStart(10))].join(
      ' ',
    );
  const table = (title: string, rows: readonly (FeedbackCounts & { readonly name: string })[]) =>
    rows.length === 0 ? [] : ['', title, ...rows.map(({ name, ...counts }) => line(name, counts))];
  const counted = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', title, ...lines]);
  return [
    [''.padEnd(width), ...['shown', 'accepted', 'overridden', 'unanswered'].map((head) => head.padStart(10))].join(' '),
    line('All cards', total),
    ...table('By service', byService),
    ...table('By month', byMonth),
    ...table('By topic', byTopic),
    ...counted(
      'Why overridden',
      byReason.map(
        ({ reason, service, month, cards }) => `${String(cards).padStart(5)}  ${reason} (${service}, ${month})`,
      ),
    ),
    ...counted(
      'Suggestions taken',
      bySuggestion.map(({ suggestion, cards }) => `${String(cards).padStart(5)}  ${suggestion}`),
    ),
    ...(unknown === 0
      ? []
      : ['', `${unknown} reports are about cards that were not issued to the client that sent them.`]),
    '',
    'A card that nobody reported on is unanswered: silence is not acceptance.',
  ].join('\n');
}

function dayOf(option: string, text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))) return text;
  throw new ConfigError('CONFIG_INVALID', option, `"${text}" is not a date: write YYYY-MM-DD`);
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString();
}
