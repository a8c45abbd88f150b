import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NetworkError } from '../errors.ts';
import { type NetworkDeclaration, networkSchema } from './network-schema.ts';

/** A network with its declaration, read and checked. */
export interface Network {
  readonly declaration: NetworkDeclaration;
  /** Where the ONNX file is. */
  readonly file: string;
  /** SHA-256, hex, of what decides the numbers: equal hashes give equal features. */
  readonly hash: string;
}

/**
 * Reads a declaration under `mappings/processing`, and sees that its ONNX file is there and is the declared one.
 *
 * @param declarationFile Path of the JSON file.
 * @throws NetworkError `NETWORK_INVALID` naming what is wrong in the declaration or that the file is another one, and
 *   `NETWORK_MISSING` if the site has not supplied the file.
 */
export function readNetwork(declarationFile: string): Network {
  const name = path.basename(declarationFile);
  const declaration = readDeclaration(declarationFile, name);
  const file = path.join(path.dirname(declarationFile), declaration.file);
  readNetworkFile({ declaration, file });
  const { about: _, notice: __, ...numeric } = declaration;
  return { declaration, file, hash: createHash('sha256').update(canonicalJson(numeric)).digest('hex') };
}

function readDeclaration(declarationFile: string, name: string): NetworkDeclaration {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(declarationFile, 'utf8'));
  } catch (cause) {
    throw new NetworkError('NETWORK_INVALID', name, "the network's declaration can't be read as JSON: correct it", {
      cause,
    });
  }
  const parsed = networkSchema.safeParse(json);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
    throw new NetworkError('NETWORK_INVALID', name, `correct the network's declaration: ${wrong.join('; ')}`);
  }
  return parsed.data;
}

/**
 * Bytes of a network's ONNX file, which are the declared ones.
 *
 * @throws NetworkError `NETWORK_MISSING`, or `NETWORK_INVALID` if the SHA-256 differs.
 */
export function readNetworkFile({ declaration, file }: Pick<Network, 'declaration' | 'file'>): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const text = 'the site has not supplied the network: put the ONNX file beside its declaration';
    throw new NetworkError('NETWORK_MISSING', declaration.file, text, { cause });
  }
  if (createHash('sha256').update(bytes).digest('hex') !== declaration.sha256) {
    const text =
      'the ONNX file is not the one that its declaration names by SHA-256: put that one back, or declare this one';
    throw new NetworkError('NETWORK_INVALID', declaration.file, text);
  }
  return bytes;
}

/** JSON with the keys of every object sorted. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
