import type { Assessment } from '../../assessment/assessment.ts';
import { assessmentFormat } from '../../assessment/assessment.ts';
import { RequestError } from '../../errors.ts';
import type { Engine } from '../../jobs/engine.ts';
import type { Logger } from '../../log.ts';
import { analysisState } from './analysis-state.ts';
import { type AnswerEngine, createAnswers } from './panel-answers.ts';
import type { AnalysisState, AssessmentHistory, MeasuredRegion, PanelView, RegionAddress } from './panel-types.ts';
import { buildPanelView } from './panel-view.ts';
import { checkPatient, createStudyCheck, type ViewerUser } from './viewer-access.ts';

export type PanelEngine = AnswerEngine &
  Pick<
    Engine,
    'audit' | 'course' | 'measuredRegion' | 'patientOfStudy' | 'queueImagingForPerson' | 'analyseAgain' | 'imagingWatch'
  >;

export interface PanelOptions {
  readonly engine: PanelEngine;
  readonly logger: Logger;
  /** Page of the tumour board for a patient; undefined where there is none. */
  readonly reportOf?: ((patientId: string) => string) | undefined;
}

export interface PanelQuery {
  readonly StudyInstanceUIDs: readonly string[];
  /** Logical id that the studies must be of. */
  readonly patient?: string | undefined;
  readonly fresh: boolean;
}

/** What the panel API does; the routes only speak HTTP. */
export interface Panel {
  view(user: ViewerUser, query: PanelQuery): Promise<PanelView>;
  history(user: ViewerUser, patientId: string): Promise<AssessmentHistory>;
  assessment(user: ViewerUser, id: string): Promise<Assessment>;
  course(user: ViewerUser, patientId: string): ReturnType<Engine['course']>;
  analysis(user: ViewerUser, patientId: string): Promise<AnalysisState>;
  /** Notes the reading of a region; what it returns then reads it. */
  region(user: ViewerUser, address: RegionAddress): Promise<() => Promise<MeasuredRegion>>;
  /** Queues an analysis because a segmentation was stored; when it has ended the patient is assessed anew. */
  analyseAgain(user: ViewerUser, patientId: string, SOPInstanceUID: string | undefined): Promise<AnalysisState>;
}

const longestHistory = 100;

/** {@link Panel} over the engine. */
export function createPanel({ engine, logger, reportOf }: PanelOptions): Panel {
  const answers = createAnswers(engine);
  const mayRead = createStudyCheck(engine.patientOfStudy);
  const noteRead = (user: ViewerUser, patientId: string, details: Readonly<Record<string, string | undefined>>) =>
    engine.audit.record({
      event: 'read',
      agent: user.agent,
      patient: `Patient/${patientId}`,
      outcome: 'success',
      details,
    });

  return {
    async view(user, { StudyInstanceUIDs, patient, fresh }) {
      const patientId = await patientOf(engine, StudyInstanceUIDs, patient);
      checkPatient(user, patientId);
      for (const uid of StudyInstanceUIDs) if (!(await mayRead(user, uid))) throw otherStudies();
      const last = fresh ? undefined : await answers.last(patientId);
      await queueImages(engine, patientId, StudyInstanceUIDs);
      const answer = last ?? (await answers.now(user, patientId));
      if (!answer.fresh) await noteRead(user, patientId, { assessment: answer.assessment.id });
      return buildPanelView({
        ...answer,
        analysis: await analysisState(engine, patientId),
        shown: StudyInstanceUIDs,
        report: reportOf?.(patientId) ?? null,
      });
    },
    async history(user, patientId) {
      checkPatient(user, patientId);
      const assessments = await engine.store.assessmentLines(`Patient/${patientId}`, assessmentFormat, longestHistory);
      await noteRead(user, patientId, {});
      return { assessments };
    },
    async assessment(user, id) {
      const found = await engine.store.assessment<Assessment>(id);
      if (found === undefined || found.format !== assessmentFormat) throw unknownAssessment(id);
      const patientId = found.subject.replace(/^Patient\//, '');
      checkPatient(user, patientId);
      await noteRead(user, patientId, { assessment: id });
      return found;
    },
    async course(user, patientId) {
      checkPatient(user, patientId);
      return engine.course(patientId, { agent: user.agent });
    },
    async analysis(user, patientId) {
      checkPatient(user, patientId);
      return analysisState(engine, patientId);
    },
    async region(user, address) {
      const { StudyInstanceUID, SOPInstanceUID, segmentNumber, region } = address;
      const patientId = await engine.patientOfStudy(StudyInstanceUID);
      checkPatient(user, patientId);
      if (!(await mayRead(user, StudyInstanceUID))) throw otherStudies();
      await noteRead(user, patientId, { segmentation: SOPInstanceUID, segment: String(segmentNumber), region });
      return () => engine.measuredRegion(address);
    },
    async analyseAgain(user, patientId, SOPInstanceUID) {
      checkPatient(user, patientId);
      const { finished } = await engine.analyseAgain(patientId);
      finished
        .then(() => answers.now(user, patientId))
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'not assessed after the analysis; the next view does it'),
        );
      await engine.audit.record({
        event: 'analysis',
        agent: user.agent,
        patient: `Patient/${patientId}`,
        outcome: 'success',
        details: { segmentation: SOPInstanceUID },
      });
      return analysisState(engine, patientId);
    },
  };
}

/** The one Patient whom all studies show. */
async function patientOf(engine: PanelEngine, studies: readonly string[], wanted: string | undefined): Promise<string> {
  const patients = await Promise.all(studies.map((uid) => engine.patientOfStudy(uid)));
  const [patientId, ...others] = new Set(patients);
  if (patientId === undefined) throw new RequestError('VIEWER_STUDY_UNKNOWN', 'StudyInstanceUIDs', 'name a study');
  if (others.length > 0) {
    throw new RequestError('VIEWER_PATIENT_MISMATCH', 'StudyInstanceUIDs', 'the studies are of different patients');
  }
  if (wanted !== undefined && wanted !== patientId) {
    throw new RequestError('VIEWER_PATIENT_MISMATCH', 'patient', 'the study is of another patient: open that chart');
  }
  return patientId;
}

/** An analysis that ended before a study was seen does not hold it. */
const lookAgainAfterMs = 60_000;

async function queueImages(engine: PanelEngine, patientId: string, shown: readonly string[]): Promise<void> {
  const status = await engine.store.imagingStatusOf(`Patient/${patientId}`);
  const seen = status?.selection.map(({ StudyInstanceUID }) => StudyInstanceUID) ?? [];
  const isNew = status !== undefined && shown.some((uid) => !seen.includes(uid));
  if (isNew && Date.now() - Date.parse(status.updatedAt) > lookAgainAfterMs) await engine.analyseAgain(patientId);
  else await engine.queueImagingForPerson(patientId);
}

function otherStudies(): RequestError {
  return new RequestError('VIEWER_FORBIDDEN', 'StudyInstanceUIDs', 'the session is about other studies');
}

function unknownAssessment(id: string): RequestError {
  return new RequestError('ASSESSMENT_UNKNOWN', id, 'there is no such assessment');
}
