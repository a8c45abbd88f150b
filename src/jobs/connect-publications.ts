import type { ClinicalContent } from '../assessment/clinical-content.ts';
import type { PublicationOutcome, PublishableResult } from '../assessment/publish-results.ts';
import type { AssessedCourse } from '../assessment/read-course.ts';
import { type Audit, failureCode } from '../audit/audit.ts';
import type { OnBehalf } from '../audit/recorded-assessment.ts';
import { findNextBoard } from '../fhir/board-patients.ts';
import type { KeySliceReader } from '../report/key-slices.ts';
import { renderPdf } from '../report/pdf.ts';
import { readBoardReport } from '../report/read-board-report.ts';
import type { Store } from '../store/store.ts';
import { createPublications, type Publications } from './publication.ts';
import type { ServerConnections } from './server-connections.ts';

export interface PublicationParts {
  readonly connections: Pick<ServerConnections, 'dicomweb' | 'fhir' | 'writer'>;
  readonly store: Store;
  readonly content: ClinicalContent;
  readonly audit: Audit;
  readonly keySlices: KeySliceReader;
  /** Assesses a patient anew, with the course. */
  readonly assessCourse: (patientId: string, options: OnBehalf) => Promise<AssessedCourse>;
}

/** {@link Publications} over the connected servers; every attempt to store leaves an audit entry. */
export function connectPublications(parts: PublicationParts): Publications {
  const { connections, store, content, audit, keySlices, assessCourse } = parts;
  const { dicomweb, fhir, writer } = connections;
  const { resultCodes: codes, catalogue, settingsHashes, models } = content;
  return createPublications<AssessedCourse & PublishableResult>({
    services: {
      ...{ dicomweb, fhir, writer, store },
      terms: { codes, catalogue, settingsHashes },
      regions: models.flatMap(({ images }) => images.map(({ region }) => region)),
      // The page shows the very result that is published beside it.
      renderPdf: async (result) => {
        const { question = null, date: boardDate = null } = result.board ?? {};
        const services = { keySlices, read: async () => result };
        return renderPdf(await readBoardReport(services, result.course.subject, {}, { question, boardDate }));
      },
    },
    async read(id, agent) {
      const result = await assessCourse(id, { agent });
      const today = new Date().toISOString().slice(0, 10);
      const next = await findNextBoard(fhir, content.mappings.tumourBoard, id, today);
      const board = next === undefined ? null : { question: next.question, date: next.start?.slice(0, 10) ?? null };
      return { ...result, board };
    },
    noteOutcome: (id, agent, outcome) =>
      audit.record({
        event: 'publication',
        agent,
        patient: `Patient/${id}`,
        outcome: 'failure' in outcome ? failureCode(outcome.failure) : 'success',
        details: 'failure' in outcome ? {} : publicationDetails(outcome),
      }),
  });
}

/** Ids and counts only. */
function publicationDetails({ contentHash, instances, resources }: PublicationOutcome): Record<string, string> {
  return { contentHash, instances: String(instances.length), resources: String(resources.length) };
}
