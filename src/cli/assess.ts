import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import type { Assessment } from '../assessment/assessment.ts';
import { type ClinicalContent, loadClinicalContent } from '../assessment/clinical-content.ts';
import { combineRisk } from '../assessment/combined-risk.ts';
import { outcomeNumber } from '../assessment/wording.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { modelFigures } from '../figures/model-figures.ts';
import { openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { endpointWords } from '../models/endpoint-words.ts';
import { assessmentText } from './assess-text.ts';
import { commandAgent } from './command-agent.ts';
import { requireServers } from './require-servers.ts';
import { packageVersion } from './version.ts';

interface AssessArguments {
  readonly patient: string;
  readonly model: string | undefined;
  readonly at: string | undefined;
  readonly json: boolean;
  readonly figures: string | undefined;
}

/** `deltascope assess`: one patient, images included, printed for reading or as JSON. */
export const assessCommand: CommandModule<object, AssessArguments> = {
  command: 'assess',
  describe: 'assess one patient from the configured FHIR and DICOMweb servers',
  builder: (yargs) =>
    yargs
      .option('patient', { type: 'string', demandOption: true, describe: 'logical id of the FHIR Patient' })
      .option('model', { type: 'string', describe: 'print this model only (id of its folder)' })
      .option('at', {
        type: 'string',
        describe: 'as of this date (YYYY-MM-DD): only what was known by its end is used',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print the Assessment as JSON' })
      .option('figures', {
        type: 'string',
        describe: "also write nomograms and the studies' outcomes as SVG files to this folder",
      })
      .epilogue('Reads DELTASCOPE_FHIR_URL and DELTASCOPE_DICOMWEB_URL; `deltascope serve --help` lists all settings.'),
  async handler({ patient, model, at, json, figures }) {
    const config = readConfig(process.env);
    const servers = requireServers(config);
    const asOf = at === undefined ? new Date() : endOfDay(at);
    const content = loadClinicalContent(config.mappingsFolder);
    if (model !== undefined) requireModel(content, model);
    const logger = createLogger(process.env.DELTASCOPE_LOG_LEVEL ? config.logLevel : 'warn');
    const engine = await openEngine({
      config,
      servers,
      content,
      version: packageVersion(),
      logger,
      jobs: { analyses: 1, onlyRequested: true, cron: null },
    });
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
      const whole = await engine.assess(id, { asOf, agent: commandAgent() });
      const assessment = model === undefined ? whole : onlyModel(whole, model);
      if (figures !== undefined) writeFigures(assessment, figures);
      console.log(json ? JSON.stringify(assessment, null, 2) : assessmentText(assessment));
    } finally {
      await engine.close();
    }
  },
};

function requireModel({ models }: ClinicalContent, id: string): void {
  if (models.some((model) => model.id === id)) return;
  const known = models.map((model) => model.id).join(', ');
  throw new ConfigError('CONFIG_INVALID', '--model', `no model "${id}": there are ${known}`);
}

/** The whole Assessment is stored all the same: a part of one would look like a change to the next. */
function onlyModel(assessment: Assessment, id: string): Assessment {
  const models = assessment.models.filter(({ model }) => model.id === id);
  return { ...assessment, models, combined: combineRisk(models) };
}

function writeFigures({ models }: Assessment, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const result of models) {
    for (const { name, svg } of modelFigures(result, { endpointText: endpointWords, resultText: outcomeNumber })) {
      const file = path.join(folder, `${name}.svg`);
      writeFileSync(file, svg);
      console.error(`wrote ${file}`);
    }
  }
}

function endOfDay(date: string): Date {
  const time = new Date(`${date}T23:59:59Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(time.getTime())) {
    throw new ConfigError('CONFIG_INVALID', '--at', `"${date}" is not a date: write YYYY-MM-DD`);
  }
  return time;
}
