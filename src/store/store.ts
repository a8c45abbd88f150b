import { type AdviceGiven, createAdviceGiven } from './advice-given.ts';
import { type AssessmentStore, createAssessmentStore } from './assessments.ts';
import { type AuditTrail, createAuditTrail } from './audit.ts';
import type { Database } from './database.ts';
import { createFeedbackStore, type FeedbackStore } from './feedback.ts';
import { createImagingStore, type ImagingStore } from './imaging.ts';
import { createPublicationStore, type PublicationStore } from './publications.ts';
import { createReplayStore, type ReplayStore } from './replay.ts';
import { createLaunchRows, type LaunchRows } from './smart-launches.ts';
import { createViewerReads, type ViewerReads } from './viewer-reads.ts';
import { createSessionRows, type SessionRows } from './viewer-sessions.ts';

/** What is kept between calls. */
export interface Store
  extends ImagingStore,
    AssessmentStore,
    ReplayStore,
    FeedbackStore,
    AdviceGiven,
    ViewerReads,
    SessionRows,
    LaunchRows,
    PublicationStore {
  readonly audit: AuditTrail;
  close(): Promise<void>;
}

/** The store over a database; see {@link Store}. */
export function createStore(database: Database): Store {
  const audit = createAuditTrail(database);
  const feedback = createFeedbackStore(database);
  return {
    audit,
    ...createImagingStore(database),
    ...createAssessmentStore(database),
    ...createReplayStore(database),
    ...feedback,
    ...createAdviceGiven(database),
    ...createViewerReads(database),
    ...createSessionRows(database),
    ...createPublicationStore(database),
    ...createLaunchRows(database),
    async close() {
      await Promise.all([audit.settled(), feedback.cardsWritten()]);
      await database.close();
    },
  };
}
