/** Node's and undici's codes of a connection that ended, or was not there in time, before its answer. */
const brokenConnection: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * Runs a request a second time when its connection broke: a server closes an idle connection just when it is used again. Every
 * request of this client may be repeated: searches and retrievals change nothing, and an instance that is stored twice is stored once.
 */
export async function repeatOnBrokenConnection<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isBroken(error)) throw error;
    return request();
  }
}

function isBroken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && brokenConnection.includes(cause.code);
}
