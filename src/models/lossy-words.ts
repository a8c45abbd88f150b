import type { LossyCompression } from './model-result.ts';

/** How images were compressed: "compressed with loss (ISO_10918_1, ratio 10)". */
export function lossyWords({ methods, ratio }: LossyCompression): string {
  const method = methods.length === 0 ? 'method not stated' : methods.join(' + ');
  return `compressed with loss (${method}, ${ratio === null ? 'ratio not stated' : `ratio ${ratio}`})`;
}
