import { startJobFixture, type Where } from './job-fixture.ts';

/**
 * A process that takes a job and never ends it: `node --import tsx job-process.ts '{"url": ...}' [patient to queue first]`. It says
 * `running` when it has the job.
 */
const [where = '{}', patientId] = process.argv.slice(2);
const { jobs } = await startJobFixture(
  JSON.parse(where) as Where,
  () => {
    console.log('running');
    return new Promise(() => undefined);
  },
  { retry: { attempts: 3, delaySeconds: 1, leaseSeconds: 4 } },
);
if (patientId !== undefined) await jobs.imaging.add(patientId, 'hook');
