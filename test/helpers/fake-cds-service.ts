import { createServer } from 'node:http';
import express from 'express';
import type { DemoDrug, DemoPatientRow, DemoViewer } from '../../src/demo/page/wire.ts';
import { createDemoPage } from '../../src/demo/page-routes.ts';
import { listenOnLoopback } from './loopback.ts';

/** What the fake answers to one hook call. */
export interface FakeAnswer {
  readonly status?: number;
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
  readonly delayMs?: number;
}

/** A hook call as it arrived. */
export interface HookCall {
  readonly id: string;
  readonly body: {
    readonly hook: string;
    readonly hookInstance: string;
    readonly context: { readonly patientId: string; readonly selections?: string[]; readonly draftOrders?: unknown };
  };
}

export interface FakeCdsService {
  readonly url: string;
  /** Calls so far, oldest first. */
  readonly calls: readonly HookCall[];
  close(): Promise<void>;
}

export const fakePatients: readonly DemoPatientRow[] = [
  {
    id: 'aster',
    name: 'Synthetic-Aster, Anna',
    sex: 'female',
    age: 74,
    birthDate: '1952-03-03',
    historyLine: 'New extensive-stage SCLC, first line planned',
    diagnosis: 'Small cell carcinoma of lung, extensive stage, cT3 N3 M1',
    studies: [],
  },
  {
    id: 'birch',
    name: 'Synthetic-Birch, Bruno',
    sex: 'male',
    age: 52,
    birthDate: '1974-06-21',
    historyLine: 'New extensive-stage SCLC, ECOG 0',
    diagnosis: 'Small cell carcinoma of lung, extensive stage, cT2 N1 M1',
    studies: [],
  },
];

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';

export const fakeDrugs: readonly DemoDrug[] = [
  { inn: 'atezolizumab', coding: { system: rxnorm, code: '1792776', display: 'atezolizumab' } },
  { inn: 'durvalumab', coding: { system: rxnorm, code: '1919503', display: 'durvalumab' } },
  { inn: 'carboplatin', coding: { system: rxnorm, code: '40048', display: 'carboplatin' } },
];

/** For pages whose tests do not open the viewer. */
export function noViewer(): DemoViewer {
  return { kind: 'off', text: '' };
}

/** For pages whose tests do not open a patient's models. */
export function neverAsked(patientId: string): Promise<never> {
  return Promise.reject(new Error(`${patientId} was assessed`));
}

/**
 * Serves the real page with a decision support service that misbehaves on request.
 *
 * @param answer Asked for every hook call; `call` counts from 0.
 */
export async function startFakeCdsService(
  answer: (hookCall: HookCall, call: number) => FakeAnswer,
  discoveryStatus = 200,
): Promise<FakeCdsService> {
  const calls: HookCall[] = [];
  const app = express();
  app.use(express.json());
  app.use(createDemoPage({ patients: fakePatients, drugs: fakeDrugs, assess: neverAsked, viewer: noViewer }));
  app.get('/cds-services', (_request, response) => {
    const hooks = ['patient-view', 'order-select', 'order-sign'];
    const services = hooks.map((hook) => ({ hook, id: `deltascope-${hook}`, description: 'fake' }));
    response.status(discoveryStatus).json({ services });
  });
  app.post('/cds-services/:id', (request, response) => {
    const hookCall = { id: request.params.id, body: request.body };
    const { status = 200, body, delayMs = 0 } = answer(hookCall, calls.length);
    calls.push(hookCall);
    setTimeout(() => {
      response.status(status).type('application/json');
      response.send(typeof body === 'string' ? body : JSON.stringify(body));
    }, delayMs);
  });
  return { ...(await listenOnLoopback(createServer(app))), calls };
}
