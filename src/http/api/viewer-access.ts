import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Config } from '../../config.ts';
import { RequestError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { AuditAgent } from '../../store/audit.ts';
import { countedRequests, createRefusalLimit } from '../rate-limits.ts';
import { type SessionStore, sessionValue } from '../sessions.ts';
import { createTokenCheck } from './viewer-token.ts';

/** Who looks, and at whom they may. */
export interface ViewerUser {
  readonly agent: AuditAgent;
  /** Logical id of the one Patient that a session or token is bound to; null for any. */
  readonly patient: string | null;
  /** The only studies of a session; null for all of its patient. */
  readonly studies: readonly string[] | null;
}

export interface ViewerAccessOptions {
  /** True where nobody is asked who calls: without registered clients, on this machine. */
  readonly open: boolean;
  readonly tokens: Config['viewerTokens'] | undefined;
  readonly sessions: SessionStore;
  /** Address under which browsers see the service, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly logger: Logger;
}

/** Requests to the panel API that one user may send in a minute to this instance. */
const mostRequests = 600;

const openUser: ViewerUser = {
  agent: { kind: 'viewer', issuer: null, tenant: null, user: null },
  patient: null,
  studies: null,
};

/**
 * Makes the middlewares that let only known viewers through and put the user on the response (see `viewerOf`): a bearer token of
 * the identity provider, or the cookie of a session. In open mode everybody passes, unless tokens are configured.
 *
 * @returns They fail with RequestError `HTTP_UNAUTHORIZED`, `VIEWER_FORBIDDEN` (a session's write from another site) or
 *   `HTTP_TOO_MANY_REQUESTS` (refused proofs of one address).
 */
export function createViewerAccess(options: ViewerAccessOptions): RequestHandler {
  const { open, tokens, sessions, publicUrl, logger } = options;
  const checkToken = tokens === undefined ? undefined : createTokenCheck(tokens);
  const refusals = createRefusalLimit();

  async function userOf(request: Request): Promise<ViewerUser | string> {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && checkToken !== undefined) {
      const checked = await checkToken(token);
      if ('reason' in checked) return checked.reason;
      const { user, issuer, patient } = checked;
      return { agent: { kind: 'viewer', issuer, tenant: null, user }, patient, studies: null };
    }
    const cookie = sessionValue(request.headers.cookie, publicUrl().startsWith('https:'));
    const session = cookie === undefined ? undefined : await sessions.find(cookie);
    if (session !== undefined) {
      if (!isSafe(request)) refuseOtherSites(request, publicUrl());
      const { user, issuer, patient, studies } = session;
      return { agent: { kind: 'viewer', issuer, tenant: null, user }, patient, studies };
    }
    if (open && checkToken === undefined) return openUser;
    return token === undefined && cookie === undefined ? 'PROOF_MISSING' : 'SESSION_UNKNOWN';
  }

  return async (request: Request, response: Response, next: NextFunction) => {
    if (await refusals.isReached(request)) return refusals.count(request, response, next);
    const user = await userOf(request);
    if (typeof user !== 'string') {
      response.locals.viewer = user;
      refusals.remember(request);
      return next();
    }
    logger.warn({ reason: user }, 'viewer refused');
    refusals.count(request, response, (tooMany?: unknown) => next(tooMany ?? unauthorized()));
  };
}

/** Limits how many requests of the panel a user may send; after the middleware of {@link createViewerAccess}. */
export function createViewerLimit(): RequestHandler {
  return rateLimit({
    ...countedRequests,
    limit: mostRequests,
    keyGenerator: (request, response) => {
      const { issuer, user } = viewerOf(response).agent;
      return user === null ? ipKeyGenerator(request.ip ?? 'unknown') : JSON.stringify([issuer, user]);
    },
  });
}

/** Who sent the request that is being answered; the middleware of {@link createViewerAccess} put it on the response. */
export function viewerOf(response: Response): ViewerUser {
  const user = response.locals.viewer as ViewerUser | undefined;
  if (user === undefined) throw unauthorized();
  return user;
}

/**
 * Keeps a user who is bound to a patient with that one.
 *
 * @param patientId Logical id.
 * @throws RequestError `VIEWER_FORBIDDEN`.
 */
export function checkPatient(user: ViewerUser, patientId: string): void {
  if (user.patient === null || user.patient === patientId) return;
  throw new RequestError('VIEWER_FORBIDDEN', 'patient', 'the session is about another patient: open that chart');
}

/** How long it is kept which patient a study is of: a viewer asks for thousands of images. */
const knownForMs = 5 * 60_000;
const mostKnown = 500;

/**
 * Makes the test whether a user may see a study: any without a bound patient, else those of that patient, or of the session.
 *
 * @param patientOfStudy Fails for a study that nobody knows.
 */
export function createStudyCheck(
  patientOfStudy: (StudyInstanceUID: string) => Promise<string>,
): (user: ViewerUser, StudyInstanceUID: string) => Promise<boolean> {
  const known = new Map<string, { readonly patient: string; readonly until: number }>();
  return async (user, StudyInstanceUID) => {
    if (user.studies !== null && !user.studies.includes(StudyInstanceUID)) return false;
    if (user.patient === null) return true;
    const now = Date.now();
    const entry = known.get(StudyInstanceUID);
    const patient = entry !== undefined && entry.until > now ? entry.patient : await patientOfStudy(StudyInstanceUID);
    if (known.size >= mostKnown) known.clear();
    if (entry === undefined || entry.until <= now) known.set(StudyInstanceUID, { patient, until: now + knownForMs });
    return patient === user.patient;
  };
}

function isSafe({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** A cookie goes along with whatever any page sends: a write counts only from our own. */
function refuseOtherSites(request: Request, publicUrl: string): void {
  const site = request.headers['sec-fetch-site'];
  const same = site === undefined ? request.headers.origin === new URL(publicUrl).origin : site === 'same-origin';
  if (same) return;
  throw new RequestError('VIEWER_FORBIDDEN', 'Origin', 'a session is used from the pages of this service only');
}

function unauthorized(): RequestError {
  return new RequestError(
    'HTTP_UNAUTHORIZED',
    'Authorization',
    'a token of the identity provider or a session is needed',
  );
}
