import { type Parameters, parseParameters } from '../../../src/radiomics/parameters.ts';
import { oracleBytes } from '../../helpers/oracles.ts';

/** Parameter sets of the references without derived images or resampling, compared in full on every case. */
export const originalProfiles = ['default107', 'all1688', 'force2d_fbn32', 'dist123_euclid_gldma1'] as const;

/** Parameter sets with derived images or resampling, and how many features PyRadiomics gives. */
export const derivedProfiles = [
  ['all1688', 1688],
  ['all1688_resampled2mm', 1688],
  ['exampleCT1218', 1218],
  ['gradient_lbp', 465],
  ['wavelet_db2_2levels', 630],
  ['linear_inplane1mm_reseg_norm', 107],
  ['force2d_fbn32', 479],
] as const;

/** Parameter sets of single cases, compared where they are. */
export const singleProfiles = ['reseg_abs_ct', 'binwidth1', 'force2d_binwidth1'] as const;

/**
 * The parameter file of a reference, cut out of its text: PyRadiomics names a LoG image after the way its width is written
 * (`1` or `1.0`), which JSON.parse forgets.
 */
export function readReferenceText(path: string): string {
  const text = oracleBytes(`radiomics/${path}`).toString('utf8');
  const start = text.indexOf('{', text.indexOf('"settings"'));
  let end = start;
  for (let depth = 0; end === start || depth > 0; end++) {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
  }
  return text.slice(start, end);
}

/** All parameters of a reference file. */
export function readReferenceParameters(path: string): Parameters {
  return parseParameters(readReferenceText(path), path);
}
