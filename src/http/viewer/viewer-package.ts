import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { ConfigError } from '../../errors.ts';

/** A package of static files on npm. */
export interface ViewerPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the tarball, base64, as the registry states it. */
  readonly sha512: string;
  /** Size of the tarball, for people. */
  readonly megabytes: number;
}

/** The prebuilt viewer on npm: never installed, because its peers do not resolve, only unpacked. */
export const viewerPackage: ViewerPackage = {
  name: '@ohif/app',
  version: '3.13.2',
  sha512: 'WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
  megabytes: 50,
};

/** Stages of fetching, in order. */
export type FetchStage = 'downloading' | 'checking' | 'unpacking';

/** Slow lines take minutes for 50 MB; a registry that says nothing for this long is given up (ms). */
const downloadTimeoutMs = 10 * 60_000;

const run = promisify(execFile);

/**
 * The folder with the viewer's static files, fetched with `npm pack` unless it is there.
 *
 * The folder appears whole or not at all (unpacked beside it, then renamed), so that several processes may start at once.
 *
 * @param folder Where viewers are kept; made when it is missing.
 * @param wanted The pinned package of this release, unless a test brings its own.
 * @throws ConfigError `VIEWER_UNAVAILABLE` when the registry can't be reached or the tarball is not the expected one.
 */
export async function fetchViewer(
  folder: string,
  onStage: (stage: FetchStage) => void,
  wanted: ViewerPackage = viewerPackage,
): Promise<string> {
  const target = path.join(folder, `ohif-${wanted.version}`);
  if (existsSync(path.join(target, 'index.html'))) return target;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(folder, 'fetching-'));
  try {
    onStage('downloading');
    const tarball = await download(work, wanted);
    onStage('checking');
    await checkTarball(tarball, wanted);
    onStage('unpacking');
    const unpacked = path.join(work, 'viewer');
    await mkdir(unpacked);
    await extract({ file: tarball, cwd: unpacked, strip: 2, filter: isServed });
    await rename(unpacked, target).catch((error: unknown) => {
      // Another process was faster: its files are the same.
      if (!existsSync(path.join(target, 'index.html'))) throw error;
    });
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, { name, version }: ViewerPackage): Promise<string> {
  const specifier = `${name}@${version}`;
  try {
    await run('npm', ['pack', specifier, '--pack-destination', work, '--ignore-scripts', '--loglevel=error'], {
      cwd: work,
      timeout: downloadTimeoutMs,
    });
  } catch (cause) {
    throw new ConfigError('VIEWER_UNAVAILABLE', specifier, 'npm pack could not fetch it: is the registry reachable?', {
      cause,
    });
  }
  const tarball = (await readdir(work)).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new ConfigError('VIEWER_UNAVAILABLE', specifier, 'npm pack left no tarball');
  return path.join(work, tarball);
}

async function checkTarball(tarball: string, { sha512 }: ViewerPackage): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (hash.digest('base64') !== sha512) {
    throw new ConfigError(
      'VIEWER_UNAVAILABLE',
      path.basename(tarball),
      'its SHA-512 is not that of the published package: it is not served',
    );
  }
}

/** The ONNX runtime of a segmentation tool that Deltascope does not use is two thirds of the package. */
function isServed(entry: string): boolean {
  return entry.startsWith('package/dist/') && !entry.startsWith('package/dist/ort/');
}
