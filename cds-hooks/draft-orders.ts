import { z } from 'zod';
import { relativeReference } from '../src/fhir/references.ts';
import type { Bundle, Resource } from '../src/fhir/resources.ts';
import type { HookRequest } from './request.ts';
import { type OrderedCodes, orderedCode } from './suggestions.ts';

export type OrderRequest = Extract<HookRequest, { hook: 'order-select' | 'order-sign' }>;

/** An order for a medication, on its own or as a step of a regimen. */
export interface MedicationDraft {
  /** `Type/id` of the draft; of the regimen where the step has no id of its own. Null where neither has one. */
  readonly reference: string | null;
  /** MedicationRequest with as much as says which drug it is. */
  readonly order: Resource & Pick<Draft, 'medicationCodeableConcept' | 'medicationReference'>;
}

/** Statuses of drafts that order nothing. */
const calledOff: readonly string[] = ['cancelled', 'entered-in-error', 'stopped', 'completed', 'ended', 'revoked'];
/** Regimens in regimens deeper than this are no regimens. */
const deepest = 5;

const text = z.string().optional().catch(undefined);
const reference = z.object({ reference: text, display: text }).optional().catch(undefined);
const references = z.array(reference).optional().catch(undefined);
const coding = z.object({ system: text, code: text, display: text });
const concept = z
  .object({ coding: z.array(coding).optional().catch(undefined), text })
  .optional()
  .catch(undefined);
const yes = z.boolean().optional().catch(undefined);

/** What is looked at in a draft. Whatever else is in it, and however it is formed, must not hide which drug is ordered. */
const draftSchema = z.looseObject({
  resourceType: z.string(),
  id: text,
  status: text,
  doNotPerform: yes,
  code: concept,
  medicationCodeableConcept: concept,
  medicationReference: reference,
  contained: z
    .array(z.looseObject({ resourceType: z.string(), id: text }))
    .catch([])
    .default([]),
  replaces: references,
  priorPrescription: reference,
  subject: reference,
  patient: reference,
  action: z.array(z.unknown()).catch([]).default([]),
  activity: z
    .array(
      z.object({
        reference,
        detail: z
          .object({ doNotPerform: yes, status: text, productCodeableConcept: concept, productReference: reference })
          .optional()
          .catch(undefined),
      }),
    )
    .catch([])
    .default([]),
});
type Draft = z.infer<typeof draftSchema>;

const actionSchema = z.object({ resource: reference, action: z.array(z.unknown()).catch([]).default([]) });

/** The resources that a hook call brings, and what refers to what in them. */
export interface DraftOrders {
  /** In the order of the Bundle, each once. */
  readonly medications: readonly MedicationDraft[];
  /** References of patients other than the one of the context; empty when all is well. */
  readonly otherPatients: readonly string[];
  /** What the drafts order besides medication. */
  readonly ordered: OrderedCodes;
  /** Finds what a draft refers to among all that came with the call. */
  resolve(reference: string): Resource | undefined;
}

/**
 * Reads the draft orders of a call: those that are judged now (`selections` of order-select, all of order-sign), without those
 * that another draft replaces, that order not to give something, or that were called off. Regimens (RequestGroup, CarePlan) are
 * followed to their steps, contained or beside them in the Bundle.
 */
export function readDraftOrders(request: OrderRequest): DraftOrders {
  const entries = draftEntries(request.context.draftOrders as Bundle);
  const brought = [...entries, ...prefetchedEntries(request.prefetch)];
  const resolve = (wanted: string) => findEntry(brought, wanted);
  const drafts = entries.map(({ draft }) => draft).filter((draft) => !calledOff.includes(draft.status ?? 'draft'));
  const replaced = new Set(drafts.flatMap(replacedBy));
  const roots = drafts.filter((draft) => isJudged(draft, request) && !replaced.has(nameOf(draft) ?? ''));
  const medications = roots.flatMap((root) => stepsOf(root, root, resolve, deepest));
  const kept = medications.filter(({ reference: name }) => name === null || !replaced.has(name));
  return {
    medications: kept.filter(({ reference: name, order }, at) => {
      const same = kept.findIndex((other) => other.reference === name && sameDrug(other.order, order));
      return name === null || same === at;
    }),
    otherPatients: otherPatients(drafts, request.context.patientId),
    ordered: new Set(drafts.flatMap(codesOf)),
    resolve,
  };
}

interface Entry {
  readonly fullUrl: string | undefined;
  readonly draft: Draft;
}

function draftEntries({ entry = [] }: Bundle): Entry[] {
  return entry.flatMap(({ fullUrl, resource }) => {
    const parsed = draftSchema.safeParse(withoutNulls(resource));
    return parsed.success ? [{ fullUrl, draft: parsed.data }] : [];
  });
}

const anyBundle = z.object({ resourceType: z.literal('Bundle'), entry: z.array(z.unknown()) });
const medicationEntry = z.object({ resource: z.looseObject({ resourceType: z.literal('Medication') }) });

/** A client may have sent the Medication among the answers to the prefetch templates. */
function prefetchedEntries(prefetch: HookRequest['prefetch']): Entry[] {
  return Object.values(prefetch ?? {}).flatMap((value) => {
    const bundle = anyBundle.safeParse(value);
    const medications = (bundle.data?.entry ?? []).flatMap((each) => medicationEntry.safeParse(each).data ?? []);
    return draftEntries({ resourceType: 'Bundle', entry: medications });
  });
}

function findEntry(entries: readonly Entry[], wanted: string): Resource | undefined {
  const target = relativeReference(wanted);
  const found = entries.find(
    ({ fullUrl, draft }) =>
      fullUrl === wanted ||
      (target !== undefined && draft.id === target.id && (target.type === null || draft.resourceType === target.type)),
  );
  return found?.draft;
}

/** Empty elements are against the specification and in real calls all the same. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  );
}

function nameOf({ resourceType, id }: Draft): string | null {
  return id === undefined ? null : `${resourceType}/${id}`;
}

function replacedBy({ replaces = [], priorPrescription }: Draft): string[] {
  return [...replaces, priorPrescription].flatMap((each) => {
    const target = relativeReference(each?.reference);
    return target === undefined ? [] : [`${target.type ?? 'MedicationRequest'}/${target.id}`];
  });
}

/** A Medication in the Bundle is what an order refers to, not an order. */
function isJudged(draft: Draft, request: OrderRequest): boolean {
  if (!['MedicationRequest', 'RequestGroup', 'CarePlan'].includes(draft.resourceType)) return false;
  if (request.hook === 'order-sign') return true;
  return request.context.selections.some((selection) => {
    const target = relativeReference(selection);
    return target === undefined ? selection === draft.id : target.id === draft.id && target.type === draft.resourceType;
  });
}

/** The orders for medication in a draft, with the name under which the client knows them. */
function stepsOf(draft: Draft, container: Draft, resolve: DraftOrders['resolve'], depth: number): MedicationDraft[] {
  if (depth === 0 || draft.doNotPerform === true || calledOff.includes(draft.status ?? 'draft')) return [];
  const follow = (wanted: string | undefined): MedicationDraft[] => {
    const step = wanted === undefined ? undefined : referenced(wanted, draft, resolve);
    return step === undefined ? [] : stepsOf(step, wanted?.startsWith('#') ? container : step, resolve, depth - 1);
  };
  if (draft.resourceType === 'MedicationRequest') {
    const { medicationCodeableConcept, medicationReference, contained } = draft;
    // A contained step refers to what its container contains.
    const beside = draft === container ? contained : [...contained, ...container.contained];
    const order = { resourceType: 'MedicationRequest', status: 'draft', contained: beside };
    return [{ reference: nameOf(container), order: { ...order, medicationCodeableConcept, medicationReference } }];
  }
  const details = draft.activity.flatMap(({ detail }): MedicationDraft[] => {
    if (detail === undefined || detail.doNotPerform === true || calledOff.includes(detail.status ?? '')) return [];
    const { productCodeableConcept, productReference } = detail;
    const order = { resourceType: 'MedicationRequest', status: 'draft', contained: draft.contained };
    const product = { medicationCodeableConcept: productCodeableConcept, medicationReference: productReference };
    return [{ reference: nameOf(container), order: { ...order, ...product } }];
  });
  return [
    ...actionReferences(draft.action, deepest).flatMap(follow),
    ...draft.activity.flatMap((activity) => follow(activity.reference?.reference)),
    ...details,
  ];
}

function actionReferences(actions: readonly unknown[], depth: number): string[] {
  if (depth === 0) return [];
  return actions.flatMap((each) => {
    const parsed = actionSchema.safeParse(each);
    if (!parsed.success) return [];
    const own = parsed.data.resource?.reference;
    return [...(own === undefined ? [] : [own]), ...actionReferences(parsed.data.action, depth - 1)];
  });
}

function referenced(wanted: string, { contained }: Draft, resolve: DraftOrders['resolve']): Draft | undefined {
  const found = wanted.startsWith('#') ? contained.find(({ id }) => id === wanted.slice(1)) : resolve(wanted);
  const parsed = draftSchema.safeParse(found);
  return parsed.success ? parsed.data : undefined;
}

function sameDrug(a: MedicationDraft['order'], b: MedicationDraft['order']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function codesOf({ code }: Draft): string[] {
  return (code?.coding ?? []).flatMap(({ system, code: value }) =>
    system === undefined || value === undefined ? [] : [orderedCode({ system, code: value })],
  );
}

function otherPatients(drafts: readonly Draft[], patientId: string): string[] {
  const own = patientId.replace(/^Patient\//, '');
  return drafts.flatMap(({ subject, patient }) =>
    [subject, patient].flatMap((each) => {
      const target = relativeReference(each?.reference);
      return target?.type === 'Patient' && target.id !== own ? [`Patient/${target.id}`] : [];
    }),
  );
}
