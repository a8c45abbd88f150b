import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import type { Audit } from '../../audit/audit.ts';
import { errorTable, RequestError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { LaunchRows } from '../../store/smart-launches.ts';
import { viewerOf } from '../api/viewer-access.ts';
import { onlyMethods } from '../only-methods.ts';
import { countedRequests } from '../rate-limits.ts';
import { type SessionStore, sessionCookie, sessionValue } from '../sessions.ts';
import { createAuthorizationServers } from './authorization-servers.ts';
import { finishLaunch, type LaunchChecks, studiesOfLaunch } from './finish-launch.ts';
import { launchFailure } from './launch-failure.ts';
import { choicePage, type LaunchPlace, loggedOutPage, logOutPage, refusalPage } from './launch-pages.ts';
import { createLaunchStates, launchCookie, launchSecret, proofsOf } from './launch-states.ts';
import { createPageAccess } from './page-access.ts';
import type { SmartIssuer, SmartIssuers } from './smart-issuers.ts';

export interface LaunchRouterOptions extends LaunchPlace {
  readonly launches: LaunchRows;
  readonly sessions: SessionStore;
  readonly audit: Audit;
  readonly logger: Logger;
  /** See `createViewerAccess`. */
  readonly requireViewer: RequestHandler;
  readonly checks: LaunchChecks;
  /** Path of the page that a launch ends on. */
  readonly landing: (patientId: string, StudyInstanceUIDs: readonly string[]) => string;
}

/** What is recorded about a launch as far as it came. */
interface Trace {
  issuer?: string;
  user?: string | null;
  patient?: string;
}

/** Launches and returns of one address in a minute; a hospital may share one. */
const mostLaunches = 600;

/**
 * SMART App Launch: `GET /launch` (from the EHR with `iss` and `launch`; standalone with `iss` alone, or none), `GET /callback`,
 * and `/logout`. Ends in a session about the patient of the token response, whatever any address says.
 *
 * @returns A router to mount at the root.
 * @see SMART App Launch 2.2, App Launch: Launch and Authorization
 */
export function createLaunchRouter(options: LaunchRouterOptions): Router {
  const { publicUrl } = options;
  const router = express.Router();
  const limit = rateLimit({ ...countedRequests, limit: mostLaunches });
  const overHttps = () => publicUrl().startsWith('https:');
  const begin = createBegin(options, overHttps);
  const finish = createFinish(options, begin.servers, overHttps);

  router.use(['/launch', '/callback', '/logout'], limit, (_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    next();
  });
  router.route('/launch').get(refusing(options, begin.handler)).all(onlyMethods('GET', 'HEAD'));
  router.route('/callback').get(refusing(options, finish)).all(onlyMethods('GET', 'HEAD'));
  router
    .route('/logout')
    .get((_request, response) => void response.type('html').send(logOutPage(options)))
    .post(createPageAccess(options.requireViewer, options), logOut(options, overHttps))
    .all(onlyMethods('GET', 'HEAD', 'POST'));
  return router;
}

type Step = (request: Request, response: Response, trace: Trace) => Promise<void>;

/** Runs a step of a launch; a refusal is recorded and shown. */
function refusing(options: LaunchRouterOptions, step: Step): RequestHandler {
  const { audit, logger } = options;
  return async (request, response) => {
    const trace: Trace = {};
    try {
      await step(request, response, trace);
    } catch (thrown) {
      const failure = launchFailure(thrown);
      if (failure === undefined) throw thrown;
      const { error, reason } = failure;
      logger.warn({ code: error.code, reason }, 'launch refused');
      await audit.record({
        event: 'launch',
        agent: { kind: 'viewer', issuer: trace.issuer ?? null, tenant: null, user: trace.user ?? null },
        patient: trace.patient === undefined ? null : `Patient/${trace.patient}`,
        outcome: error.code,
        details: { reason },
      });
      const page = refusalPage(error.code, error.message, options);
      response.status(errorTable[error.code].status).type('html').send(page);
    }
  };
}

function createBegin(options: LaunchRouterOptions, overHttps: () => boolean) {
  const { issuers, launches, publicUrl } = options;
  const servers = createAuthorizationServers();
  const states = createLaunchStates(launches);
  const handler: Step = async (request, response, trace) => {
    const iss = parameter(request, 'iss');
    const launch = parameter(request, 'launch');
    const standalone = issuers.all.filter((each) => each.standalone);
    if (iss === undefined && launch === undefined && standalone.length > 1) {
      response.type('html').send(choicePage(options));
      return;
    }
    if (iss !== undefined) trace.issuer = iss;
    const issuer = chosenIssuer(issuers, standalone, iss, launch);
    const configuration = await servers.of(issuer);
    const state = await states.begin(issuer.iss);
    const { codeVerifier, nonce } = proofsOf(state);
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: `${publicUrl()}/callback`,
      response_type: 'code',
      scope: `${launch === undefined ? 'launch/patient' : 'launch'} ${issuer.scope}`,
      aud: iss ?? issuer.iss,
      state: state.state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...(launch !== undefined && { launch }),
    });
    response.append('Set-Cookie', launchCookie(state, overHttps(), isFramed(issuer)));
    response.redirect(303, address.href);
  };
  return { handler, servers };
}

function chosenIssuer(
  issuers: SmartIssuers,
  standalone: readonly SmartIssuer[],
  iss: string | undefined,
  launch: string | undefined,
): SmartIssuer {
  const issuer = iss === undefined && launch === undefined ? standalone[0] : issuers.find(iss ?? '');
  if (issuer === undefined && iss !== undefined) {
    throw new RequestError('SMART_ISSUER_UNKNOWN', 'iss', 'this EHR is not registered with Deltascope');
  }
  if (issuer === undefined || (launch === undefined && !issuer.standalone)) {
    throw new RequestError('SMART_LAUNCH_INVALID', 'launch', 'open a chart in the EHR and launch Deltascope from it');
  }
  return issuer;
}

function createFinish(
  { issuers, launches, sessions, audit, logger, publicUrl, checks, landing }: LaunchRouterOptions,
  servers: ReturnType<typeof createAuthorizationServers>,
  overHttps: () => boolean,
): Step {
  const states = createLaunchStates(launches);
  return async (request, response, trace) => {
    const state = parameter(request, 'state') ?? '';
    const secret = launchSecret(request.headers.cookie, state, overHttps());
    const iss = secret === undefined ? undefined : await states.take({ state, secret });
    const issuer = iss === undefined ? undefined : issuers.find(iss);
    if (secret === undefined || issuer === undefined) {
      const text = 'this launch was not begun in this browser, is over, or was used before: launch again';
      throw new RequestError('SMART_STATE_UNKNOWN', 'state', text);
    }
    trace.issuer = issuer.iss;
    response.append('Set-Cookie', launchCookie({ state, secret: '' }, overHttps(), isFramed(issuer)));
    const launched = await finishLaunch({
      issuer,
      configuration: await servers.of(issuer),
      address: new URL(`${publicUrl()}/callback${new URL(request.originalUrl, publicUrl()).search}`),
      state,
      proofs: proofsOf({ state, secret }),
    });
    const { session, context } = launched;
    const { user, patient, expires } = session;
    Object.assign(trace, { user, patient });
    const studies = await studiesOfLaunch(launched, checks, logger);
    await endSession(request, { sessions, audit }, overHttps(), 'new launch');
    await audit.record({
      event: 'launch',
      agent: { kind: 'viewer', issuer: session.issuer, tenant: null, user },
      patient: `Patient/${patient}`,
      outcome: 'success',
      details: { encounter: context.encounter, expires, studies: studies.join(' ') || undefined },
    });
    const value = await sessions.begin(session);
    response.append('Set-Cookie', sessionCookie(value, session, overHttps(), isFramed(issuer)));
    response.redirect(303, `${publicUrl()}${landing(patient, studies)}`);
  };
}

function logOut(options: LaunchRouterOptions, overHttps: () => boolean): RequestHandler {
  const { issuers, sessions, audit } = options;
  return async (request, response) => {
    await endSession(request, { sessions, audit }, overHttps(), 'log-out');
    const issuer = issuers.find(viewerOf(response).agent.issuer ?? '');
    const framed = issuer !== undefined && isFramed(issuer);
    response.append('Set-Cookie', sessionCookie('', { expires: new Date(0).toISOString() }, overHttps(), framed));
    response.type('html').send(loggedOutPage(options));
  };
}

/** Ends the session that the browser has, if it has one. */
async function endSession(
  request: Request,
  { sessions, audit }: Pick<LaunchRouterOptions, 'sessions' | 'audit'>,
  overHttps: boolean,
  reason: 'log-out' | 'new launch',
): Promise<void> {
  const value = sessionValue(request.headers.cookie, overHttps);
  const session = value === undefined ? undefined : await sessions.find(value);
  if (value === undefined || session === undefined) return;
  await sessions.end(value);
  await audit.record({
    event: 'session-end',
    agent: { kind: 'viewer', issuer: session.issuer, tenant: null, user: session.user },
    patient: `Patient/${session.patient}`,
    outcome: 'success',
    details: { reason },
  });
}

/** A query parameter that is given at most once. @throws RequestError `SMART_LAUNCH_INVALID`. */
function parameter(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= 4096) return value;
  throw new RequestError('SMART_LAUNCH_INVALID', name, `${name} is given more than once, or is too long`);
}

function isFramed({ frameAncestors }: SmartIssuer): boolean {
  return frameAncestors.length > 0;
}
