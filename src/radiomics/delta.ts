/** Feature key to value; NaN where a feature is undefined. */
export type FeatureRecord = Readonly<Record<string, number>>;

/** Feature key to change; undefined where it is missing. */
export type ChangeRecord = Readonly<Record<string, number | undefined>>;

/** NaN and infinity are no results. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** A change of every feature that either record has. */
function changes(a: FeatureRecord, b: FeatureRecord, change: (a: number, b: number) => number): ChangeRecord {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, finite(change(a[key] ?? Number.NaN, b[key] ?? Number.NaN))]));
}

/**
 * Absolute delta features, `|VP - PS|`.
 *
 * @param plain Features of the plain scan.
 * @param venous Features of the venous phase of the same visit.
 * @returns A change per feature of either record, in the features' units; missing where one of them is.
 */
export function absoluteDelta(plain: FeatureRecord, venous: FeatureRecord): ChangeRecord {
  return changes(plain, venous, (ps, vp) => Math.abs(vp - ps));
}

/**
 * Relative delta features, `|VP - PS| / VP`.
 *
 * @param plain Features of the plain scan.
 * @param venous Features of the venous phase of the same visit.
 * @returns A fraction per feature of either record, with the sign of VP; missing where VP is 0 or a value is missing.
 */
export function relativeDelta(plain: FeatureRecord, venous: FeatureRecord): ChangeRecord {
  return changes(plain, venous, (ps, vp) => Math.abs(vp - ps) / vp);
}

/**
 * Relative net change, `(follow-up - baseline) / baseline`.
 *
 * @param baseline Features before therapy.
 * @param followUp Features of a later visit.
 * @returns A fraction per feature of either record; missing where the baseline is 0 or a value is missing.
 */
export function netChange(baseline: FeatureRecord, followUp: FeatureRecord): ChangeRecord {
  return changes(baseline, followUp, (before, after) => (after - before) / before);
}
