/** One row of `GET /demo/patients`. */
export interface DemoPatientRow {
  /** `Patient.id`, without the type. */
  readonly id: string;
  readonly name: string;
  readonly sex: string;
  /** Completed years. */
  readonly age: number;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
  /** One line of history for the patient list. */
  readonly historyLine: string;
  readonly diagnosis: string;
  /** StudyInstanceUIDs of the first and the newest CT; empty where there is none. */
  readonly studies: readonly string[];
}

/** `GET /demo/viewer`. */
export interface DemoViewer {
  readonly kind: 'off' | 'fetching' | 'ready' | 'unavailable';
  /** For people; empty while there is nothing to say. */
  readonly text: string;
}

/** One row of `GET /demo/drugs`. */
export interface DemoDrug {
  /** International nonproprietary name, lower case. */
  readonly inn: string;
  readonly coding: { readonly system: string; readonly code: string; readonly display: string };
}

/** How an order form is filled in when a drug is picked: a usual schedule, for the demonstration only. */
export interface OrderSentence {
  readonly dose: string;
  readonly unit: string;
  readonly route: string;
  readonly schedule: string;
}

export type HookName = 'patient-view' | 'order-select' | 'order-sign';

export type Indicator = 'info' | 'warning' | 'critical';

export interface CardAction {
  readonly type: 'create' | 'update' | 'delete';
  readonly description?: string;
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly resourceId?: string;
}

export interface CardSuggestion {
  readonly label: string;
  readonly isRecommended?: boolean;
  readonly actions?: readonly CardAction[];
}

export interface CardLink {
  readonly label: string;
  readonly url: string;
  readonly type: 'absolute' | 'smart';
}

/** A card as CDS Hooks 2.0.1 defines it, as far as the page shows it. */
export interface Card {
  readonly summary: string;
  readonly indicator: Indicator;
  readonly detail?: string;
  readonly source: { readonly label: string; readonly url?: string };
  readonly suggestions?: readonly CardSuggestion[];
  readonly selectionBehavior?: 'at-most-one' | 'any';
  readonly links?: readonly CardLink[];
  readonly extension?: Readonly<Record<string, unknown>>;
}

/** True for a card that will change by itself: its extension says that the imaging is still being computed. */
export function isImagingPending(card: Card): boolean {
  const result = card.extension?.['org.deltascope.result'];
  return typeof result === 'object' && result !== null && 'imaging' in result && result.imaging === 'pending';
}
