import { type Parameters, parseParameters } from '../../../src/radiomics/parameters.ts';
import { oracleBytes } from '../../helpers/oracles.ts';

/**
 * All parameters of a reference file, read from its text: PyRadiomics names a LoG image after the way its width is
 * written (`1` or `1.0`), which JSON.parse forgets.
 */
export function readReferenceParameters(path: string): Parameters {
  const text = oracleBytes(`radiomics/${path}`).toString('utf8');
  const start = text.indexOf('{', text.indexOf('"settings"'));
  let end = start;
  for (let depth = 0; end === start || depth > 0; end++) {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
  }
  return parseParameters(text.slice(start, end), path);
}
