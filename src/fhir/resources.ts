import { z } from 'zod';

/** Anything that says it is a FHIR resource; its content is parsed before it is used. */
export interface Resource {
  readonly resourceType: string;
}

/** As much of a Bundle as is needed to take the resources out of it. */
export interface Bundle extends Resource {
  readonly resourceType: 'Bundle';
  readonly type?: string | undefined;
  readonly link?: readonly { readonly relation?: string | undefined; readonly url?: string | undefined }[] | undefined;
  readonly entry?:
    | readonly {
        readonly fullUrl?: string | undefined;
        readonly resource?: Resource | undefined;
        readonly search?: { readonly mode?: string | undefined } | undefined;
      }[]
    | undefined;
}

const text = z.string().optional();
const coding = z.object({ system: text, code: text, display: text });
const concept = z.object({ coding: z.array(coding).optional(), text });
const quantity = z.object({ value: z.number().optional(), comparator: text, unit: text, system: text, code: text });
const reference = z.object({ reference: text, display: text });
const references = z.array(reference).optional();
const period = z.object({ start: text, end: text }).optional();
const extension = z.object({
  url: z.string(),
  valueCodeableConcept: concept.optional(),
  valueReference: reference.optional(),
  valueDateTime: text,
});
const base = {
  id: text,
  meta: z
    .object({
      lastUpdated: text,
      profile: z.array(z.string()).optional(),
      tag: z.array(coding).optional(),
      security: z.array(coding).optional(),
    })
    .optional(),
  extension: z.array(extension).optional(),
};
const effective = { effectiveDateTime: text, effectivePeriod: period };

const patient = z.object({
  ...base,
  resourceType: z.literal('Patient'),
  identifier: z.array(z.object({ use: text, type: concept.optional(), system: text, value: text })).optional(),
  birthDate: text,
  gender: text,
  deceasedDateTime: text,
  deceasedBoolean: z.boolean().optional(),
});

const referenceRange = z.array(z.object({ high: quantity.optional(), type: concept.optional() })).optional();

const observation = z.object({
  ...base,
  ...effective,
  resourceType: z.literal('Observation'),
  status: z.string(),
  code: concept,
  subject: reference.optional(),
  focus: references,
  effectiveInstant: text,
  issued: text,
  valueQuantity: quantity.optional(),
  valueInteger: z.number().optional(),
  valueString: text,
  valueCodeableConcept: concept.optional(),
  interpretation: z.array(concept).optional(),
  specimen: reference.optional(),
  referenceRange,
  component: z
    .array(
      z.object({
        code: concept,
        valueQuantity: quantity.optional(),
        valueInteger: z.number().optional(),
        valueString: text,
        valueCodeableConcept: concept.optional(),
        interpretation: z.array(concept).optional(),
        referenceRange,
      }),
    )
    .optional(),
});

const condition = z.object({
  ...base,
  resourceType: z.literal('Condition'),
  clinicalStatus: concept.optional(),
  verificationStatus: concept.optional(),
  code: concept.optional(),
  bodySite: z.array(concept).optional(),
  subject: reference.optional(),
  onsetDateTime: text,
  onsetPeriod: period,
  abatementDateTime: text,
  abatementPeriod: period,
  recordedDate: text,
  stage: z.array(z.object({ summary: concept.optional(), assessment: references })).optional(),
});

const dosage = z.object({
  text,
  asNeededBoolean: z.boolean().optional(),
  route: concept.optional(),
  timing: z
    .object({
      code: concept.optional(),
      repeat: z
        .object({
          boundsPeriod: period,
          frequency: z.number().optional(),
          period: z.number().optional(),
          periodUnit: text,
        })
        .optional(),
    })
    .optional(),
  doseAndRate: z.array(z.object({ doseQuantity: quantity.optional() })).optional(),
});

const medicationUse = {
  ...base,
  status: z.string(),
  medicationCodeableConcept: concept.optional(),
  medicationReference: reference.optional(),
  subject: reference.optional(),
  reasonReference: references,
  contained: z.array(z.unknown()).optional(),
};
const medicationRequest = z.object({
  ...medicationUse,
  resourceType: z.literal('MedicationRequest'),
  intent: text,
  doNotPerform: z.boolean().optional(),
  authoredOn: text,
  dosageInstruction: z.array(dosage).optional(),
});
const medicationAdministration = z.object({
  ...medicationUse,
  ...effective,
  resourceType: z.literal('MedicationAdministration'),
});
const medicationStatement = z.object({
  ...medicationUse,
  ...effective,
  resourceType: z.literal('MedicationStatement'),
  dateAsserted: text,
  dosage: z.array(dosage).optional(),
});

const medication = z.object({
  ...base,
  resourceType: z.literal('Medication'),
  code: concept.optional(),
  ingredient: z.array(z.object({ itemCodeableConcept: concept.optional() })).optional(),
});

const bodyStructure = z.object({
  ...base,
  resourceType: z.literal('BodyStructure'),
  identifier: z.array(z.object({ system: text, value: text })).optional(),
  active: z.boolean().optional(),
  morphology: concept.optional(),
  location: concept.optional(),
  patient: reference.optional(),
});

const procedure = z.object({
  ...base,
  resourceType: z.literal('Procedure'),
  status: z.string(),
  category: concept.optional(),
  code: concept.optional(),
  subject: reference.optional(),
  performedDateTime: text,
  performedPeriod: period,
  reasonReference: references,
});

const resource = z.discriminatedUnion('resourceType', [
  patient,
  observation,
  condition,
  medicationRequest,
  medicationAdministration,
  medicationStatement,
  medication,
  bodyStructure,
  procedure,
]);

export type Coding = z.infer<typeof coding>;
export type CodeableConcept = z.infer<typeof concept>;
export type Quantity = z.infer<typeof quantity>;
export type Patient = z.infer<typeof patient>;
export type Observation = z.infer<typeof observation>;
export type Condition = z.infer<typeof condition>;
export type MedicationUse =
  | z.infer<typeof medicationRequest>
  | z.infer<typeof medicationAdministration>
  | z.infer<typeof medicationStatement>;
export type Dosage = z.infer<typeof dosage>;
export type BodyStructure = z.infer<typeof bodyStructure>;
export type Procedure = z.infer<typeof procedure>;
export type ClinicalResource = z.infer<typeof resource>;

const readTypes = new Set<string>(resource.options.map(({ shape }) => shape.resourceType.value));

/**
 * Parses the fields that are read here.
 *
 * @returns The parsed resource, `'other'` for a type that is not read here, or what is wrong with it.
 */
export function parseResource(input: Resource): ClinicalResource | 'other' | { readonly wrong: string } {
  if (!readTypes.has(input.resourceType)) return 'other';
  const parsed = resource.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return { wrong: `${issue?.path.join('.') ?? input.resourceType}: ${issue?.message ?? 'not readable'}` };
}

/** The parsed resource if it is of a type that is read here and readable. */
export function clinicalResource(input: Resource): ClinicalResource | undefined {
  const parsed = parseResource(input);
  return parsed === 'other' || 'wrong' in parsed ? undefined : parsed;
}

/** Relative reference of a resource, `Observation/123`. */
export function referenceTo({ resourceType, id }: ClinicalResource): string {
  return `${resourceType}/${id ?? 'unknown'}`;
}

/** The resources of a Bundle of any type, without the server's remarks about a search. */
export function bundleResources({ entry = [] }: Bundle): Resource[] {
  return entry.flatMap(({ resource, search }) =>
    resource === undefined || search?.mode === 'outcome' ? [] : [resource],
  );
}
