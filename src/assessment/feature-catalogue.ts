import { z } from 'zod';
import { loadMapping } from '../dicomweb/mapping-file.ts';
import { featureClasses } from '../radiomics/classes/registry.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import type { Settings } from '../radiomics/settings.ts';

const text = z.string().min(1);
const unit = z.enum(['1', 'mm', 'mm2', 'mm3', 'mm-1', 'intensity', 'intensity2', 'intensity2 mm3']);

const featureSchema = z
  .strictObject({
    class: text,
    /** Identifier of IBSI's definition and its tag in the reference tables, without the aggregation. */
    ibsi: z.strictObject({ id: z.string().regex(/^[0-9A-Z]{4}$/), tag: z.string().regex(/^[a-z0-9_]+$/) }).nullable(),
    /** Why there is no identifier. */
    withoutIbsi: text.optional(),
    unit,
    /** Known difference from IBSI's definition. */
    differs: text.optional(),
    /** Computed only when a parameter file names it: PyRadiomics has withdrawn it. */
    onlyWhenNamed: z.literal(true).optional(),
  })
  .refine(({ ibsi, withoutIbsi }) => (ibsi === null) === (withoutIbsi !== undefined), {
    error: 'either an IBSI identifier or the reason why there is none',
  });

/** What a setting means for the comparison with IBSI, when it has one of these values, or another than these. */
const settingNoteSchema = z
  .strictObject({
    setting: text,
    when: z.array(z.unknown()).optional(),
    whenNot: z.array(z.unknown()).optional(),
    note: text,
  })
  .refine(({ when, whenNot }) => (when === undefined) !== (whenNot === undefined), { error: 'either when or whenNot' });

const catalogueSchema = z.strictObject({
  title: text,
  sources: z.array(text),
  units: z.record(unit, text),
  notes: z.strictObject({ always: text, filtered: text, settings: z.array(settingNoteSchema) }),
  classes: z.record(
    z.string(),
    z.strictObject({
      /** Where the features are defined. */
      source: text,
      /** End of IBSI's tags for the way in which the class aggregates. */
      aggregation: z.strictObject({ inSpace: text, inPlane: text }).nullable(),
    }),
  ),
  /** By `<class>_<feature>`. */
  features: z.record(z.string(), featureSchema),
});

/** The radiomics features with their IBSI identifiers, units and known differences. */
export type FeatureCatalogue = z.infer<typeof catalogueSchema>;

/** What the catalogue says of one value. */
export interface FeatureMeaning {
  readonly ibsi: string | null;
  /** IBSI's tag with its aggregation; null where IBSI has no reference of this aggregation. */
  readonly tag: string | null;
  readonly unit: string;
  readonly difference: string | null;
  readonly source: string;
}

/**
 * Reads `features.json`.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID` naming every wrong entry.
 */
export function loadFeatureCatalogue(mappingsFolder: string): FeatureCatalogue {
  return loadMapping(mappingsFolder, 'features.json', catalogueSchema);
}

/**
 * Compares the catalogue with the extractor.
 *
 * @returns What is wrong: a feature or class that only one of them has, or of which they say different things.
 */
export function checkFeatureCatalogue({ classes, features }: FeatureCatalogue): string[] {
  const known = new Map<string, string>(
    featureClasses.flatMap(({ name, definitions, namedOnly }) =>
      Object.entries(definitions).map(([feature, { ibsi, unit, differs }]) => {
        const { length } = namedOnly.filter((named) => named === feature);
        return [`${name}_${feature}`, JSON.stringify([name, ibsi?.id, ibsi?.tag, unit, differs, length > 0])] as const;
      }),
    ),
  );
  const listed = new Map<string, string>(
    Object.entries(features).map(([key, entry]) => {
      const { ibsi, unit, differs, onlyWhenNamed = false } = entry;
      return [key, JSON.stringify([entry.class, ibsi?.id, ibsi?.tag, unit, differs, onlyWhenNamed])] as const;
    }),
  );
  const aggregations = featureClasses.flatMap(({ name, ibsiAggregation }) => {
    const wrong = JSON.stringify(classes[name]?.aggregation) !== JSON.stringify(ibsiAggregation);
    return wrong ? [`class ${name}: the extractor has aggregation ${JSON.stringify(ibsiAggregation)}`] : [];
  });
  return [
    ...[...known].flatMap(([key, entry]) => {
      if (!listed.has(key)) return [`${key}: not in the catalogue`];
      return listed.get(key) === entry ? [] : [`${key}: the catalogue has ${listed.get(key)}, the extractor ${entry}`];
    }),
    ...[...listed.keys()].filter((key) => !known.has(key)).map((key) => `${key}: the extractor has no such feature`),
    ...aggregations,
  ];
}

/**
 * What a feature is.
 *
 * @param key PyRadiomics key with the image, `original_glcm_Idm`.
 * @param settings Settings that it was computed with.
 * @returns Null for a key that is not in the catalogue.
 */
export function meaningOf(catalogue: FeatureCatalogue, key: string, settings: Settings): FeatureMeaning | null {
  // The image's name has no underscore.
  const entry = catalogue.features[key.slice(key.indexOf('_') + 1)];
  const featureClass = entry === undefined ? undefined : catalogue.classes[entry.class];
  if (entry === undefined || featureClass === undefined) return null;
  return {
    ibsi: entry.ibsi?.id ?? null,
    tag: tagOf(entry.ibsi?.tag ?? null, featureClass.aggregation, settings),
    unit: entry.unit,
    difference: entry.differs ?? entry.withoutIbsi ?? null,
    source: featureClass.source,
  };
}

type Aggregation = FeatureCatalogue['classes'][string]['aggregation'];

function tagOf(tag: string | null, aggregation: Aggregation, { force2D, weightingNorm }: Settings): string | null {
  if (tag === null || aggregation === null) return tag;
  // Weighted directions are merged, and no reference value is for that.
  if (weightingNorm !== null && aggregation.inSpace.endsWith('_avg')) return null;
  return `${tag}_${force2D ? aggregation.inPlane : aggregation.inSpace}`;
}

/**
 * What stands between the values of an extraction and IBSI's.
 *
 * @returns One sentence each: what always holds, then what follows from these parameters.
 */
export function ibsiNotes({ notes }: FeatureCatalogue, { settings, imageTypes }: Parameters): string[] {
  const used: readonly Readonly<Record<string, unknown>>[] = [settings, ...imageTypes.map((type) => type.settings)];
  const holds = (values: readonly unknown[], value: unknown) =>
    values.some((candidate) => JSON.stringify(candidate) === JSON.stringify(value));
  const applying = notes.settings.filter(({ setting, when, whenNot = [] }) =>
    used.some((of) => (when === undefined ? !holds(whenNot, of[setting]) : holds(when, of[setting]))),
  );
  const filtered = imageTypes.some(({ name }) => name !== 'Original') ? [notes.filtered] : [];
  return [notes.always, ...filtered, ...applying.map(({ note }) => note)];
}
