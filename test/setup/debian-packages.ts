import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** PostgreSQL's server (its client alone leaves a folder, too). */
function postgresServer(): boolean {
  const root = '/usr/lib/postgresql';
  return existsSync(root) && readdirSync(root).some((version) => existsSync(`${root}/${version}/bin/initdb`));
}

const isProgram = (name: string) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Debian packages that the tests use, and what shows that they are there. */
const packages = [
  { name: 'orthanc', present: () => existsSync('/usr/sbin/Orthanc'), for: 'tests against a real PACS' },
  {
    name: 'orthanc-dicomweb',
    present: () => existsSync('/usr/share/orthanc/plugins/libOrthancDicomWeb.so'),
    for: 'tests against a real PACS',
  },
  { name: 'chromium', present: () => existsSync('/usr/bin/chromium'), for: 'tests of the page in a browser' },
  { name: 'postgresql', present: postgresServer, for: 'tests of the store on PostgreSQL' },
  { name: 'openssl', present: () => isProgram('openssl'), for: 'tests with client certificates and of the guide' },
  { name: 'curl', present: () => isProgram('curl'), for: 'the test that follows the integration guide' },
  { name: 'poppler-utils', present: () => isProgram('pdftotext'), for: 'tests that read the PDFs of the board' },
  {
    name: 'dicom3tools',
    present: () => existsSync('/usr/bin/dciodvfy'),
    for: 'validation of the DICOM objects that are written',
  },
  { name: 'dcmtk', present: () => isProgram('dsrdump'), for: 'reading of the structured reports that are written' },
];

function run(command: string, args: readonly string[], stdio: 'inherit' | 'ignore'): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio, env: environment }).status === 0;
}

const missing = packages.filter(({ present }) => !present());
if (missing.length > 0) {
  const names = missing.map(({ name }) => name);
  const mayInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (mayInstall) {
    console.log(`Installing Debian packages for the tests: ${names.join(' ')}`);
    run('apt-get', ['update', '-qq'], 'ignore');
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], 'ignore');
  }
  for (const { name, present, for: purpose } of missing) {
    if (present()) continue;
    const why = mayInstall ? 'apt-get could not install it' : 'not root on Debian: install it with apt-get';
    console.log(`${name} is not there (${why}): ${purpose} are skipped.`);
  }
}
