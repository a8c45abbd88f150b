import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import { type Config, readConfig } from '../config.ts';
import { openBoss } from '../jobs/boss.ts';
import { databaseOf, openEngine } from '../jobs/engine.ts';
import { type JobListState, jobStates, type ListedJob, listJobs, retryJob } from '../jobs/job-list.ts';
import { createLogger } from '../log.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { requireServers } from './require-servers.ts';
import { packageVersion } from './version.ts';

/** `deltascope jobs`: what is in the queues, and what can be done about it. */
export const jobsCommand: CommandModule = {
  command: 'jobs',
  describe: 'list queued, running and failed jobs; retry one; sweep for new images now',
  builder: (yargs) => yargs.command(listCommand).command(retryCommand).command(sweepCommand).epilogue(databaseNote),
  handler: () => undefined,
};

const databaseNote =
  'Needs the settings of the service. On PostgreSQL it works beside service and workers; the embedded database takes one process, so stop the service first.';

interface ListArguments {
  readonly state: readonly JobListState[] | undefined;
  readonly json: boolean;
}

const listCommand: CommandModule<object, ListArguments> = {
  command: ['list', '$0'],
  describe: 'list jobs: ids, codes, attempts, times and what to do; no patient content',
  builder: (yargs) =>
    yargs
      .option('state', {
        array: true,
        choices: jobStates,
        describe: 'only these (all but completed): failed ones were given up and wait as dead letters',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print as JSON' }),
  async handler({ state, json }) {
    await withDatabase(async (database) => {
      const jobs = await listJobs(database, state ?? jobStates.filter((each) => each !== 'completed'));
      if (json) console.log(JSON.stringify(jobs, null, 2));
      else if (jobs.length === 0) console.log('No jobs.');
      else for (const job of jobs) console.log(jobText(job));
    });
  },
};

const retryCommand: CommandModule<object, { readonly id: string }> = {
  command: 'retry <id>',
  describe: 'have a job tried again now, one that was given up included',
  builder: (yargs) => yargs.positional('id', { type: 'string', demandOption: true, describe: 'id as listed' }),
  async handler({ id }) {
    await withDatabase(async (database, logger) => {
      const boss = await openBoss(database, logger, null);
      try {
        const { kind, patientId } = await retryJob(boss, database, id);
        console.log(`${kind}${patientId === null ? '' : ` of Patient/${patientId}`} is queued; a worker takes it up.`);
      } finally {
        await boss.stop({ graceful: false });
      }
    });
  },
};

const sweepCommand: CommandModule = {
  command: 'sweep',
  describe: 'look now for new images, therapies and tumour boards, and queue what is to be analysed ahead',
  builder: (yargs) => yargs,
  async handler() {
    const config = readConfig(process.env);
    const servers = requireServers(config);
    const engine = await openEngine({
      config,
      servers,
      content: loadClinicalContent(config.mappingsFolder),
      version: packageVersion(),
      logger: loggerOf(config),
      jobs: { analyses: 0, cron: null },
    });
    try {
      const bar = new SingleBar({
        format: 'Patients [{bar}] {percentage}%',
        stream: process.stderr,
        clearOnComplete: true,
      });
      bar.start(100, 0);
      const { images, patients, unmatched, queued } = await engine
        .sweepNow((share) => bar.update(Math.round(100 * share)))
        .finally(() => bar.stop());
      console.log(
        [
          `New or changed: ${images} studies or segmentation series of ${patients} PatientIDs (${unmatched} without a certain Patient).`,
          `Queued: ${queued.study} patients for new images, ${queued.therapy} for a checkpoint inhibitor, ${queued.appointment} for a tumour board.`,
          'The service or `deltascope worker` analyses them.',
        ].join('\n'),
      );
    } finally {
      await engine.close();
    }
  },
};

async function withDatabase(
  work: (database: Database, logger: ReturnType<typeof createLogger>) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env);
  requireServers(config);
  const database = await openDatabase(databaseOf(config));
  const logger = loggerOf(config);
  try {
    // Makes the tables of the queues where there are none yet.
    await openBoss(database, logger, null).then((boss) => boss.stop({ graceful: false }));
    await work(database, logger);
  } finally {
    await database.close();
  }
}

function loggerOf({ logLevel }: Config): ReturnType<typeof createLogger> {
  return createLogger(process.env.DELTASCOPE_LOG_LEVEL ? logLevel : 'warn');
}

function jobText(job: ListedJob): string {
  const who = job.patientId === null ? job.kind : `${job.kind} Patient/${job.patientId} (${job.reason})`;
  const facts = [
    job.state.padEnd(9),
    job.id,
    who,
    ...(job.code === null ? [] : [job.code]),
    `attempt ${job.attempts} of ${job.attemptsAllowed}`,
    `queued ${job.queuedAt}`,
    ...(job.startedAt === null ? [] : [`started ${job.startedAt}`]),
    ...(job.state === 'retry' ? [`next ${job.nextAt}`] : []),
    ...(job.endedAt === null ? [] : [`ended ${job.endedAt}`]),
  ];
  return job.advice === null ? facts.join('  ') : `${facts.join('  ')}\n          to do: ${job.advice}`;
}
