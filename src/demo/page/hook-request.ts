import type { DemoDrug, HookName } from './wire.ts';

/** A line of the order composer. */
export interface DraftOrder {
  /** `MedicationRequest.id`. */
  readonly id: string;
  readonly drug: DemoDrug;
  /** Number as typed, `1200`. */
  readonly dose: string;
  readonly unit: string;
  readonly route: string;
  readonly schedule: string;
  /** First administration, `YYYY-MM-DD`. */
  readonly start: string;
}

/** Schedules of the form with their FHIR timing: `days` per cycle, `repeats` administrations in it. */
export const schedules: Readonly<Record<string, { readonly days: number; readonly repeats: number }>> = {
  'once every 3 weeks': { days: 21, repeats: 1 },
  'once every 2 weeks': { days: 14, repeats: 1 },
  'once every 4 weeks': { days: 28, repeats: 1 },
  'once every 6 weeks': { days: 42, repeats: 1 },
  'days 1-3, every 3 weeks': { days: 21, repeats: 3 },
  'days 1-5, every 3 weeks': { days: 21, repeats: 5 },
  'days 1, 8 and 15, every 4 weeks': { days: 28, repeats: 3 },
};

const routes: Readonly<Record<string, string>> = { intravenous: '47625008', oral: '26643006' };

/** One line for a person: "1200 mg intravenous, once every 3 weeks". */
export function describeDose(order: Omit<DraftOrder, 'id' | 'drug'>): string {
  const amount = order.unit === 'AUC' ? `AUC ${order.dose}` : `${order.dose} ${order.unit}`;
  return `${amount} ${order.route}, ${order.schedule}`;
}

/** The FHIR R4 draft `MedicationRequest` of an order. */
export function medicationRequest(order: DraftOrder, patientId: string): Record<string, unknown> {
  const timing = schedules[order.schedule];
  const routeCode = routes[order.route];
  return {
    resourceType: 'MedicationRequest',
    id: order.id,
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: { coding: [order.drug.coding], text: order.drug.coding.display },
    subject: { reference: `Patient/${patientId}` },
    authoredOn: new Date().toISOString(),
    dosageInstruction: [
      {
        text: describeDose(order),
        timing: {
          repeat: {
            boundsPeriod: { start: order.start },
            ...(timing && { frequency: timing.repeats, period: timing.days, periodUnit: 'd' }),
          },
        },
        route: {
          ...(routeCode && { coding: [{ system: 'http://snomed.info/sct', code: routeCode }] }),
          text: order.route,
        },
        // A dose per body surface or by AUC is no amount: it stays in the text.
        ...(order.unit === 'mg' && {
          doseAndRate: [
            {
              doseQuantity: { value: Number(order.dose), unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
            },
          ],
        }),
      },
    ],
  };
}

/**
 * Body of a CDS Hooks 2.0.1 service call.
 *
 * @param orders Unsigned orders of the patient; sent with the two order hooks only.
 * @param selectedId `id` of the order that was just placed; needed by `order-select`.
 */
export function hookRequest(
  hook: HookName,
  patientId: string,
  orders: readonly DraftOrder[],
  selectedId?: string,
): Record<string, unknown> {
  const context: Record<string, unknown> = { userId: 'Practitioner/demo', patientId };
  if (hook !== 'patient-view') {
    context.draftOrders = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: orders.map((order) => ({ resource: medicationRequest(order, patientId) })),
    };
  }
  if (hook === 'order-select') context.selections = [`MedicationRequest/${selectedId}`];
  return { hook, hookInstance: crypto.randomUUID(), context };
}
