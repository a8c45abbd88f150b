import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './loopback.ts';

export interface Orthanc {
  /** DICOMweb root. */
  readonly url: string;
  /** Root of Orthanc's own REST interface. */
  readonly restUrl: string;
  /** Ends its process; files and address stay. */
  halt(): Promise<void>;
  /** Starts it again after `halt`, on the same files and address. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

const programs = ['/usr/sbin/Orthanc', '/usr/bin/Orthanc', '/usr/local/bin/Orthanc'];
const plugins = ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so', '/usr/lib/orthanc/libOrthancDicomWeb.so'];

export const orthancSkipReason = 'needs Orthanc: apt-get install orthanc orthanc-dicomweb';

/** True where Orthanc and its DICOMweb plugin are installed. */
export function orthancAvailable(): boolean {
  return programs.some(existsSync) && plugins.some(existsSync);
}

/**
 * Starts an empty Orthanc with DICOMweb on a free port of this machine, files in a temporary folder.
 *
 * @param credentials Name and password that it asks for; without them it asks for none.
 */
export async function startOrthanc(credentials?: Readonly<Record<string, string>>): Promise<Orthanc> {
  const program = programs.find(existsSync);
  const plugin = plugins.find(existsSync);
  if (program === undefined || plugin === undefined) throw new Error(orthancSkipReason);
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-orthanc-'));
  const port = await freePort();
  const file = path.join(folder, 'orthanc.json');
  await writeFile(
    file,
    JSON.stringify({
      StorageDirectory: path.join(folder, 'storage'),
      IndexDirectory: path.join(folder, 'index'),
      Plugins: [plugin],
      HttpPort: port,
      DicomServerEnabled: false,
      // Orthanc listens on all interfaces whatever it is told; this refuses all but this machine.
      RemoteAccessAllowed: false,
      AuthenticationEnabled: credentials !== undefined,
      RegisteredUsers: credentials ?? {},
      DicomWeb: { Enable: true, Root: '/dicom-web/', EnableWado: true, WadoRoot: '/wado', Ssl: false },
    }),
  );
  const run = () => spawn(program, [file], { stdio: ['ignore', 'ignore', 'ignore'] });
  let child = run();
  const restUrl = `http://127.0.0.1:${port}`;
  const halt = () => stop(child);
  const close = async () => {
    await halt();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answering(`${restUrl}/system`, child);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: `${restUrl}/dicom-web`,
    restUrl,
    halt,
    async resume() {
      child = run();
      await answering(`${restUrl}/system`, child);
    },
    close,
  };
}

/** Credentials for `startOrthanc`'s `credentials`, as HTTP Basic. */
export function basicAuthorization(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`Orthanc ended with code ${child.exitCode}`);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000), headers: { connection: 'close' } });
      await answer.arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('Orthanc did not answer within 20 s');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(hard);
}
