import { startViewerService, syntheticPatient } from './viewer-service.ts';

/** Starts Orthanc, service and viewer with the given synthetic patients, prints where they are, and stays until Ctrl+C. */
const ids = process.argv.slice(2);
const patients = (ids.length > 0 ? ids : ['synthetic-aster']).map(syntheticPatient);
const service = await startViewerService(patients);
console.log(`Orthanc: ${service.orthanc.restUrl}`);
for (const { id } of patients) {
  console.log(`${id}: ${service.url}/deltascope?StudyInstanceUIDs=${service.studies(id).join(',')}`);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void service.close().then(() => process.exit(0)));
}
