import express, { type Request, type RequestHandler, type Response } from 'express';
import { RequestError } from '../../errors.ts';
import { checkedStore } from './store-guard.ts';
import type { ViewerUser } from './viewer-access.ts';
import { viewerOf } from './viewer-access.ts';

/** What the archive's guard asks about studies. */
export interface StudyRights {
  mayReadStudy(user: ViewerUser, StudyInstanceUID: string): Promise<boolean>;
  /** PatientID of a study as the archive has it; null where it has none. */
  patientIdOf(StudyInstanceUID: string): Promise<string | null>;
}

/**
 * Largest message that a bound user may store (MB); it is in memory twice while it is checked. A SEG of 600 slices of 512 x 512 with
 * a byte a voxel fits.
 */
const largestStoreMb = 200;
const readBody = express.raw({ type: 'multipart/related', limit: `${largestStoreMb}mb` });

/**
 * Keeps a user who is bound to a patient or to studies with those, also where the viewer asks the archive: what names a study is
 * checked, a search must name one, and of what is stored every object is looked into. For them the body of a request to store becomes
 * the checked message, for the proxy to send on.
 *
 * Mounted where the rest of the path is that of DICOMweb, after the middleware that knows the user.
 */
export function createArchiveGuard(rights: StudyRights): RequestHandler {
  return async (request, response, next) => {
    const user = viewerOf(response);
    if (user.patient === null && user.studies === null) return next();
    const inPath = studyInPath(request.path);
    if (request.method === 'POST') {
      await replaceByChecked(request, response, inPath, {
        mayReadStudy: (uid) => rights.mayReadStudy(user, uid),
        patientIdOf: rights.patientIdOf,
      });
      return next();
    }
    const studies = inPath === undefined ? searched(request.query) : [inPath];
    const allowed = await Promise.all(studies.map((uid) => rights.mayReadStudy(user, uid)));
    if (studies.length > 0 && allowed.every(Boolean)) return next();
    throw new RequestError('VIEWER_FORBIDDEN', 'studies', 'the session is about other studies');
  };
}

/** @throws RequestError `VIEWER_FORBIDDEN` for a path that the archive could understand as another one. */
function studyInPath(path: string): string | undefined {
  if (/%|\\|\/\/|\/\.{1,2}(\/|$)/.test(path)) {
    throw new RequestError('VIEWER_FORBIDDEN', 'path', 'the address is not in its plain form');
  }
  return /^\/studies\/([0-9.]+)(?:\/|$)/.exec(path)?.[1];
}

/** Studies that a search names, by keyword or tag. */
function searched(query: Readonly<Record<string, unknown>>): string[] {
  const named = [query.StudyInstanceUID, query.StudyInstanceUIDs, query['0020000D'], query.studyUID];
  return named.flatMap((value) => (typeof value === 'string' ? value.split(/[,\\]/) : []));
}

async function replaceByChecked(
  request: Request,
  response: Response,
  inPath: string | undefined,
  rights: Parameters<typeof checkedStore>[2],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    readBody(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(unreadable(error))));
  });
  if (!Buffer.isBuffer(request.body)) {
    throw new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', 'send multipart/related; type="application/dicom"');
  }
  const message = { contentType: request.headers['content-type'] ?? '', body: request.body };
  const { contentType, body } = await checkedStore(message, inPath, rights);
  const { headers } = request;
  delete headers['transfer-encoding'];
  delete headers['content-encoding'];
  headers['content-type'] = contentType;
  headers['content-length'] = String(body.length);
  request.body = body;
}

function unreadable(error: unknown): unknown {
  const isTooLarge = error instanceof Error && 'status' in error && error.status === 413;
  return isTooLarge
    ? new RequestError('HTTP_TOO_LARGE', 'body', `the body is larger than ${largestStoreMb} MB`)
    : error;
}
