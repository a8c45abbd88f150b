import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import { readConfig } from '../config.ts';
import { openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { requireServers } from './require-servers.ts';
import { packageVersion } from './version.ts';

/** `deltascope worker`: image analyses and sweeps without the service. */
export const workerCommand: CommandModule = {
  command: 'worker',
  describe: 'analyse images from the queue and sweep for new ones, without answering calls',
  builder: (yargs) =>
    yargs.epilogue(
      'Any number of workers share the queue of one PostgreSQL (DELTASCOPE_DATABASE_URL); the embedded database takes one process, so stop the service first.\nDELTASCOPE_WORKERS: analyses at the same time. DELTASCOPE_SWEEP: when to look for new images. `deltascope serve --help` lists all settings.',
    ),
  async handler() {
    const config = readConfig(process.env);
    const servers = requireServers(config);
    const jobs = { analyses: Math.max(1, config.workers), cron: config.sweep };
    const opening = openEngine({
      config,
      servers,
      content: loadClinicalContent(config.mappingsFolder),
      version: packageVersion(),
      logger: createLogger(config.logLevel),
      jobs,
    });
    // Before the first job is taken: a job that is cut off without notice has to wait for its lease to run out.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void opening.then((engine) => engine.close()).then(() => process.exit(0));
      });
    }
    await opening;
    const sweeps = jobs.cron === null ? 'no sweeps' : `sweeps at "${jobs.cron}"`;
    console.log(
      `Deltascope ${packageVersion()} works the queue: ${jobs.analyses} at a time, ${sweeps}. Stop with Ctrl+C.`,
    );
  },
};
