import type { Vector } from '../../radiomics/volume.ts';
import { type Canvas, ellipsoid, visitBox } from './phantom-shape.ts';
import type { PhantomPhase } from './phantom-thorax.ts';

/** An enlarged lymph node in the mediastinum. */
export interface NodeParameters {
  /** Centre in the patient (mm, LPS). */
  readonly centreMm: Vector;
  /** Half axes along the patient's axes (mm). */
  readonly halfAxesMm: Vector;
}

/** Soft tissue that takes up some contrast medium (HU). */
const nodeHu = { plain: 40, venous: 84 } as const;

/**
 * Paints a lymph node over what is there.
 *
 * @param mask Set to 1 inside the node; length `nx*ny*nz`, x fastest; not cleared.
 */
export function paintNode(
  { grid, hu }: Canvas,
  { centreMm, halfAxesMm }: NodeParameters,
  phase: PhantomPhase,
  mask: Uint8Array,
): void {
  const shape = ellipsoid(centreMm, halfAxesMm);
  visitBox(grid, shape.lowMm, shape.highMm, (index, x, y, z) => {
    if (!shape.contains(x, y, z)) return;
    hu[index] = nodeHu[phase];
    mask[index] = 1;
  });
}
