/** Durations in ms, and what the last run gave, to be checked so that the work can not be dropped. */
export interface Timing<T> {
  /** The shortest run by the clock. */
  readonly least: number;
  /** The least processor time of a run, all threads together: other work on the machine hardly adds to it. */
  readonly processor: number;
  readonly result: T;
}

/**
 * Runs some work several times.
 *
 * @param repeats Number of runs, 1 or more.
 */
export function time<T>(repeats: number, run: () => T): Timing<T> {
  let [least, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let result: T | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    result = run();
    least = Math.min(least, performance.now() - start);
    processor = Math.min(processor, processorTime(before));
  }
  return { least, processor, result: result as T };
}

/** Processor time of this process in ms since a reading of `process.cpuUsage`. */
export function processorTime(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
