import type { Server } from 'node:http';
import type { Express } from 'express';
import { ConfigError } from '../errors.ts';
import { answerBrokenRequest } from './operation-outcome.ts';

/** Tried first when no port is configured. */
const defaultPort = 4180;
/** How long a request may take to arrive: its headers, and all of it. A caller that dawdles must not hold a connection. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Longer than reverse proxies keep an idle connection, so that they never write into one that is being closed. */
const keepAliveTimeoutMs = 75_000;

/**
 * Listens, with limits on how slowly requests may arrive.
 *
 * @param port Undefined for the usual port, or a free one when that is taken.
 * @throws ConfigError `CONFIG_INVALID` when the host or the given port can't be had.
 */
export async function listen(app: Express, host: string, port: number | undefined): Promise<Server> {
  try {
    return await listenOn(app, host, port ?? defaultPort);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (port === undefined && code === 'EADDRINUSE') return listenOn(app, host, 0);
    const subject = code === 'EADDRINUSE' || code === 'EACCES' ? 'DELTASCOPE_PORT' : 'DELTASCOPE_HOST';
    throw new ConfigError(
      'CONFIG_INVALID',
      subject,
      `can't listen on ${host}:${port ?? defaultPort} (${code}): choose another`,
      { cause: error },
    );
  }
}

function listenOn(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) => (error === undefined ? resolve(server) : reject(error)));
    server.headersTimeout = headersTimeoutMs;
    server.requestTimeout = requestTimeoutMs;
    server.keepAliveTimeout = keepAliveTimeoutMs;
    server.on('clientError', answerBrokenRequest);
  });
}
