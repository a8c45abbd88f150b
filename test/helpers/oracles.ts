import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reference data made by others; it stands beside the project and is read, never copied. */
const root = process.env.DELTASCOPE_ORACLES ?? fileURLToPath(new URL('../../../shared/oracles', import.meta.url));

/** False where the reference data are not present: the tests that need them skip and say so. */
export const hasOracles = existsSync(root);

export const oracleSkipReason = 'needs the reference data ../shared/oracles';

/** Path of a reference file or folder, e.g. `radiomics/brain1/brain1_image.nrrd`. */
export function oraclePath(relative: string): string {
  return `${root}/${relative}`;
}

export function oracleBytes(relative: string): Buffer {
  return readFileSync(oraclePath(relative));
}

export function oracleJson<T>(relative: string): T {
  return JSON.parse(readFileSync(oraclePath(relative), 'utf8')) as T;
}
