import type { EventEmitter } from 'node:events';
import type { Database } from '../store/database.ts';
import { stateOf } from './attempt-end.ts';
import { imagingQueue } from './boss.ts';

/** What the queue knows of the analysis of a patient's images. */
export interface ImagingProgress {
  /** Null where no analysis waits or runs. */
  readonly state: 'pending' | 'running' | null;
  /** Share done, 0 to 1, while it runs in this process. */
  readonly share: number | null;
}

/** Follows the image analyses: those of this process as they go on, those of others by their state. */
export interface ImagingWatch {
  progressOf(patientId: string): Promise<ImagingProgress>;
  /**
   * Calls back when this process goes on with an analysis or ends it. What other processes do is not told: look now and then.
   *
   * @returns Ends the watching.
   */
  watch(patientId: string, onChange: () => void): () => void;
}

/**
 * {@link ImagingWatch} over the queue.
 *
 * @param local Emits `progress <patientId>` with the share done and `end <patientId>`, and `imaging-progress` with both.
 */
export function createImagingWatch(database: Database, local: EventEmitter): ImagingWatch {
  const shares = new Map<string, number>();
  local.on('imaging-progress', (patientId: string, share: number | null) => {
    if (share === null) shares.delete(patientId);
    else shares.set(patientId, share);
  });
  return {
    async progressOf(patientId) {
      const job = await stateOf(database, imagingQueue, patientId);
      if (job?.state === 'active') return { state: 'running', share: shares.get(patientId) ?? null };
      const waits = job?.state === 'created' || job?.state === 'retry';
      return { state: waits ? 'pending' : null, share: null };
    },
    watch(patientId, onChange) {
      local.on(`progress ${patientId}`, onChange);
      local.on(`end ${patientId}`, onChange);
      return () => {
        local.off(`progress ${patientId}`, onChange);
        local.off(`end ${patientId}`, onChange);
      };
    },
  };
}
