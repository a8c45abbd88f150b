/**
 * Runs some work several times, prints its least and mean time, and gives its last result, to be checked so that the
 * work can not be dropped.
 *
 * @param repeats Number of runs, 1 or more.
 */
export function time<T>(name: string, repeats: number, run: () => T): T {
  const times: number[] = [];
  let result: T | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = performance.now();
    result = run();
    times.push(performance.now() - start);
  }
  const mean = times.reduce((sum, one) => sum + one, 0) / repeats;
  console.log(`${name}: ${Math.min(...times).toFixed(1)} ms, ${mean.toFixed(1)} ms`);
  return result as T;
}
