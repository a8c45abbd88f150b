import type { Random } from '../../statistics/random.ts';

/** Clinical visits of the model: before therapy and at the doses that end the second and the third cycle. */
const benefitVisits = ['baseline', 'afterCycle2', 'afterCycle3'] as const;

export interface BloodCounts {
  /** By `nlr@afterCycle2`: every value that the plan knows. */
  readonly trueValues: Readonly<Record<string, number>>;
  /** Those of them that were recorded. */
  readonly recorded: Readonly<Record<string, number>>;
}

/** Share of persons without a blood sample at each visit. */
const unrecorded = { baseline: 0.03, afterCycle2: 0.04, afterCycle3: 0.15 } as const;

/**
 * Draws three blood samples of one person: NLR, SII (10*9/L) and haemoglobin (g/dL). Neutrophils, lymphocytes and platelets vary
 * log-normally between persons and, less, between a person's visits.
 *
 * @param random The same stream gives the same samples.
 */
export function drawBloodCounts(random: Random): BloodCounts {
  const own = {
    neutrophils: random.normal(),
    lymphocytes: random.normal(),
    platelets: random.normal(),
    haemoglobin: random.normal(),
  };
  const trueValues: Record<string, number> = {};
  const recorded: Record<string, number> = {};
  for (const visit of benefitVisits) {
    // Variance 1 over all; two visits of one person correlate by 0.61.
    const at = (person: number) => 0.78 * person + 0.626 * random.normal();
    const neutrophils = 5.2 * Math.exp(0.36 * at(own.neutrophils));
    const lymphocytes = 1.49 * Math.exp(0.35 * at(own.lymphocytes));
    const platelets = 272 * Math.exp(0.42 * at(own.platelets));
    const values = {
      nlr: neutrophils / lymphocytes,
      sii: (platelets * neutrophils) / lymphocytes,
      haemoglobin: 12.6 + 1.5 * at(own.haemoglobin),
    };
    const seen = random.uniform() >= unrecorded[visit];
    for (const [key, value] of Object.entries(values)) {
      trueValues[`${key}@${visit}`] = value;
      if (seen) recorded[`${key}@${visit}`] = Number(value.toPrecision(4));
    }
  }
  return { trueValues, recorded };
}
