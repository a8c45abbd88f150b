import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';
import { type ArchiveAndRecord, startArchiveAndRecord, startEmbeddedArchive } from './archive-and-record.ts';

const program = path.join(packageRoot(), 'dist/src/cli/main.js');

function deltascope(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, cwd: packageRoot(), maxBuffer: 1 << 26 };
    execFile(process.execPath, [program, ...words], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const nothing = { Device: 0, Observation: 0, RiskAssessment: 0, DiagnosticReport: 0, Provenance: 0 };

describe.each([
  ['the archive of the demonstration', startEmbeddedArchive, true],
  [`Orthanc (${orthancSkipReason})`, startOrthanc, orthancAvailable()],
] as const)('deltascope publish into %s', (_name, startArchive, available) => {
  describe.skipIf(!available)('and a record', { timeout: 300_000 }, () => {
    let world: ArchiveAndRecord;
    let environment: Record<string, string>;
    const publish = (...words: string[]) =>
      deltascope(environment, 'publish', '--patient', 'synthetic-aster', ...words);

    beforeAll(async () => {
      world = await startArchiveAndRecord('synthetic-aster', startArchive);
      environment = {
        DELTASCOPE_FHIR_URL: world.fhir.url,
        DELTASCOPE_DICOMWEB_URL: world.dicomwebUrl,
        DELTASCOPE_DATA_DIR: world.folder,
        DELTASCOPE_SWEEP: 'off',
      };
    });
    afterAll(() => world?.close());

    it('without --confirm it shows every object and the transaction, and stores nothing', async () => {
      const { code, stdout, stderr } = await publish();
      expect([code, stderr.match(/^[A-Z]+_[A-Z_]+ \(.*/m)?.[0]]).toEqual([0, undefined]);
      expect(stdout).toMatch(/^Image archive: (\d+) objects, \1 of them to be stored$/m);
      for (const kind of ['SEG', 'SR', 'PDF']) {
        expect(stdout).toMatch(new RegExp(`^ {2}${kind} {2}SYNTHETIC.*\\(to be stored, \\d+ KiB\\)$`, 'm'));
      }
      expect(stdout).toContain('CONTAINER Imaging Measurement Report');
      expect(stdout).toMatch(/^Record: a transaction of \d+ conditional creates$/m);
      expect(stdout).toMatch(/"resourceType": "RiskAssessment"/);
      expect(stdout).toMatch(/^Nothing was stored: add --confirm to store it\.$/m);
      expect(await world.storedObjects()).toEqual([]);
      expect(await world.writtenResources()).toEqual(nothing);
    });

    it('--confirm stores what was shown; a second time nothing', async () => {
      const shown = [...(await publish('--dicom')).stdout.matchAll(/^ {4}object (\S+)$/gm)].map(([, uid]) => uid);
      const first = await publish('--confirm');
      expect(first.code).toBe(0);
      const stored = await world.storedObjects();
      expect(stored.map(({ SOPInstanceUID }) => SOPInstanceUID).toSorted()).toEqual(shown.toSorted());
      expect(new Set(stored.map(({ Modality }) => Modality))).toEqual(new Set(['SEG', 'SR', 'DOC']));
      expect(first.stdout).toContain(`Stored ${stored.length} objects in the image archive:`);
      for (const { SOPInstanceUID } of stored) expect(first.stdout).toContain(`  ${SOPInstanceUID}\n`);
      const written = await world.writtenResources();
      expect(written).toMatchObject({ DiagnosticReport: 1, Provenance: 1 });
      const total = Object.values(written).reduce((sum, count) => sum + count, 0);
      expect(first.stdout).toContain(`Created ${total} resources in the record:`);

      const second = await publish('--confirm');
      expect([second.code, second.stdout]).toEqual([0, 'All of it was there already; nothing was stored.\n']);
      expect(await world.storedObjects()).toEqual(stored);
      expect(await world.writtenResources()).toEqual(written);
      expect((await publish('--dicom')).stdout).toMatch(/^Image archive: \d+ objects, 0 of them to be stored$/m);
    });

    it('a patient who is not in the record ends with 1 and the code', async () => {
      const { code, stdout, stderr } = await deltascope(environment, 'publish', '--patient', 'nobody', '--confirm');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^FHIR_\w+ \(/m);
    });
  });
});

describe('deltascope publish', { timeout: 60_000 }, () => {
  it('--help says what is stored, and that nothing is without --confirm', async () => {
    const { code, stdout } = await deltascope({}, 'publish', '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/--confirm +store it; without, nothing is stored/);
    for (const option of ['--patient', '--dicom', '--fhir']) expect(stdout).toContain(option);
    expect(stdout.replace(/\s+/g, ' ')).toContain('DELTASCOPE_WRITE_BACK is about the service only');
  });

  it('needs a patient, and servers', async () => {
    const noPatient = await deltascope({}, 'publish');
    expect([noPatient.code, noPatient.stderr.includes('patient')]).toEqual([1, true]);
    const noServers = await deltascope({}, 'publish', '--patient', 'synthetic-aster');
    expect(noServers.code).toBe(1);
    expect(noServers.stderr).toContain('DELTASCOPE_FHIR_URL');
  });
});
