import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageVersion } from '../../src/cli/version.ts';
import { packageRoot, readConfig } from '../../src/config.ts';
import { startDemonstration } from '../../src/demo/demonstration.ts';
import { boardPath, reportPath } from '../../src/http/report-routes.ts';
import { createLogger } from '../../src/log.ts';

/** Takes the pictures of the report under `docs/images`: first pages of the demonstration's PDFs. */
const images = path.join(packageRoot(), 'docs/images');
const dotsPerInch = 96;

const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-pictures-'));
const demonstration = await startDemonstration({
  config: readConfig({ DELTASCOPE_DATA_DIR: folder, DELTASCOPE_PORT: '0' }),
  version: packageVersion(),
  logger: createLogger('silent'),
});
try {
  await demonstration.featuresReady;
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await take('report-patient', `${reportPath('synthetic-gorse')}.pdf`);
  await take('report-board', boardPath(tomorrow).replace('?', '.pdf?'));
} finally {
  await demonstration.close();
  rmSync(folder, { recursive: true, force: true });
}

async function take(name: string, address: string): Promise<void> {
  const answer = await fetch(`${demonstration.url}${address}`);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  const pdf = path.join(folder, `${name}.pdf`);
  writeFileSync(pdf, Buffer.from(await answer.arrayBuffer()));
  execFileSync('pdftoppm', ['-r', String(dotsPerInch), '-png', '-singlefile', pdf, path.join(images, name)]);
  console.log(`docs/images/${name}.png`);
}
