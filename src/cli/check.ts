import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import { checkFeatureCatalogue, loadFeatureCatalogue } from '../assessment/feature-catalogue.ts';
import { readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { checkClinicalMappings } from '../fhir/check-digits.ts';
import { checkExposure } from '../http/client-trust.ts';
import { factKeys } from '../models/cross-references.ts';
import { describeClients } from './clients.ts';

/** `deltascope check`: the configuration and everything under `mappings/`, without a server. */
export const checkCommand: CommandModule = {
  command: 'check',
  describe: 'check configuration, registered clients, clinical tables, parameter files and model folders',
  builder: (yargs) => yargs,
  async handler() {
    const config = readConfig(process.env);
    checkExposure(config);
    if (config.clientsFile !== undefined)
      for (const line of await describeClients(config.clientsFile)) console.log(line);
    const { mappings, models, processing, resultCodes } = loadClinicalContent(config.mappingsFolder);
    const catalogue = loadFeatureCatalogue(config.mappingsFolder);
    const { ibsi } = resultCodes;
    const untold = Object.entries(catalogue.features).flatMap(([key, entry]) =>
      entry.ibsi === null || entry.ibsi.id in ibsi
        ? []
        : [`${key}: result-codes.json has no meaning of IBSI ${entry.ibsi.id}`],
    );
    const problems = [
      ...untold,
      ...checkClinicalMappings(mappings),
      ...checkFeatureCatalogue(catalogue),
      ...models.flatMap((model) =>
        factKeys(model)
          .filter((key) => !(key in mappings.facts))
          .map((key) => `model ${model.id}: no clinical table describes the fact "${key}"`),
      ),
    ];
    if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', config.mappingsFolder, problems.join('; '));
    for (const { id, version, standing, examples, hash } of models) {
      console.log(
        `model ${id} ${version} (${standing}): ${examples.length} worked examples reproduced, sha256 ${hash.slice(0, 12)}`,
      );
    }
    for (const { name } of processing) console.log(`parameter file ${name}: read`);
    console.log(
      `feature catalogue: all ${Object.keys(catalogue.features).length} features of the extractor, and no other`,
    );
    console.log('clinical tables: codes, check digits and units are in order');
  },
};
