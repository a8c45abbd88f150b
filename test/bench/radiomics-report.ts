import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Measured, PeerResult } from './radiomics-measure.ts';
import type { RunResult } from './radiomics-run.ts';

/** Lines that are printed as they come and can be written to a file at the end. */
export interface Report {
  line(text?: string): void;
  head(...cells: readonly string[]): void;
  row(...cells: readonly (string | number)[]): void;
  write(file: string): void;
}

export function createReport(): Report {
  const lines: string[] = [];
  const line = (text = '') => {
    lines.push(text);
    console.log(text);
  };
  const row = (...cells: readonly (string | number)[]) => line(`| ${cells.join(' | ')} |`);
  return {
    line,
    row,
    head(...cells) {
      line();
      row(...cells);
      row(...cells.map((_, at) => (at === 0 ? '---' : '---:')));
    },
    write: (file) => writeFileSync(file, `${lines.join('\n')}\n`),
  };
}

export const best = (seconds: readonly number[]) => Math.min(...seconds);
const mean = (seconds: readonly number[]) => seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
export const spread = (seconds: readonly number[]) => `${digits(best(seconds))} (${digits(mean(seconds))})`;

/** The machine, by what times depend on. */
export function describeMachine(): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${memory} GiB, Node ${process.version}`;
}

/** Times, memory and speed of every case. */
export function reportTimes(report: Report, measured: readonly Measured[], threads: number): void {
  report.line(`Seconds for one extraction, image and mask in memory: best (mean). First: on a cold process.`);
  report.head(
    ...['case', 'profile', 'region voxels', 'features', 'first', '1 thread', `${threads} threads`],
    ...['CPU 1', `CPU ${threads}`, 'voxels/s', 'peak MiB 1', `peak MiB ${threads}`, 'load'],
  );
  for (const { of, single, divided } of measured) {
    const fastest = Math.min(best(single.seconds), ...(divided?.seconds ?? []));
    const speed = (single.regionVoxels * single.images) / fastest;
    report.row(
      ...[of.name, of.profile, single.regionVoxels, Object.keys(single.features).length],
      ...[digits(single.seconds[0]!), spread(single.seconds), divided === null ? '' : spread(divided.seconds)],
      ...[digits(best(single.cpuSeconds)), divided === null ? '' : digits(best(divided.cpuSeconds))],
      ...[`${(speed / 1e6).toFixed(2)} M`, single.peakMiB.toFixed(0), divided?.peakMiB.toFixed(0) ?? ''],
      digits(single.readSeconds),
    );
  }
}

/** What the time of one thread goes into. */
export function reportStages(report: Report, measured: readonly Measured[]): void {
  report.line();
  report.line('Stages on one thread, ms, over all images: preparation, image types (filters), classes.');
  report.line();
  for (const { of, single } of measured) {
    const parts = Object.entries(single.stages).map(([stage, value]) => `${stage} ${digits(1000 * value)}`);
    report.line(`- ${of.name}, ${of.profile}: load ${digits(1000 * single.readSeconds)}, ${parts.join(', ')}`);
  }
}

/** Speed and values against PyRadiomics. */
export function reportPeer(report: Report, measured: readonly Measured[], threads: number): void {
  const compared = measured.flatMap(({ peer, ...rest }) => (peer === null ? [] : [{ ...rest, peer }]));
  if (compared.length === 0) return;
  report.line();
  report.line(`${compared[0]!.peer.versions}: the same files, the same run, turn by turn. ITK may use all cores.`);
  report.head(
    ...['case', 'profile', 'PyRadiomics', 'its CPU', 'its peak MiB'],
    ...['times as fast, 1 thread', `${threads} threads`, 'less CPU, 1 thread'],
  );
  for (const { of, single, divided, peer } of compared) {
    const took = best(peer.seconds);
    const ratio = (run: RunResult | null) => (run === null ? '' : (took / best(run.seconds)).toFixed(1));
    const cpu = (best(peer.cpuSeconds) / best(single.cpuSeconds)).toFixed(1);
    report.row(
      of.name,
      of.profile,
      spread(peer.seconds),
      digits(best(peer.cpuSeconds)),
      peer.peakMiB.toFixed(0),
      ...[ratio(single), ratio(divided), cpu],
    );
  }
  report.line();
  report.line('Largest relative difference from PyRadiomics per class, and per image type:');
  report.line();
  for (const { of, single, peer } of compared) {
    const [classOf, typeOf] = [(key: string) => key.split('_')[1]!, (key: string) => /^[a-z]+/.exec(key)![0]];
    const parts = [classOf, typeOf].map((group) => differences(single.features, peer.features, group));
    report.line(`- ${of.name}, ${of.profile}: ${parts.join('; ')}`);
  }
}

/** Largest relative difference per group of keys, and how many keys only one of the two has. */
function differences(
  ours: RunResult['features'],
  theirs: PeerResult['features'],
  groupOf: (key: string) => string,
): string {
  const perGroup = new Map<string, number>();
  for (const [key, value] of Object.entries(theirs)) {
    const group = groupOf(key);
    const other = ours[key] ?? null;
    // Not above 1e-9 of anything: rounding residues of an exact 0.
    const scale = Math.max(Math.abs(value ?? 0), 1e-9);
    const difference = value === other ? 0 : Math.abs((value ?? Number.NaN) - (other ?? Number.NaN)) / scale;
    const known = perGroup.get(group) ?? 0;
    perGroup.set(group, difference > known || Number.isNaN(difference) ? difference : known);
  }
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const unshared = [...keys].filter((key) => !(key in ours && key in theirs)).length;
  const parts = [...perGroup].map(([name, value]) => `${name} ${value === 0 ? '0' : value.toExponential(1)}`);
  return [...parts, ...(unshared > 0 ? [`${unshared} keys of one side only`] : [])].join(', ');
}
