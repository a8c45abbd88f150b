import type { RequestHandler } from 'express';

/**
 * Lets pages of the given origins show ours in a frame, and no others: in whatever Content-Security-Policy a page sets.
 *
 * Mounted after the middleware that sets the usual headers. `X-Frame-Options` goes, because it knows no origins.
 *
 * @param origins As `https://host`.
 * @see Content Security Policy Level 3, frame-ancestors
 */
export function allowFraming(origins: readonly string[]): RequestHandler {
  const directive = `frame-ancestors ${["'self'", ...origins].join(' ')}`;
  return (_request, response, next) => {
    const setHeader = response.setHeader.bind(response);
    response.setHeader = (name, value) => {
      const isPolicy = name.toLowerCase() === 'content-security-policy';
      return setHeader(name, isPolicy ? withDirective(String(value), directive) : value);
    };
    response.setHeader('Content-Security-Policy', String(response.getHeader('Content-Security-Policy') ?? ''));
    response.removeHeader('X-Frame-Options');
    next();
  };
}

function withDirective(policy: string, directive: string): string {
  const others = policy
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !/^frame-ancestors\b/i.test(each));
  return [...others, directive].join(';');
}
