/** Contrast phase of a CT series. */
export const phases = ['plain', 'arterial', 'venous', 'unknown'] as const;
export type Phase = (typeof phases)[number];
