/** Times whole extractions on real and generated CT, and PyRadiomics on the same files in the same run. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/config.ts';
import { hasOracles, oracleSkipReason } from '../helpers/oracles.ts';
import {
  type BenchCase,
  type GeneratedCases,
  generatedCases,
  referenceCases,
  writeProfiles,
} from './radiomics-cases.ts';
import { measure, runCase } from './radiomics-measure.ts';
import {
  best,
  createReport,
  describeMachine,
  type Report,
  reportPeer,
  reportStages,
  reportTimes,
  spread,
} from './radiomics-report.ts';

const help = `Times radiomics extractions, per stage, on one thread and on all, with peak memory.

Usage: npm run bench:radiomics -- [options]
  --peer FOLDER    Python environment of PyRadiomics, made by test/bench/peers/radiomics.sh FOLDER (kept for the next
                   time); PyRadiomics then runs on the same files, turn by turn
  --only TEXT      cases whose name or profile contains TEXT
  --quick          one turn of one profile a case, no scaling
  --markdown FILE  write the report as well, such as docs/radiomics-benchmark.md
  --help           this text
DELTASCOPE_BENCH_DIR names a folder that keeps the generated images (1 GiB) from one run to the next.`;

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** The environment to compare with; without one the report says what it lacks. */
function peerFolder(report: Report): string | null {
  if (options.peer !== undefined && existsSync(path.join(options.peer, 'bin', 'python'))) return options.peer;
  const why =
    options.peer === undefined ? 'no --peer given' : '--peer holds no Python; make it with peers/radiomics.sh';
  report.line(`Not compared with PyRadiomics: ${why}.`);
  report.line();
  return null;
}

function reportScaling(report: Report, balls: GeneratedCases['balls'], threads: number): void {
  const counts = Array.from({ length: threads }, (_, at) => at + 1);
  report.line();
  report.line('## With the region and with the cores');
  report.line();
  report.line('Profile es-sclc-1688; filters see as much around the region as their results depend on.');
  report.head('region', 'voxels', ...counts.map((count) => `${count} thread${count > 1 ? 's' : ''}`), 'cores used');
  for (const one of balls) {
    const runs = counts.map((count) => runCase(one, one.repeats, count));
    const gain = (best(runs[0]!.seconds) / best(runs.at(-1)!.seconds)).toFixed(2);
    report.row(one.name, runs[0]!.regionVoxels, ...runs.map(({ seconds }) => spread(seconds)), gain);
  }
}

function run(folder: string): void {
  const report = createReport();
  const threads = availableParallelism();
  const profiles = writeProfiles(folder);
  const generated = generatedCases(folder, profiles);
  const wanted = ({ name, profile }: BenchCase) =>
    `${name} ${profile}`.includes(options.only) && (!options.quick || profile === 'es-sclc-1688');
  report.line('# Radiomics benchmark');
  report.line();
  report.line(`\`npm run bench:radiomics\` on ${describeMachine()}, from the build.`);
  report.line();
  if (!hasOracles) {
    report.line(`Without lung-pat1 and sts001-ct: ${oracleSkipReason}. The generated image is synthetic.`);
    report.line();
  }
  const peer = peerFolder(report);
  const measured = [...referenceCases(profiles), ...generated.whole]
    .filter(wanted)
    .map((one) => measure(one, threads, peer, options.quick ? 1 : 2));
  reportTimes(report, measured, threads);
  reportStages(report, measured);
  reportPeer(report, measured, threads);
  if (!options.quick) reportScaling(report, generated.balls.filter(wanted), threads);
  if (options.markdown !== undefined) report.write(options.markdown);
}

if (options.help) console.log(help);
else {
  // What is measured is the build, so it must be of these sources.
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: packageRoot(), stdio: 'inherit' });
  const kept = process.env.DELTASCOPE_BENCH_DIR;
  const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    run(folder);
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
