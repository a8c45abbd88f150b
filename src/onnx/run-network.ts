import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { NetworkError } from '../errors.ts';
import { type Network, readNetworkFile } from './network.ts';
import type { NetworkInput } from './network-crop.ts';
import type { NetworkDeclaration } from './network-schema.ts';

// Threads of its own would need a build served over HTTP with isolation headers; the networks are small.
env.wasm.numThreads = 1;

/** Sessions by hash of their network: loading one takes longer than running it. */
const sessions = new Map<string, Promise<InferenceSession>>();

/**
 * Runs a network on one input, on the CPU (WebAssembly), and names its outputs.
 *
 * @param network Its file is read and its hash checked before it runs for the first time.
 * @param input As `prepareNetworkInput` gives it.
 * @returns Feature keys to finite values.
 * @throws NetworkError `NETWORK_MISSING`, `NETWORK_INVALID` if the graph does not fit the declaration, `NETWORK_FAILED` if it
 *   can't be run or answers what is no number.
 */
export async function runNetwork(network: Network, input: NetworkInput): Promise<Readonly<Record<string, number>>> {
  const { declaration } = network;
  const session = await sessionOf(network);
  let answers: InferenceSession.OnnxValueMapType;
  try {
    answers = await session.run({ [declaration.input.name]: new Tensor('float32', input.data, [...input.dims]) });
  } catch (cause) {
    throw new NetworkError(
      'NETWORK_FAILED',
      declaration.file,
      `the network does not run on its input (${textOf(cause)})`,
      {
        cause,
      },
    );
  }
  return Object.fromEntries(declaration.outputs.flatMap((output) => namedValues(declaration.file, output, answers)));
}

function sessionOf(network: Network): Promise<InferenceSession> {
  const known = sessions.get(network.hash);
  if (known !== undefined) return known;
  const session = openSession(network);
  sessions.set(network.hash, session);
  // A file that is put right later gets another chance.
  session.catch(() => sessions.delete(network.hash));
  return session;
}

async function openSession(network: Network): Promise<InferenceSession> {
  const { declaration } = network;
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(readNetworkFile(network), { executionProviders: ['wasm'] });
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    throw new NetworkError('NETWORK_INVALID', declaration.file, `the ONNX file can't be loaded (${textOf(cause)})`, {
      cause,
    });
  }
  const { name } = declaration.input;
  const inputs = session.inputNames;
  if (inputs.length !== 1 || inputs[0] !== name) {
    const text = `the network's inputs are ${inputs.join(', ')}: declare exactly that one, not ${name}`;
    throw new NetworkError('NETWORK_INVALID', declaration.file, text);
  }
  for (const output of declaration.outputs) {
    if (session.outputNames.includes(output.name)) continue;
    const text = `the network has no output ${output.name} (it has ${session.outputNames.join(', ')})`;
    throw new NetworkError('NETWORK_INVALID', declaration.file, text);
  }
  return session;
}

function namedValues(
  file: string,
  output: NetworkDeclaration['outputs'][number],
  answers: InferenceSession.OnnxValueMapType,
): [string, number][] {
  const tensor = answers[output.name];
  if (tensor === undefined || !(tensor.data instanceof Float32Array || tensor.data instanceof Float64Array)) {
    throw new NetworkError('NETWORK_INVALID', file, `output ${output.name} is no tensor of real numbers`);
  }
  const values = [...tensor.data];
  if ('names' in output && output.names.length !== values.length) {
    const text = `output ${output.name} has ${values.length} values and ${output.names.length} declared names`;
    throw new NetworkError('NETWORK_INVALID', file, text);
  }
  if (!values.every(Number.isFinite)) {
    throw new NetworkError('NETWORK_FAILED', file, `output ${output.name} holds values that are no numbers`);
  }
  return values.map((value, at) => ['names' in output ? (output.names[at] ?? '') : `${output.prefix}${at}`, value]);
}

function textOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
