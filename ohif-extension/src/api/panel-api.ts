import type {
  AnalysisEvent,
  AnalysisState,
  AssessmentHistory,
  MeasuredRegion,
  PanelView,
  RegionAddress,
} from '../../../src/http/api/panel-types.ts';
import { ApiError, failureOf, failureOfResponse } from './api-failure.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** The service's panel API. Every call throws an `ApiError`, or the `AbortError` of its own signal. */
export interface PanelApi {
  /** All that the panel shows of the patient of these studies; `fresh` waits for facts that are read now. */
  panel(StudyInstanceUIDs: readonly string[], options: { fresh: boolean; signal: AbortSignal }): Promise<PanelView>;
  history(patientId: string, signal: AbortSignal): Promise<AssessmentHistory>;
  /** The voxels that features were taken from. */
  region(address: RegionAddress): Promise<MeasuredRegion>;
  /** Says that images changed; with a SOPInstanceUID that this segmentation was stored. */
  analyse(patientId: string, SOPInstanceUID?: string): Promise<AnalysisState>;
  /** State after state of the patient's analysis; ends when the service ends the stream, or it breaks. */
  analysisEvents(patientId: string, signal: AbortSignal): AsyncGenerator<AnalysisEvent>;
  /** A figure or model card at an address that the service gave. */
  text(href: string, signal: AbortSignal): Promise<string>;
  /** An address that the service gave, as one that a browser tab can open. */
  absolute(href: string): string;
}

export interface PanelApiOptions {
  /** Address of the service without a slash at the end; empty where it serves the viewer itself. */
  readonly base: string;
  /** Value of the Authorization header as the viewer has it now; undefined where there is none. */
  readonly authorization: () => string | undefined;
}

/**
 * A client of the panel API. The bearer token is asked for with every call, because viewers renew theirs. Without one the session
 * cookie of the same origin goes along.
 */
export function createPanelApi({ base, authorization }: PanelApiOptions): PanelApi {
  async function call(path: string, init: RequestInit & { accept: string }): Promise<Response> {
    const { accept, ...rest } = init;
    const token = authorization();
    const response = await fetch(absolute(path), {
      cache: 'no-store',
      ...rest,
      headers: { ...rest.headers, Accept: accept, ...(token === undefined ? {} : { Authorization: token }) },
      credentials: 'same-origin',
    }).catch((error: unknown) => {
      throw rest.signal?.aborted === true ? error : new ApiError(failureOf(error), { cause: error });
    });
    if (!response.ok) throw new ApiError(await failureOfResponse(response));
    return response;
  }
  const json = async <T>(path: string, signal: AbortSignal): Promise<T> => {
    const response = await call(path, { accept: 'application/json', signal });
    // The service checks its own answers against the schema of these types.
    return (await response.json()) as T;
  };
  function absolute(href: string): string {
    return new URL(href, base === '' ? window.location.origin : `${base}/`).href;
  }
  return {
    panel: (uids, { fresh, signal }) =>
      json(`api/panel?StudyInstanceUIDs=${encodeURIComponent(uids.join(','))}${fresh ? '&fresh=1' : ''}`, signal),
    history: (patientId, signal) => json(`${patientPath(patientId)}/assessments`, signal),
    async region({ segmentNumber, ...uids }) {
      const query = new URLSearchParams({ ...uids, segmentNumber: String(segmentNumber) });
      // The browser may keep it, and asks whether it may show it still.
      const response = await call(`api/regions?${query}`, { accept: 'application/json', cache: 'no-cache' });
      return (await response.json()) as MeasuredRegion;
    },
    async analyse(patientId, SOPInstanceUID) {
      const response = await call(`${patientPath(patientId)}/analysis`, {
        accept: 'application/json',
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(SOPInstanceUID === undefined ? {} : { SOPInstanceUID }),
      });
      return (await response.json()) as AnalysisState;
    },
    async *analysisEvents(patientId, signal) {
      const response = await call(`${patientPath(patientId)}/analysis/events`, { accept: 'text/event-stream', signal });
      if (response.body === null) return;
      for await (const { event, data } of readServerSentEvents(response.body)) {
        if (event === 'analysis') yield JSON.parse(data) as AnalysisEvent;
      }
    },
    async text(href, signal) {
      return (await call(href, { accept: 'image/svg+xml, text/markdown, text/plain', signal })).text();
    },
    absolute,
  };
}

function patientPath(id: string): string {
  return `api/patients/${encodeURIComponent(id)}`;
}
