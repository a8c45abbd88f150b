import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import type { Assessment } from '../assessment/assessment.ts';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import {
  capitalise,
  endpointPhrase,
  relativeHazard,
  roundedPercent,
  standingFirst,
  valueWords,
} from '../assessment/wording.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { formatDate } from '../models/calendar.ts';
import type { InputUsed, ModelResult } from '../models/model-result.ts';
import { packageVersion } from './version.ts';

interface AssessArguments {
  readonly patient: string;
  readonly at: string | undefined;
  readonly json: boolean;
}

/** `deltascope assess`: one patient, images included, printed for reading or as JSON. */
export const assessCommand: CommandModule<object, AssessArguments> = {
  command: 'assess',
  describe: 'assess one patient from the configured FHIR and DICOMweb servers',
  builder: (yargs) =>
    yargs
      .option('patient', { type: 'string', demandOption: true, describe: 'logical id of the FHIR Patient' })
      .option('at', {
        type: 'string',
        describe: 'as of this date (YYYY-MM-DD): only what was known by its end is used',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print the Assessment as JSON' })
      .epilogue('Reads DELTASCOPE_FHIR_URL and DELTASCOPE_DICOMWEB_URL; `deltascope serve --help` lists all settings.'),
  async handler({ patient, at, json }) {
    const config = readConfig(process.env);
    if (config.servers === undefined) {
      throw new ConfigError(
        'CONFIG_INCOMPLETE',
        'DELTASCOPE_FHIR_URL, DELTASCOPE_DICOMWEB_URL',
        'set both; the demonstration prints those of its own servers',
      );
    }
    const asOf = at === undefined ? new Date() : endOfDay(at);
    const content = loadClinicalContent(config.mappingsFolder);
    const logger = createLogger(process.env.DELTASCOPE_LOG_LEVEL ? config.logLevel : 'warn');
    const engine = await openEngine({ config, servers: config.servers, content, version: packageVersion(), logger });
    try {
      const bar = new SingleBar({
        format: 'Images [{bar}] {percentage}%',
        stream: process.stderr,
        clearOnComplete: true,
      });
      bar.start(100, 0);
      const id = patient.replace(/^Patient\//, '');
      const { finished } = await engine.requestImaging(id, (share) => bar.update(Math.round(100 * share)));
      await finished;
      bar.stop();
      const assessment = await engine.assess(id, asOf);
      console.log(json ? JSON.stringify(assessment, null, 2) : readable(assessment));
    } finally {
      await engine.close();
    }
  },
};

function endOfDay(date: string): Date {
  const time = new Date(`${date}T23:59:59Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(time.getTime())) {
    throw new ConfigError('CONFIG_INVALID', '--at', `"${date}" is not a date: write YYYY-MM-DD`);
  }
  return time;
}

function readable(assessment: Assessment): string {
  const head = `${assessment.subject}, as of ${formatDate(assessment.asOf)}${assessment.synthetic ? ' (synthetic data)' : ''}`;
  const problems = assessment.problems.map(({ text, code }) => `  set aside: ${text} (${code})`);
  const imaging = assessment.imaging.message === null ? [] : [`  images: ${assessment.imaging.message}`];
  return [
    head,
    ...imaging,
    ...problems,
    ...assessment.models.map(describeModel),
    '',
    assessment.combined.statement,
  ].join('\n');
}

function describeModel(result: ModelResult): string {
  const { model, status, reasons, outcomes, group, groupNote, used, context, missing, warnings } = result;
  const title = `\n${standingFirst(model.standing)}${model.title} (${model.id} ${model.version}, ${model.standing})`;
  if (status === 'not-applicable') return `${title}\n  not applicable: ${reasons.join('; ')}`;
  const lines = [
    title,
    ...outcomes.map(({ endpoint, kind, value }) => {
      const number = kind === 'probability' ? roundedPercent(value) : relativeHazard(value);
      return `  ${capitalise(group === null ? 'hazard' : `${group} risk`)} of ${endpointPhrase(endpoint)}: ${number}`;
    }),
    status === 'assessed' ? `  ${groupNote}` : `  not assessable: ${reasons.join('; ')}`,
    ...used.map((input) => `  ${inputLine(input)}`),
    ...context.map((input) => `  (${inputLine(input)})`),
    ...missing.map(({ label, why, mend }) => `  missing: ${label}, ${why}; to mend: ${mend}`),
    ...warnings.map(({ text }) => `  caution: ${text}`),
  ];
  return lines.join('\n');
}

function inputLine(input: InputUsed): string {
  return `${input.label}: ${valueWords(input)}${input.date === null ? '' : `, ${formatDate(input.date)}`}`;
}
