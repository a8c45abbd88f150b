import { parseSetCookie } from 'cookie';

/** What a browser does in a launch: it keeps cookies by origin and follows redirects. */
export interface CookieBrowser {
  /** Every `Set-Cookie` header that it was sent. */
  readonly setCookies: string[];
  /** Addresses of the last visit, redirects included. */
  readonly visited: string[];
  cookieHeader(origin: string): string;
  /** @param stopAt Begin of an address that is not asked for any more: the redirect to it is the answer. */
  visit(address: string, stopAt?: string): Promise<Response>;
  post(address: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

const mostRedirects = 12;

export function createCookieBrowser(): CookieBrowser {
  const jars = new Map<string, Map<string, string>>();
  const setCookies: string[] = [];
  const visited: string[] = [];
  const cookieHeader = (origin: string) =>
    [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');

  async function send(address: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(address);
    const headers = { accept: 'text/html', ...init.headers, cookie: cookieHeader(origin) };
    const response = await fetch(address, { ...init, redirect: 'manual', headers });
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    for (const header of response.headers.getSetCookie()) {
      setCookies.push(header);
      const { name, value = '', expires, maxAge } = parseSetCookie(header);
      if (maxAge === 0 || (expires !== undefined && expires.getTime() <= Date.now())) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  return {
    setCookies,
    visited,
    cookieHeader,
    post: (address, headers = {}) => send(address, { method: 'POST', headers: { ...headers } }),
    async visit(address, stopAt) {
      visited.length = 0;
      for (let next = address; visited.length < mostRedirects; ) {
        visited.push(next);
        const response = await send(next);
        const location = response.headers.get('location');
        if (location === null) return response;
        next = new URL(location, next).href;
        if (stopAt !== undefined && next.startsWith(stopAt)) return response;
      }
      throw new Error(`more than ${mostRedirects} redirects: ${visited.at(-1)}`);
    },
  };
}
