import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/seeds', import.meta.url));

/** False where the papers' texts are not present beside the project. */
export const hasPapers = existsSync(root);

/** Text of the paper whose file name begins with a number, e.g. `004`. */
export function paperText(number: string): string {
  const file = readdirSync(root).find((name) => name.startsWith(`${number}_`));
  if (file === undefined) throw new Error(`no paper ${number}`);
  return readFileSync(`${root}/${file}`, 'utf8');
}
