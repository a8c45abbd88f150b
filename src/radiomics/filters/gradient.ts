import { gradientMagnitude } from '../kernels/gradient.ts';
import type { ImageType } from './image-type.ts';

/**
 * Length of the intensity gradient, per mm, or per voxel with `gradientUseSpacing: false`:
 * `h = sqrt(gx^2 + gy^2 + gz^2)`, `gx(i) = (f(i + 1) - f(i - 1)) / (2 spacing_x)`, beyond the image its outermost voxels.
 * IBSI gives this filter no identifier.
 *
 * @see PyRadiomics, imageoperations.py `getGradientImage`; ITK, GradientMagnitudeImageFilter
 */
export const gradient: ImageType = {
  name: 'Gradient',
  *derive({ volume, box, inside }, { gradientUseSpacing }) {
    const values = new Float64Array(inside.length);
    const spacing = gradientUseSpacing ? volume.spacingMm : ([1, 1, 1] as const);
    gradientMagnitude(volume.voxels, volume.dims, spacing, box.lower, box.size, values);
    yield { name: 'gradient', values };
  },
};
