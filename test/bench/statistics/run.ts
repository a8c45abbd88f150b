/**
 * Times the statistics module. Every result is checked, so that the work can not be dropped.
 *
 * Run: npx tsx test/bench/statistics/run.ts [--peers] [--markdown FILE]. With `--peers` glmnet and scikit-learn run on the
 * same tables where they are installed (`test/bench/peers/statistics.sh` installs them); with `--markdown` the tables are
 * written to a page. The worker threads need a build (`npm run build`).
 */
import { writeFileSync } from 'node:fs';
import { arch, availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchmarkCox } from './cox.ts';
import { benchmarkDeLong } from './delong.ts';
import { benchmarkForest } from './forest.ts';
import { benchmarkLasso } from './lasso.ts';
import { createReport } from './report.ts';

const { values } = parseArgs({ options: { peers: { type: 'boolean' }, markdown: { type: 'string' } } });
const report = createReport();
const machine = `${availableParallelism()} virtual cores (${arch()}), Node ${process.versions.node}`;
const introduction = `# Speed of the statistics module

Written by \`bash test/bench/peers/statistics.sh --markdown docs/statistics-benchmark.md\` on ${machine}. The data are
synthetic and seeded; other programs get the same tables. Other work may have run beside: the shortest run counts, and processor
time (all threads together) is the fairer measure.
`;

for (const benchmark of [
  () => benchmarkLasso(report, values.peers ?? false),
  () => benchmarkCox(report),
  () => benchmarkForest(report),
  () => benchmarkDeLong(report),
]) {
  await benchmark();
  // After each part, as the whole takes minutes.
  if (values.markdown !== undefined) writeFileSync(values.markdown, introduction + report.markdown());
}
