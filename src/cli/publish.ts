import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import type { PublicationTarget } from '../assessment/publish-results.ts';
import { readConfig } from '../config.ts';
import { openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { commandAgent } from './command-agent.ts';
import { outcomeText, planText } from './publish-text.ts';
import { requireServers } from './require-servers.ts';
import { packageVersion } from './version.ts';

interface PublishArguments {
  readonly patient: string;
  readonly dicom: boolean;
  readonly fhir: boolean;
  readonly confirm: boolean;
}

/** `deltascope publish`: a patient's result into image archive and record; without `--confirm` only shown. */
export const publishCommand: CommandModule<object, PublishArguments> = {
  command: 'publish',
  describe: 'show what would be stored of a patient in image archive and record, or store it',
  builder: (yargs) =>
    yargs
      .option('patient', { type: 'string', demandOption: true, describe: 'logical id of the FHIR Patient' })
      .option('dicom', { type: 'boolean', default: false, describe: 'image archive: SEG, structured report, PDF' })
      .option('fhir', {
        type: 'boolean',
        default: false,
        describe: 'record: transaction of RiskAssessments and reports',
      })
      .option('confirm', { type: 'boolean', default: false, describe: 'store it; without, nothing is stored' })
      .epilogue(
        'Without --dicom and --fhir both. Reads the settings of the service; DELTASCOPE_WRITE_BACK is about the service only.',
      ),
  async handler({ patient, dicom, fhir, confirm }) {
    const config = readConfig(process.env);
    const both = dicom === fhir;
    const targets: PublicationTarget[] = [
      ...(both || dicom ? (['dicom'] as const) : []),
      ...(both || fhir ? (['fhir'] as const) : []),
    ];
    const engine = await openEngine({
      config,
      servers: requireServers(config),
      content: loadClinicalContent(config.mappingsFolder),
      version: packageVersion(),
      logger: createLogger(process.env.DELTASCOPE_LOG_LEVEL ? config.logLevel : 'warn'),
      // Without storing no more than reading is asked for.
      publishes: confirm ? targets : [],
      jobs: { analyses: 1, onlyRequested: true, cron: null },
    });
    try {
      const id = patient.replace(/^Patient\//, '');
      const bar = new SingleBar({
        format: 'Images [{bar}] {percentage}%',
        stream: process.stderr,
        clearOnComplete: true,
      });
      bar.start(100, 0);
      const { finished } = await engine.requestImaging(id, (share) => bar.update(Math.round(100 * share)));
      await finished;
      bar.stop();
      if (confirm) {
        console.log(outcomeText(await engine.publications.publish(id, targets, commandAgent())));
      } else {
        console.log(planText(await engine.publications.plan(id, targets, commandAgent())));
        console.log('Nothing was stored: add --confirm to store it.');
      }
    } finally {
      await engine.close();
    }
  },
};
