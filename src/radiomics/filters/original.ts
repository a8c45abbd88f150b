import { boxValues } from '../region.ts';
import type { ImageType } from './image-type.ts';

/**
 * The prepared image itself, `h(x) = f(x)`.
 *
 * @see PyRadiomics, imageoperations.py `getOriginalImage`
 */
export const original: ImageType = {
  name: 'Original',
  *derive({ volume, box }) {
    yield { name: 'original', values: boxValues(volume, box) };
  },
};
