import type { FetchImplementation } from 'jose';

/** More than any key set holds. */
const largestBytes = 256 * 1024;
/** After a failure nothing is asked for so long: whoever sends tokens must not be able to make the service call out. */
const pauseAfterFailureMs = 5000;

/**
 * Fetches a key set, and nothing larger than one: the answer is cut off at 256 KiB, a redirect is a failure, and after a
 * failure the address is left alone for five seconds. The caller's signal limits the time.
 */
export function createBoundedFetch(): FetchImplementation {
  return boundedFetch('JSON Web Key Set', isKeySet);
}

/** The same for the metadata of an OpenID provider (OpenID Connect Discovery 1.0, section 4). */
export function createMetadataFetch(): FetchImplementation {
  return boundedFetch(
    'OpenID provider metadata',
    (value) => hasMember(value, 'issuer') && hasMember(value, 'jwks_uri'),
  );
}

/** The same for what a FHIR server says about its authorization server (SMART App Launch 2.2, .well-known/smart-configuration). */
export function createSmartMetadataFetch(): FetchImplementation {
  return boundedFetch(
    'SMART configuration',
    (value) => hasMember(value, 'authorization_endpoint') && hasMember(value, 'token_endpoint'),
  );
}

function boundedFetch(what: string, isExpected: (value: unknown) => boolean): FetchImplementation {
  let pausedUntil = 0;
  return async (url, options) => {
    if (Date.now() < pausedUntil) throw new Error(`the ${what} could not be fetched a moment ago`);
    try {
      // `error` rather than `manual`: a redirect must not even be looked at.
      const response = await fetch(url, { ...options, redirect: 'error' });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the ${what} answers ${response.status}`);
      }
      const answer: unknown = JSON.parse(await readBounded(response));
      if (!isExpected(answer)) throw new Error(`the answer is no ${what}`);
      return Response.json(answer);
    } catch (error) {
      pausedUntil = Date.now() + pauseAfterFailureMs;
      throw error;
    }
  };
}

/** Single keys are looked at when they are used: a set may hold some of a kind that nobody here knows (RFC 7517, section 5). */
function isKeySet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'string';
}

/** The text of an answer, in UTF-8. @throws Error beyond 256 KiB. */
export async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream, so that the rest is not transferred.
    if (bytes > largestBytes) throw new Error(`the answer is larger than ${largestBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
