import { type Dispatcher, fetch, type Response } from 'undici';
import { DicomError } from '../errors.ts';
import { repeatOnBrokenConnection } from '../retry.ts';

export interface ExchangeOptions {
  /** Set on top of what the client library sets, such as Authorization; replaces its values. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole exchange, body included (ms). */
  readonly timeoutMs: number;
  /** Connections with a client certificate or a private authority. */
  readonly dispatcher?: Dispatcher | undefined;
}

/**
 * The part of XMLHttpRequest that dicomweb-client uses, over fetch.
 *
 * An XMLHttpRequest for Node would follow redirects and take the Authorization header along to another host, and an
 * answer that the library can't decode would end the process, because it decodes inside the event handler. Here a
 * redirect is an answer like any other, and every failure ends in `failed`.
 */
export class HttpExchange {
  readyState = 0;
  status = 0;
  responseType = '';
  response: unknown = null;
  onreadystatechange: (() => void) | null = null;
  /** Rejects with a DicomError when there is no answer, or none that can be decoded; never resolves. */
  readonly failed: Promise<never>;

  #fail: (error: DicomError) => void = () => undefined;
  #method = 'GET';
  #url = '';
  #answerHeaders: Pick<Headers, 'get' | typeof Symbol.iterator> = new Headers();
  readonly #headers = new Headers();
  readonly #options: ExchangeOptions;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
  }

  open(method: string, url: string): void {
    this.#method = method.toUpperCase();
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  get method(): string {
    return this.#method;
  }

  getResponseHeader(name: string): string | null {
    return this.#answerHeaders.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#answerHeaders].map(([name, value]) => `${name}: ${value}`).join('\r\n');
  }

  send(body?: ArrayBuffer): void {
    void this.#exchange(body);
  }

  async #exchange(body: ArrayBuffer | undefined): Promise<void> {
    const { headers, timeoutMs, dispatcher } = this.#options;
    for (const [name, value] of Object.entries(headers)) this.#headers.set(name, value);
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const { answer, bytes } = await repeatOnBrokenConnection(async () => {
        const response = await fetch(this.#url, {
          method: this.#method,
          headers: [...this.#headers],
          redirect: 'manual',
          signal,
          ...(dispatcher !== undefined && { dispatcher }),
          ...(body !== undefined && { body }),
        });
        // Read whatever the status is: a connection with an unread body is never free again.
        return { answer: response, bytes: await response.arrayBuffer() };
      });
      this.#take(answer, bytes);
    } catch (cause) {
      this.#fail(unreachable(this.#url, cause, timeoutMs));
      return;
    }
    try {
      this.readyState = 4;
      this.onreadystatechange?.();
    } catch (cause) {
      const text = 'the answer is not the multipart message that was asked for: check the DICOMweb address';
      this.#fail(new DicomError('PACS_RESPONSE_INVALID', withoutQuery(this.#url), text, { cause }));
    }
  }

  #take(answer: Response, bytes: ArrayBuffer): void {
    this.status = answer.status;
    this.#answerHeaders = answer.headers;
    this.response = this.responseType === 'arraybuffer' ? bytes : decodeText(bytes, this.responseType);
  }
}

function decodeText(bytes: ArrayBuffer, responseType: string): unknown {
  const text = new TextDecoder().decode(bytes);
  if (responseType !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    // As XMLHttpRequest does; the caller checks the shape of what it gets anyway.
    return null;
  }
}

function unreachable(url: string, cause: unknown, timeoutMs: number): DicomError {
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  const text = timedOut
    ? `the image archive did not answer within ${timeoutMs / 1000} s: check that it runs and is not overloaded`
    : 'the image archive could not be reached: check that it runs and that DELTASCOPE_DICOMWEB_URL is its address';
  return new DicomError('PACS_UNREACHABLE', withoutQuery(url), text, { cause });
}

/** Address without its query, which may hold a PatientID. */
export function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}
