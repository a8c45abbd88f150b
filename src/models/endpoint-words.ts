import type { Endpoint } from './form-schema.ts';

const events: Readonly<Record<Endpoint['event'], string>> = {
  death: 'death',
  progression: 'progression',
  'pd-l1-expression': 'PD-L1 expression',
  response: 'response',
};

/** Of what and by when: "death within 24 months". */
export function endpointWords({ event, horizonMonths }: Endpoint): string {
  return horizonMonths === undefined ? events[event] : `${events[event]} within ${horizonMonths} months`;
}
