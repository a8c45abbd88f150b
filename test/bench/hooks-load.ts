import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { importJWK, type JWK, SignJWT } from 'jose';

/** What the parent process asks for: where, with what, for how long. */
export interface LoadOrder {
  readonly url: string;
  readonly audience: string;
  readonly issuer: string;
  readonly key: JWK;
  /** Of each request: what stands between the parts is made anew for it. */
  readonly bodyParts: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Tokens to sign before the clock starts: one a request, because none may be used twice. */
  readonly tokens: number;
}

/** Latencies in ms. */
export interface LoadReport {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly requests: number;
  readonly not2xx: number;
  readonly errors: number;
}

/** Runs in a process of its own, so that making the load takes no time from the service's event loop. */
async function load(order: LoadOrder): Promise<LoadReport> {
  const tokens = await signTokens(order);
  process.send?.('ready');
  let next = 0;
  const result = await autocannon({
    url: order.url,
    connections: order.connections,
    duration: order.seconds,
    method: 'POST',
    requests: [
      {
        setupRequest: (request) => {
          const token = tokens[next++];
          if (token === undefined) throw new Error(`more than ${order.tokens} requests: sign more tokens`);
          return {
            ...request,
            body: order.bodyParts.join(randomUUID()),
            headers: { ...request.headers, 'content-type': 'application/json', authorization: `Bearer ${token}` },
          };
        },
      },
    ],
  });
  return {
    requestsPerSecond: result.requests.average,
    p50: result.latency.p50,
    // autocannon reports 90 and 97.5, which lie around the 95th: the higher is the careful one.
    p95: result.latency.p97_5,
    p99: result.latency.p99,
    requests: result.requests.total,
    not2xx: result.non2xx,
    errors: result.errors,
  };
}

async function signTokens({ key, issuer, audience, tokens }: LoadOrder): Promise<string[]> {
  const privateKey = await importJWK(key, 'RS384');
  const now = Math.floor(Date.now() / 1000);
  const signed: string[] = [];
  for (let at = 0; at < tokens; at++) {
    const claims = { iss: issuer, aud: audience, iat: now, exp: now + 3000, jti: `bench-${process.pid}-${at}` };
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'RS384', kid: 'bench', typ: 'JWT' });
    signed.push(await jwt.sign(privateKey));
  }
  return signed;
}

process.once('message', (order: LoadOrder) => {
  void load(order).then((report) => process.send?.(report, () => process.disconnect()));
});
