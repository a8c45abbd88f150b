import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express, Router } from 'express';
import type { ClinicalContent } from '../assessment/clinical-content.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Engine } from '../jobs/engine.ts';
import type { Logger } from '../log.ts';
import { createApp } from './app.ts';

/** Tried first when no port is configured. */
const defaultPort = 4180;

export interface Service {
  /** Address under which clients reach it, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'corsOrigins'>;
  readonly engine: Engine;
  readonly content: ClinicalContent;
  readonly version: string;
  readonly logger: Logger;
  readonly demonstration?: Router;
}

/**
 * Listens for hook calls.
 *
 * @throws ConfigError `CONFIG_INVALID` when a configured port or host can't be had; without a configured port a free one
 *   is taken instead.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, engine, content, version, logger, demonstration } = options;
  const app = createApp({
    hooks: {
      mappings: content.mappings,
      logger,
      assess: (patientId) => engine.assess(patientId),
      async requestImaging(patientId) {
        const { finished } = await engine.requestImaging(patientId);
        // Not awaited: the hook answers now; the queue stores the outcome and logs failures itself.
        finished?.catch((error: unknown) => logger.error({ err: error }, 'image analysis failed'));
      },
    },
    corsOrigins: config.corsOrigins,
    checkReadiness: async () => {
      await engine.store.imagingStatusOf('Patient/health-check');
    },
    version,
    ...(demonstration !== undefined && { demonstration }),
  });
  const server = await listen(app, config.host, config.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(app: Express, host: string, port: number | undefined): Promise<Server> {
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
  });
}
