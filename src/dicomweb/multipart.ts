import { RequestError } from '../errors.ts';

export interface Part {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Splits a `multipart/related` message into its parts.
 *
 * @param message Whole body.
 * @param contentType Content-Type of the message; its boundary may be quoted.
 * @throws RequestError `HTTP_MEDIA_TYPE` without a boundary, `HTTP_REQUEST_INVALID` for a body that does not follow it.
 * @see RFC 2046 section 5.1
 */
export function readMultipart(message: Buffer, contentType: string): Part[] {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const text = boundary?.[1] ?? boundary?.[2];
  if (text === undefined) {
    throw new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', 'no boundary is named: send multipart/related with one');
  }
  const delimiter = Buffer.from(`\r\n--${text}`);
  // The first delimiter may stand at the very beginning, without its line break.
  const body = Buffer.concat([Buffer.from('\r\n'), message]);
  const parts: Part[] = [];
  for (let at = body.indexOf(delimiter); ; ) {
    const next = at < 0 ? -1 : at + delimiter.length;
    if (next >= 0 && body.toString('latin1', next, next + 2) === '--') return parts;
    const end = next < 0 ? -1 : body.indexOf(delimiter, next);
    const headerEnd = next < 0 ? -1 : body.indexOf('\r\n\r\n', next);
    if (end < 0 || headerEnd < 0 || headerEnd > end) {
      throw new RequestError('HTTP_REQUEST_INVALID', 'body', 'the multipart message breaks off: send it again');
    }
    const headers = body.toString('latin1', next, headerEnd);
    parts.push({
      contentType: /^content-type:\s*([^\s;]+)/im.exec(headers)?.[1]?.toLowerCase() ?? '',
      body: body.subarray(headerEnd + 4, end),
    });
    at = end;
  }
}

/** The bytes of a `multipart/related` message, part after part. */
export async function* writeMultipart(
  boundary: string,
  parts: Iterable<{ contentType: string; body: () => Promise<Uint8Array> }>,
): AsyncGenerator<Uint8Array> {
  for (const { contentType, body } of parts) {
    const bytes = await body();
    yield Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    yield bytes;
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
