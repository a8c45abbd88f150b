import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import type { RegisteredClient } from '../../src/http/client-registry.ts';

const fetchTimeoutMs = 3000;
/** A key set is fetched again when it is older, */
const cacheMaxAgeMs = 10 * 60_000;
/** and for a `kid` that it does not hold (rotation), but no sooner than this after the last time. */
const cooldownMs = 30_000;

/** Finds the public key that the header of a client's token names. Fetched key sets are cached for each client. */
export type ClientKeys = (client: RegisteredClient) => JWTVerifyGetKey;

/** {@link ClientKeys} with an empty cache. */
export function createClientKeys(): ClientKeys {
  // Weak: a registry that is read again brings new clients, and the caches of the old ones go with them.
  const known = new WeakMap<RegisteredClient, JWTVerifyGetKey>();
  return (client) => {
    const keys = known.get(client) ?? keysOf(client);
    known.set(client, keys);
    return keys;
  };
}

/** The registered keys come first; the key set at `jku` is asked for a `kid` that is not among them. */
function keysOf({ keys, jku }: RegisteredClient): JWTVerifyGetKey {
  const registered = keys === null ? null : createLocalJWKSet(keys);
  const fetched =
    jku === undefined
      ? null
      : createRemoteJWKSet(new URL(jku), {
          timeoutDuration: fetchTimeoutMs,
          cooldownDuration: cooldownMs,
          cacheMaxAge: cacheMaxAgeMs,
          [customFetch]: createBoundedFetch(),
        });
  return async (header, token) => {
    if (registered !== null) {
      try {
        return await registered(header, token);
      } catch (error) {
        if (fetched === null || !(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    if (fetched === null) throw new errors.JWKSNoMatchingKey();
    return fetched(header, token);
  };
}
