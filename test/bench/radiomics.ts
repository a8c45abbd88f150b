/**
 * Times whole extractions on real and generated CT, and PyRadiomics on the same files in the same run.
 *
 * Run: npm run bench:radiomics [-- --peer FOLDER] [--only TEXT]
 *   --peer  folder of a virtual environment made by test/bench/peers/radiomics.sh
 *   --only  cases whose name or profile contains TEXT
 * DELTASCOPE_BENCH_DIR keeps the generated images from one run to the next.
 */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchCase, generatedCases, referenceCases, writeProfiles } from './radiomics-cases.ts';
import type { RunResult } from './radiomics-run.ts';

interface PeerResult {
  readonly versions: string;
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
  readonly peakMiB: number;
  readonly features: Readonly<Record<string, number | null>>;
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const output: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'inherit'],
};

function run(one: BenchCase, threads: number, stages = ''): RunResult {
  const args = [one.image, one.mask, one.params, `${one.repeats}`, `${threads}`, stages];
  const text = execFileSync(process.execPath, ['--import', 'tsx', beside('radiomics-run.ts'), ...args], output);
  return JSON.parse(text) as RunResult;
}

function runPeer(folder: string, { image, mask, params, repeats }: BenchCase): PeerResult {
  const args = [beside('peers/extract.py'), image, mask, params, `${Math.min(repeats, 2)}`];
  return JSON.parse(execFileSync(path.join(folder, 'bin', 'python'), args, output)) as PeerResult;
}

const best = (seconds: readonly number[]) => Math.min(...seconds);
const mean = (seconds: readonly number[]) => seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const spread = (seconds: readonly number[]) => `${digits(best(seconds))} (${digits(mean(seconds))})`;

function row(...cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function head(...cells: readonly string[]): void {
  console.log();
  row(...cells);
  row(...cells.map((_, at) => (at === 0 ? '---' : '---:')));
}

/** Largest relative difference per class, and how many keys only one of the two has. */
function differences(ours: RunResult['features'], theirs: PeerResult['features']): string {
  const perClass = new Map<string, number>();
  for (const [key, value] of Object.entries(theirs)) {
    const name = key.split('_')[1]!;
    const other = ours[key] ?? null;
    const scale = Math.max(Math.abs(value ?? 0), 1e-9);
    const difference = value === other ? 0 : Math.abs((value ?? Number.NaN) - (other ?? Number.NaN)) / scale;
    const known = perClass.get(name) ?? 0;
    perClass.set(name, difference > known || Number.isNaN(difference) ? difference : known);
  }
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const unshared = [...keys].filter((key) => !(key in ours && key in theirs)).length;
  const parts = [...perClass].map(([name, value]) => `${name} ${value === 0 ? '0' : value.toExponential(1)}`);
  return [...parts, ...(unshared > 0 ? [`${unshared} keys of one side only`] : [])].join(', ');
}

const { values: options } = parseArgs({ options: { peer: { type: 'string' }, only: { type: 'string' } } });
const folder = process.env.DELTASCOPE_BENCH_DIR ?? mkdtempSync(path.join(tmpdir(), 'bench-'));
mkdirSync(folder, { recursive: true });
const threads = availableParallelism();

try {
  const profiles = writeProfiles(folder);
  const generated = generatedCases(folder, profiles);
  const wanted = ({ name, profile }: BenchCase) => `${name} ${profile}`.includes(options.only ?? '');
  const cases = [...referenceCases(profiles), ...generated.tumour].filter(wanted);
  const balls = generated.balls.filter(wanted);
  console.log(`Node ${process.version}, ${threads} x ${cpus()[0]?.model ?? 'unknown processor'}; seconds: best (mean)`);

  const single = cases.map((one) => run(one, 1, 'stages'));
  const divided = cases.map((one) => run(one, threads));
  head('case', 'profile', 'region voxels', '1 thread', `${threads} threads`, 'CPU', 'voxels/s', 'peak MiB', 'read');
  cases.forEach(({ name, profile }, at) => {
    const [one, all] = [single[at]!, divided[at]!];
    const speed = (one.regionVoxels * one.images) / Math.min(best(one.seconds), best(all.seconds));
    const peak = `${one.peakMiB.toFixed(0)}, ${all.peakMiB.toFixed(0)}`;
    const cpu = `${digits(best(one.cpuSeconds))}, ${digits(best(all.cpuSeconds))}`;
    const times = [spread(one.seconds), spread(all.seconds), cpu, `${(speed / 1e6).toFixed(2)} M`];
    row(name, profile, one.regionVoxels, ...times, peak, digits(one.readSeconds));
  });

  console.log('\nStages on 1 thread, ms; classes on the original image only, filters as wide as the region needs');
  cases.forEach(({ name, profile }, at) => {
    const parts = Object.entries(single[at]!.stages).map(([stage, value]) => `${stage} ${digits(1000 * value)}`);
    console.log(`- ${name}, ${profile}: ${parts.join(', ')}`);
  });

  if (balls.length > 0) {
    head('region', 'voxels', '1 thread', `${threads} threads`, 'cores used');
    for (const one of balls) {
      const [alone, all] = [run(one, 1), run(one, threads)];
      const gain = (best(alone.seconds) / best(all.seconds)).toFixed(2);
      row(one.name, alone.regionVoxels, spread(alone.seconds), spread(all.seconds), gain);
    }
  }

  if (options.peer !== undefined) {
    const peer = options.peer;
    const theirs = cases.map((one) => runPeer(peer, one));
    console.log(`\n${theirs[0]?.versions ?? 'PyRadiomics'}`);
    head('case', 'profile', 'PyRadiomics', 'CPU', 'ratio, 1 thread', `${threads} threads`, 'CPU', 'its peak MiB');
    cases.forEach(({ name, profile }, at) => {
      const took = best(theirs[at]!.seconds);
      const ratios = [single[at]!, divided[at]!].map(({ seconds }) => (took / best(seconds)).toFixed(1));
      const { seconds, cpuSeconds, peakMiB } = theirs[at]!;
      const cpuRatio = (best(cpuSeconds) / best(single[at]!.cpuSeconds)).toFixed(1);
      row(name, profile, spread(seconds), digits(best(cpuSeconds)), ...ratios, cpuRatio, peakMiB.toFixed(0));
    });
    console.log('\nLargest relative difference from PyRadiomics per class');
    cases.forEach(({ name, profile }, at) => {
      console.log(`- ${name}, ${profile}: ${differences(divided[at]!.features, theirs[at]!.features)}`);
    });
  }
} finally {
  if (process.env.DELTASCOPE_BENCH_DIR === undefined) rmSync(folder, { recursive: true, force: true });
}
