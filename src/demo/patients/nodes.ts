import type { SyntheticPatient } from './plan.ts';

/** Below the division of the trachea, apart from tumours of the right lung. */
export const subcarinalNode: NonNullable<SyntheticPatient['node']> = {
  label: 'Lymph node 7',
  centreMm: [1, 21, 3],
  halfAxesMm: [9, 7, 10],
};
