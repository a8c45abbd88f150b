import { authorizationCodeGrant, type Configuration, type IDToken } from 'openid-client';
import { DeltascopeError, RequestError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { withoutSlash } from '../../server-addresses.ts';
import type { ViewerUser } from '../api/viewer-access.ts';
import type { ViewerSession } from '../sessions.ts';
import { type LaunchContext, readLaunchContext } from './launch-context.ts';
import type { LaunchProofs } from './launch-states.ts';
import type { SmartIssuer } from './smart-issuers.ts';

/** A launch that the EHR has vouched for. */
export interface FinishedLaunch {
  readonly session: ViewerSession;
  readonly context: LaunchContext;
}

export interface FinishOptions {
  readonly issuer: SmartIssuer;
  readonly configuration: Configuration;
  /** The redirect as it came back, under the address that the EHR knows us by. */
  readonly address: URL;
  readonly state: string;
  readonly proofs: LaunchProofs;
}

/**
 * Redeems the code of a launch and reads who launches about whom. The access token is dropped here: Deltascope reads the record with
 * its own access, so that nothing of the user's is kept.
 *
 * @throws What `authorizationCodeGrant` and {@link readLaunchContext} do.
 */
export async function finishLaunch({
  issuer,
  configuration,
  address,
  state,
  proofs,
}: FinishOptions): Promise<FinishedLaunch> {
  const token = await authorizationCodeGrant(configuration, address, {
    expectedState: state,
    expectedNonce: proofs.nonce,
    pkceCodeVerifier: proofs.codeVerifier,
  });
  const context = readLaunchContext(token, issuer.scope, new Date());
  const { sub, fhirUser } = token.claims() as IDToken;
  const { patient, expires } = context;
  const user = typeof fhirUser === 'string' ? fhirUser.replace(`${withoutSlash(issuer.iss)}/`, '') : sub;
  return { context, session: { patient, user, issuer: withoutSlash(issuer.iss), studies: null, expires } };
}

/** Whom something that a launch names is about. */
export interface LaunchChecks {
  /** See `createStudyCheck`. */
  readonly mayReadStudy: (user: ViewerUser, StudyInstanceUID: string) => Promise<boolean>;
  /** `Patient/123`; undefined for an Assessment that is not there (any more). */
  readonly subjectOfAssessment: (id: string) => Promise<string | undefined>;
}

/**
 * The studies of a launch that show its patient. One that can't be looked up just now is left out: the page stands without it.
 *
 * @throws RequestError `SMART_PATIENT_MISMATCH` for a study or an Assessment of somebody else: then charts have been mixed up.
 */
export async function studiesOfLaunch(
  { session, context }: FinishedLaunch,
  { mayReadStudy, subjectOfAssessment }: LaunchChecks,
  logger: Logger,
): Promise<string[]> {
  const { patient, issuer, user } = session;
  const viewer: ViewerUser = { agent: { kind: 'viewer', issuer, tenant: null, user }, patient, studies: null };
  const subject = context.assessment === undefined ? undefined : await subjectOfAssessment(context.assessment);
  if (subject !== undefined && subject !== `Patient/${patient}`) throw mixedUp('assessment');
  const studies: string[] = [];
  for (const StudyInstanceUID of context.studies) {
    const shows = await mayReadStudy(viewer, StudyInstanceUID).catch((error: unknown) => {
      const code = error instanceof DeltascopeError ? error.code : 'INTERNAL';
      logger.warn({ code }, 'a study of the launch can not be looked up and is left out');
      return null;
    });
    if (shows === false) throw mixedUp('StudyInstanceUIDs');
    if (shows === true) studies.push(StudyInstanceUID);
  }
  return studies;
}

function mixedUp(subject: string): RequestError {
  const text =
    'the card or the images that were opened are of another patient than the chart: launch again from the chart';
  return new RequestError('SMART_PATIENT_MISMATCH', subject, text);
}
