import path from 'node:path';
import { SingleBar } from 'cli-progress';
import type { CommandModule } from 'yargs';
import { loadClinicalContent } from '../assessment/clinical-content.ts';
import { type Config, configVariables, readConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { checkExposure } from '../http/client-trust.ts';
import { startService } from '../http/service.ts';
import { describeViewer, openViewer, type Viewer } from '../http/viewer/viewer.ts';
import { viewerPackage } from '../http/viewer/viewer-package.ts';
import { openEngine } from '../jobs/engine.ts';
import { createLogger } from '../log.ts';
import { packageVersion } from './version.ts';

const settings = configVariables
  .map(({ name, meaning, default: value }) => `  ${name.padEnd(30)} ${meaning}${value === null ? '' : ` [${value}]`}`)
  .join('\n');

/** `deltascope serve`: the service on the configured servers, or the demonstration when none are configured. */
export const serveCommand: CommandModule<object, { viewer: boolean | undefined }> = {
  command: 'serve',
  describe: 'answer CDS Hooks calls; without configured servers: a demonstration on synthetic patients',
  builder: (yargs) =>
    yargs
      .option('viewer', {
        type: 'boolean',
        describe: 'serve the OHIF viewer too (DELTASCOPE_VIEWER); the demonstration does so unless told --no-viewer',
      })
      .epilogue(`Environment:\n${settings}`),
  async handler({ viewer }) {
    const config = { ...readConfig(process.env), ...(viewer !== undefined && { viewer }) };
    checkExposure(config);
    const close =
      config.servers === undefined ? await serveDemonstration(config) : await serveConfigured(config, config.servers);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void close().then(() => process.exit(0));
      });
    }
  },
};

async function serveConfigured(config: Config, servers: NonNullable<Config['servers']>): Promise<() => Promise<void>> {
  const logger = createLogger(config.logLevel);
  const content = loadClinicalContent(config.mappingsFolder);
  const version = packageVersion();
  const jobs = { analyses: config.workers, cron: config.sweep };
  const engine = await openEngine({ config, servers, content, version, logger, jobs });
  const files = config.viewer === true ? startViewer(config.dataFolder) : undefined;
  const service = await startService({
    config,
    engine,
    content,
    version,
    logger,
    ...(files !== undefined && { viewer: { files, dicomweb: servers.dicomweb } }),
  });
  if (config.clientsFile === undefined) console.log(openModeBanner(service.url));
  console.log(`Deltascope ${version} answers CDS Hooks at ${service.url}/cds-services`);
  if (files !== undefined) console.log(`Viewer: ${service.url}/`);
  return async () => {
    await service.close();
    await engine.close();
  };
}

async function serveDemonstration(config: Config): Promise<() => Promise<void>> {
  const logger = createLogger(process.env.DELTASCOPE_LOG_LEVEL ? config.logLevel : 'warn');
  const { startDemonstration } = await import('../demo/demonstration.ts').catch((cause: unknown) => {
    throw new ConfigError(
      'CONFIG_INCOMPLETE',
      'DELTASCOPE_FHIR_URL, DELTASCOPE_DICOMWEB_URL',
      `no servers are configured, and the demonstration needs the development packages (npm ci): ${String(cause)}`,
      { cause },
    );
  });
  console.log('No servers are configured: starting the demonstration on synthetic patients.');
  const bars = { patients: progressBar('Synthetic patients'), features: progressBar('Radiomics features') };
  bars.patients.start(100, 0);
  const viewer = config.viewer === false ? undefined : openViewer(viewerFolder(config.dataFolder));
  const demonstration = await startDemonstration({
    config,
    version: packageVersion(),
    logger,
    ...(viewer !== undefined && { viewer }),
    onProgress: (stage, share) => bars[stage].update(Math.round(100 * share)),
  });
  bars.patients.stop();
  bars.features.start(100, 0);
  await demonstration.featuresReady;
  bars.features.update(100);
  bars.features.stop();
  console.log(config.clientsFile === undefined ? openModeBanner(demonstration.url) : pageNeedsOpenMode);
  console.log(introduction(demonstration));
  if (viewer !== undefined) console.log(`\nViewer: ${describeViewer(viewer.state())}`);
  return demonstration.close;
}

/** Beside the database: a new day of the demonstration does not fetch it again. */
function viewerFolder(dataFolder: string): string {
  return path.join(dataFolder, 'viewer');
}

function startViewer(dataFolder: string): Viewer {
  const { name, version, megabytes } = viewerPackage;
  return openViewer(viewerFolder(dataFolder), (state) => {
    if (state.kind === 'fetching') console.log(`Viewer ${name}@${version} (${megabytes} MB): ${state.stage}`);
    else console.log(`Viewer: ${describeViewer(state)}`);
  });
}

function progressBar(title: string): SingleBar {
  return new SingleBar({
    format: `${title.padEnd(20)} [{bar}] {percentage}%`,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    noTTYOutput: true,
    notTTYSchedule: 2000,
    stream: process.stdout,
  });
}

/** Open mode is for trying out; nobody may take it for a service that checks its callers. */
function openModeBanner(url: string): string {
  const line = '*'.repeat(80);
  return [
    '',
    line,
    `OPEN MODE: every program that reaches ${url} can ask about any patient.`,
    'Nobody is asked who calls, because no clients are registered (DELTASCOPE_CLIENTS_FILE).',
    line,
  ].join('\n');
}

const pageNeedsOpenMode =
  '\nClients are registered: calls need their signed token, and the page below, which signs none, shows refusals.';

function introduction({ url, fhirUrl, dicomwebUrl }: { url: string; fhirUrl: string; dicomwebUrl: string }): string {
  const call = {
    hook: 'order-sign',
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: {
      userId: 'Practitioner/demo',
      patientId: 'synthetic-aster',
      draftOrders: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            resource: {
              resourceType: 'MedicationRequest',
              id: 'draft-1',
              status: 'draft',
              intent: 'order',
              subject: { reference: 'Patient/synthetic-aster' },
              medicationCodeableConcept: { text: 'atezolizumab' },
            },
          },
        ],
      },
    },
  };
  return [
    '',
    `Open   ${url}   and order atezolizumab for one of the synthetic patients.`,
    '',
    'The same by hand:',
    `curl -s ${url}/cds-services/deltascope-order-sign -H 'Content-Type: application/json' -d '${JSON.stringify(call)}'`,
    '',
    `FHIR server: ${fhirUrl}   DICOMweb server: ${dicomwebUrl}   Stop with Ctrl+C.`,
  ].join('\n');
}
