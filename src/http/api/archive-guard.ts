import type { RequestHandler } from 'express';
import { RequestError } from '../../errors.ts';
import type { ViewerUser } from './viewer-access.ts';
import { viewerOf } from './viewer-access.ts';

/**
 * Keeps a user who is bound to a patient or to studies with those, also where the viewer asks the archive: what names a study is
 * checked, and a search must name one. Storing passes: the archive sorts what it is sent.
 *
 * Mounted where the rest of the path is that of DICOMweb, after the middleware that knows the user.
 */
export function createArchiveGuard(
  mayReadStudy: (user: ViewerUser, StudyInstanceUID: string) => Promise<boolean>,
): RequestHandler {
  return async (request, response, next) => {
    const user = viewerOf(response);
    if (user.patient === null && user.studies === null) return next();
    const inPath = /\/studies\/([0-9.]+)(?:\/|$)/.exec(request.path)?.[1];
    if (inPath === undefined && request.method === 'POST') return next();
    const studies = inPath === undefined ? searched(request.query) : [inPath];
    const allowed = await Promise.all(studies.map((uid) => mayReadStudy(user, uid)));
    if (studies.length > 0 && allowed.every(Boolean)) return next();
    throw new RequestError('VIEWER_FORBIDDEN', 'studies', 'the session is about other studies');
  };
}

/** Studies that a search names, by keyword or tag. */
function searched(query: Readonly<Record<string, unknown>>): string[] {
  const named = [query.StudyInstanceUID, query.StudyInstanceUIDs, query['0020000D'], query.studyUID];
  return named.flatMap((value) => (typeof value === 'string' ? value.split(/[,\\]/) : []));
}
