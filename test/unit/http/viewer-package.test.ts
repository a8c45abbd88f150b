import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchViewer, type ViewerPackage } from '../../../src/http/viewer/viewer-package.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-viewer-package-'));
const tarball = path.join(folder, 'made-up-1.0.0.tgz');
const shellPath = process.env.PATH;
let wanted: ViewerPackage;
let target: string;
let count = 0;

/** Puts a program called `npm` before the real one. */
function becomeNpm(script: string): void {
  const bin = path.join(folder, `bin-${count}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${bin}:${shellPath}`;
}

/** `npm pack` that delivers the made-up package into `--pack-destination`, noting that it was asked. */
const packs = `echo asked >> "${folder}/asked"; cp "${tarball}" "$4/"`;

beforeAll(async () => {
  const source = path.join(folder, 'source/package/dist');
  mkdirSync(path.join(source, 'ort'), { recursive: true });
  writeFileSync(path.join(source, 'index.html'), '<html>viewer</html>');
  writeFileSync(path.join(source, 'ort/large.wasm'), 'large');
  writeFileSync(path.join(source, '../README.md'), 'not served');
  await create({ gzip: true, file: tarball, cwd: path.join(folder, 'source') }, ['package']);
  const sha512 = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  wanted = { name: 'made-up', version: '1.0.0', sha512, megabytes: 1 };
});
beforeEach(() => {
  count += 1;
  target = path.join(folder, `viewers-${count}`);
  rmSync(path.join(folder, 'asked'), { force: true });
});
afterAll(() => {
  process.env.PATH = shellPath;
  rmSync(folder, { recursive: true, force: true });
});

describe('fetching the viewer', () => {
  it('unpacks dist without the ONNX runtime, in stages, and leaves nothing else', async () => {
    becomeNpm(packs);
    const stages: string[] = [];
    const files = await fetchViewer(target, (stage) => stages.push(stage), wanted);
    expect(readdirSync(files)).toEqual(['index.html']);
    expect(readdirSync(target)).toEqual(['ohif-1.0.0']);
    expect(stages).toEqual(['downloading', 'checking', 'unpacking']);
  });

  it('is not fetched again when it is there', async () => {
    becomeNpm(packs);
    await fetchViewer(target, () => undefined, wanted);
    becomeNpm('exit 1');
    await expect(fetchViewer(target, () => undefined, wanted)).resolves.toContain('ohif-1.0.0');
  });

  it('several processes at once: each has the viewer, whole', async () => {
    becomeNpm(packs);
    const all = await Promise.all([1, 2, 3].map(() => fetchViewer(target, () => undefined, wanted)));
    expect(new Set(all).size).toBe(1);
    expect(readdirSync(target)).toEqual(['ohif-1.0.0']);
    expect(readFileSync(path.join(all[0] ?? '', 'index.html'), 'utf8')).toContain('viewer');
  });

  it('a tarball with another SHA-512 is refused, and nothing of it stays', async () => {
    becomeNpm(packs);
    const other = { ...wanted, sha512: createHash('sha512').update('other').digest('base64') };
    await expect(fetchViewer(target, () => undefined, other)).rejects.toMatchObject({
      code: 'VIEWER_UNAVAILABLE',
      subject: 'made-up-1.0.0.tgz',
    });
    expect(readdirSync(target)).toEqual([]);
  });

  it('offline: VIEWER_UNAVAILABLE that names the package', async () => {
    becomeNpm('echo "npm error network" >&2; exit 1');
    await expect(fetchViewer(target, () => undefined, wanted)).rejects.toMatchObject({
      code: 'VIEWER_UNAVAILABLE',
      subject: 'made-up@1.0.0',
    });
    expect(existsSync(path.join(target, 'ohif-1.0.0'))).toBe(false);
  });
});
