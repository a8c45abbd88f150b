import { boxValues } from '../region.ts';
import type { FilterInput, ImageType } from './image-type.ts';

/** An image type that maps every intensity `x` by itself, given the largest magnitude `max|x|` in the whole image. */
function mapping(
  name: string,
  imageName: string,
  functionOf: (largest: number) => (value: number) => number,
): ImageType {
  return {
    name,
    usesLargest: true,
    *derive({ volume, box, largest }: FilterInput) {
      const values = boxValues(volume, box);
      const of = functionOf(largest());
      for (let i = 0; i < values.length; i++) values[i] = of(values[i] ?? 0);
      yield { name: imageName, values };
    },
  };
}

/**
 * `(c x)^2`, `c = 1 / sqrt(max|x|)`: the sign is lost. IBSI has no such filter.
 *
 * @see PyRadiomics, imageoperations.py `getSquareImage`
 */
export const square = mapping('Square', 'square', (largest) => {
  const scale = largest > 0 ? 1 / Math.sqrt(largest) : 0;
  return (value) => (scale * value) ** 2;
});

/**
 * `sign(x) sqrt(|x| max|x|)`. IBSI has no such filter.
 *
 * @see PyRadiomics, imageoperations.py `getSquareRootImage`
 */
export const squareRoot = mapping('SquareRoot', 'squareroot', (largest) => {
  return (value) => Math.sign(value) * Math.sqrt(Math.abs(value) * largest);
});

/**
 * `c sign(x) log(|x| + 1)`, `c = max|x| / log(max|x| + 1)`. IBSI has no such filter.
 *
 * @see PyRadiomics, imageoperations.py `getLogarithmImage`
 */
export const logarithm = mapping('Logarithm', 'logarithm', (largest) => {
  const scale = largest > 0 ? largest / Math.log(largest + 1) : 0;
  return (value) => Math.sign(value) * Math.log(Math.abs(value) + 1) * scale;
});

/**
 * `exp(c x)`, `c = log(max|x|) / max|x|`. IBSI has no such filter.
 *
 * @see PyRadiomics, imageoperations.py `getExponentialImage`
 */
export const exponential = mapping('Exponential', 'exponential', (largest) => {
  const rate = largest > 0 ? Math.log(largest) / largest : 0;
  return (value) => Math.exp(rate * value);
});
