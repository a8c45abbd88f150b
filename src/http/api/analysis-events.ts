import type { Response } from 'express';
import type { Engine } from '../../jobs/engine.ts';
import { analysisState } from './analysis-state.ts';
import type { AnalysisEvent } from './panel-types.ts';

/** How often the queue is looked at for what other processes do. */
const lookEveryMs = 1000;
/** Progress in this process comes in bursts; a person sees no more than this. */
const atMostEveryMs = 150;
/** Proxies close connections on which nothing comes. */
const heartbeatMs = 15_000;
/** A viewer that forgot to hang up asks again. */
const longestMs = 30 * 60_000;

const ended: readonly AnalysisEvent['state'][] = ['ready', 'none', 'failed'];

/**
 * Answers with server-sent events named `analysis` until the analysis of the patient's images has ended: the state at once, and
 * whenever it changes. Whoever asks for a patient whose images were never looked at waits for them, so they are queued.
 *
 * @param patientId Logical id; the caller has checked that the user may ask.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamAnalysis(
  engine: Pick<Engine, 'store' | 'imagingWatch' | 'queueImagingForPerson'>,
  patientId: string,
  response: Response,
): Promise<void> {
  if ((await engine.store.imagingStatusOf(`Patient/${patientId}`)) === undefined) {
    await engine.queueImagingForPerson(patientId);
  }
  // Before the first look, so that nothing happens between the two unseen.
  const changes = createSignal();
  const stop = engine.imagingWatch.watch(patientId, changes.raise);
  response.on('close', changes.raise);
  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // nginx would hold the events back until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const began = Date.now();
  let last = '';
  let writtenAt = began;
  try {
    while (!response.destroyed && Date.now() - began < longestMs) {
      const state = await analysisState(engine, patientId);
      const data = JSON.stringify(state);
      if (data !== last) {
        response.write(`event: analysis\ndata: ${data}\n\n`);
        writtenAt = Date.now();
      } else if (Date.now() - writtenAt >= heartbeatMs) {
        response.write(': waiting\n\n');
        writtenAt = Date.now();
      }
      last = data;
      if (ended.includes(state.state)) break;
      await changes.wait(lookEveryMs);
    }
  } finally {
    stop();
    response.end();
  }
}

/** Waits for something to happen, but not longer than a time, and never wakes more often than a person can see. */
function createSignal() {
  let raised = false;
  let wake: (() => void) | undefined;
  return {
    raise() {
      raised = true;
      wake?.();
    },
    async wait(longest: number): Promise<void> {
      await sleep(atMostEveryMs);
      if (!raised) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, longest - atMostEveryMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = undefined;
      raised = false;
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
