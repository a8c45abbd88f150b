import type { Network } from '../onnx/network.ts';
import type { NetworkInput } from '../onnx/network-crop.ts';
import { runNetwork } from '../onnx/run-network.ts';
import { answer, type WorkerAnswer } from './extraction-worker.ts';

export interface NetworkTask {
  readonly network: Network;
  readonly input: NetworkInput;
}

/** Entry of the worker thread: one run of a network. */
export function runInWorker({ network, input }: NetworkTask): Promise<WorkerAnswer<Readonly<Record<string, number>>>> {
  return answer(() => runNetwork(network, input));
}
