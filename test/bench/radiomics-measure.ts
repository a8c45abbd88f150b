import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchCase } from './radiomics-cases.ts';
import type { RunResult } from './radiomics-run.ts';

/** What peers/extract.py prints. */
export interface PeerResult {
  readonly versions: string;
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
  readonly peakMiB: number;
  readonly features: Readonly<Record<string, number | null>>;
}

/** A case, measured. */
export interface Measured {
  readonly of: BenchCase;
  readonly single: RunResult;
  /** On all threads; null on a machine with one. */
  readonly divided: RunResult | null;
  readonly peer: PeerResult | null;
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const output: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'inherit'],
};

/** Runs a case in a process of its own. */
export function runCase({ image, mask, params }: BenchCase, repeats: number, threads: number, stages = ''): RunResult {
  const args = [beside('radiomics-run.ts'), image, mask, params, `${repeats}`, `${threads}`, stages];
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', ...args], output)) as RunResult;
}

function runPeer(folder: string, { image, mask, params }: BenchCase): PeerResult {
  const args = [beside('peers/extract.py'), image, mask, params, '1'];
  return JSON.parse(execFileSync(path.join(folder, 'bin', 'python'), args, output)) as PeerResult;
}

/** Two results of one case as one: all times, the higher memory. */
function join<T extends Pick<PeerResult, 'seconds' | 'cpuSeconds' | 'peakMiB'>>(before: T | null, now: T): T {
  if (before === null) return now;
  return {
    ...now,
    ...before,
    seconds: [...before.seconds, ...now.seconds],
    cpuSeconds: [...before.cpuSeconds, ...now.cpuSeconds],
    peakMiB: Math.max(before.peakMiB, now.peakMiB),
  };
}

/** Seconds above which PyRadiomics runs a case once: its first run is no slower than the others. */
const long = 30;

/**
 * Measures a case. Turns alternate, so that other load on the machine meets all of them: the other program, one thread,
 * all threads, and once more.
 *
 * @param threads Most threads.
 * @param peerFolder Python environment with PyRadiomics, or null.
 * @param turns Turns; within each, `repeats` of the case.
 */
export function measure(of: BenchCase, threads: number, peerFolder: string | null, turns: number): Measured {
  let [single, divided, peer]: [RunResult | null, RunResult | null, PeerResult | null] = [null, null, null];
  for (let turn = 0; turn < turns; turn++) {
    if (peerFolder !== null && (peer === null || Math.max(...peer.seconds) < long)) {
      peer = join(peer, runPeer(peerFolder, of));
    }
    single = join(single, runCase(of, of.repeats, 1, turn === 0 ? 'stages' : ''));
    if (threads > 1) divided = join(divided, runCase(of, of.repeats, threads));
  }
  const took = [peer, single, divided].map((one) => (one === null ? '-' : Math.min(...one.seconds).toFixed(2)));
  // A long run shows how far it is, and leaves something when it is cut off.
  console.error(
    `${of.name}, ${of.profile}: PyRadiomics ${took[0]} s, 1 thread ${took[1]} s, ${threads} threads ${took[2]} s`,
  );
  return { of, single: single!, divided, peer };
}
