import express, { type Express } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createArchiveGuard } from '../../../src/http/api/archive-guard.ts';
import { createStudyCheck, type ViewerUser } from '../../../src/http/api/viewer-access.ts';
import { errorHandler } from '../../../src/http/operation-outcome.ts';
import { createLogger } from '../../../src/log.ts';

const patients: Readonly<Record<string, string>> = { '1.1': 'a', '1.2': 'a', '2.1': 'b' };

function archiveFor(user: Pick<ViewerUser, 'patient' | 'studies'>): { app: Express; asked: string[] } {
  const asked: string[] = [];
  const mayRead = createStudyCheck(async (uid) => {
    asked.push(uid);
    const patient = patients[uid];
    if (patient === undefined) throw new Error('nobody knows it');
    return patient;
  });
  const app = express();
  app.use((_request, response, next) => {
    response.locals.viewer = { agent: { kind: 'viewer', issuer: null, tenant: null, user: 'u' }, ...user };
    next();
  });
  app.use(
    '/dicom-web',
    createArchiveGuard({ mayReadStudy: mayRead, patientIdOf: async () => null }),
    (_request, response) => void response.json([]),
  );
  app.use(errorHandler(createLogger('silent')));
  return { app, asked };
}

const status = async (app: Express, path: string) => (await request(app).get(`/dicom-web${path}`)).status;

describe('the archive for a user who is bound to a patient', () => {
  it.each([
    ['/studies/1.1/series/5/metadata', 200],
    ['/studies/1.2', 200],
    ['/studies/2.1/series', 403],
    ['/studies/2.1', 403],
    ['/studies?StudyInstanceUID=1.1', 200],
    ['/studies?StudyInstanceUID=1.1,2.1', 403],
    ['/studies?0020000D=2.1', 403],
    ['/studies?PatientID=B', 403],
    ['/studies', 403],
    ['/series?Modality=SEG', 403],
    ['/instances', 403],
    // What the archive may understand as another path.
    ['/studies/1.1/%2e%2e/2.1/series', 403],
    ['/studies/1.1//studies/2.1', 403],
    ['/tools/studies/1.1/', 403],
    ['?requestType=WADO&studyUID=1.1&seriesUID=5&objectUID=6', 200],
    ['?requestType=WADO&studyUID=2.1&seriesUID=5&objectUID=6', 403],
  ])('%s: %i', async (path, expected) => {
    expect(await status(archiveFor({ patient: 'a', studies: null }).app, path)).toBe(expected);
  });

  it('asks once whose a study is, however many images follow', async () => {
    const { app, asked } = archiveFor({ patient: 'a', studies: null });
    for (let i = 0; i < 5; i++) await status(app, `/studies/1.1/series/5/instances/${i}`);
    expect(asked).toEqual(['1.1']);
  });

  it('a study that nobody knows is not shown', async () => {
    expect(await status(archiveFor({ patient: 'a', studies: null }).app, '/studies/9.9')).toBe(500);
  });
});

describe('the archive for other users', () => {
  it('of a session with studies shows those only', async () => {
    const { app } = archiveFor({ patient: 'a', studies: ['1.2'] });
    expect([await status(app, '/studies/1.2'), await status(app, '/studies/1.1')]).toEqual([200, 403]);
  });

  it('who are bound to nobody may search', async () => {
    expect(await status(archiveFor({ patient: null, studies: null }).app, '/studies?PatientID=B')).toBe(200);
  });
});
