import { Piscina } from 'piscina';
import { type ErrorCode, errorTable, NetworkError } from '../errors.ts';
import type { Network } from '../onnx/network.ts';
import type { NetworkInput } from '../onnx/network-crop.ts';
import { noLoaders, workerFile } from './extraction-pool.ts';
import type { WorkerAnswer } from './extraction-worker.ts';

export interface NetworkThread {
  /** Runs a network on the worker thread; throws as `runNetwork` does. */
  infer(network: Network, input: NetworkInput): Promise<Readonly<Record<string, number>>>;
  /** Ends the threads, and what still runs on them. */
  close(): Promise<void>;
}

/**
 * One worker thread for neural networks, which it keeps loaded while there is work: loading and running them would hold up the
 * event loop, and with it hook calls.
 */
export function createNetworkThread(): NetworkThread {
  const pool = new Piscina({
    filename: workerFile(import.meta.url, 'network-worker'),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 60_000,
    execArgv: noLoaders,
  });
  return {
    async infer(network, input) {
      const run = pool.run({ network, input }, { name: 'runInWorker' });
      const answer = (await run) as WorkerAnswer<Readonly<Record<string, number>>>;
      if ('result' in answer) return answer.result;
      const { code, subject, message } = answer.failure;
      throw new NetworkError(code in errorTable ? (code as ErrorCode) : 'INTERNAL', subject, message);
    },
    close: () => pool.destroy(),
  };
}
