import { gradientMagnitude } from '../kernels/gradient.ts';
import { boxValues } from '../region.ts';
import { padBox } from '../resample-grid.ts';
import type { Vector } from '../volume.ts';
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
    // With its neighbours the box ends where the image does, or none of the voxels at its end is asked for.
    const around = padBox(box, 1, volume.dims);
    const at = (axis: 0 | 1 | 2) => box.lower[axis] - around.lower[axis];
    const lower: Vector = [at(0), at(1), at(2)];
    gradientMagnitude(boxValues(volume, around), around.size, spacing, lower, box.size, values);
    yield { name: 'gradient', values };
  },
};
