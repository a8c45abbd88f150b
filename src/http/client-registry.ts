import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { z } from 'zod';
import { ConfigError, DeltascopeError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type ClientEntry, clientsFileSchema, keySetSchema, signatureKeyTypes } from './client-schema.ts';

/** A registered client with its defaults filled in and its key file read. */
export interface RegisteredClient extends Omit<ClientEntry, 'jwks' | 'keysFile'> {
  /** Keys from the registry itself; null where all come from `jku`. */
  readonly keys: JSONWebKeySet | null;
}

/** Who may call. */
export interface ClientRegistry {
  clientOf(issuer: string): RegisteredClient | undefined;
  close(): void;
}

/** What a clients file says, and which files that was read from. */
export interface ClientsFile {
  readonly clients: readonly RegisteredClient[];
  readonly files: readonly string[];
}

/**
 * Reads and checks a clients file, and the key files that it names (relative to its own folder).
 *
 * @throws ConfigError `FILE_UNREADABLE`, or `CONFIG_INVALID` naming each wrong field and each key that can't be used.
 */
export async function readClientsFile(file: string): Promise<ClientsFile> {
  const { clients: entries } = await readJson(file, clientsFileSchema);
  const files = [file];
  const clients = await Promise.all(
    entries.map(async ({ jwks, keysFile, ...client }): Promise<RegisteredClient> => {
      if (keysFile === undefined) return { ...client, keys: await checkKeys(file, client, jwks) };
      const keysPath = path.resolve(path.dirname(file), keysFile);
      files.push(keysPath);
      return { ...client, keys: await checkKeys(keysPath, client, await readJson(keysPath, keySetSchema)) };
    }),
  );
  return { clients, files };
}

/**
 * Reads the clients file, and again whenever it or a key file changes. A change that can't be used is logged and leaves
 * what was read before in force.
 *
 * @param pollMs How often the files are looked at.
 * @throws As {@link readClientsFile}, on the first reading.
 */
export async function openClientRegistry(file: string, logger: Logger, pollMs = 2000): Promise<ClientRegistry> {
  let current = await readClientsFile(file);
  let byIssuer = index(current);
  let closed = false;
  const watch = ({ files }: ClientsFile) => {
    // Polled: a mounted file is replaced by renaming or by a changed link, which other ways of watching miss.
    for (const each of files) watchFile(each, { interval: pollMs, persistent: false }, reload);
  };
  const unwatch = ({ files }: ClientsFile) => {
    for (const each of files) unwatchFile(each, reload);
  };
  function reload() {
    readClientsFile(file).then(
      (next) => {
        if (closed) return;
        unwatch(current);
        current = next;
        byIssuer = index(next);
        watch(next);
        logger.info({ clients: byIssuer.size }, 'clients file read again');
      },
      (error: unknown) => {
        const { code, subject } = error instanceof DeltascopeError ? error : { code: 'INTERNAL', subject: file };
        logger.error({ code, subject }, 'changed clients file not usable: the clients read before stay in force');
      },
    );
  }
  watch(current);
  return {
    clientOf: (issuer) => byIssuer.get(issuer),
    close() {
      closed = true;
      unwatch(current);
    },
  };
}

function index({ clients }: ClientsFile): ReadonlyMap<string, RegisteredClient> {
  return new Map(clients.map((client) => [client.issuer, client]));
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ConfigError('CONFIG_INVALID', file, 'not valid JSON', { cause });
    throw new ConfigError('FILE_UNREADABLE', file, `can't be read: ${String(cause)}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new ConfigError('CONFIG_INVALID', file, wrong.join('; '));
}

/** Every key must verify under one of the client's algorithms: one that never could is a mistake that shows up too late. */
async function checkKeys(
  file: string,
  { issuer, algorithms }: Pick<ClientEntry, 'issuer' | 'algorithms'>,
  keys: z.output<typeof keySetSchema> | undefined,
): Promise<JSONWebKeySet | null> {
  if (keys === undefined) return null;
  const set = keys as JSONWebKeySet;
  const find = createLocalJWKSet(set);
  for (const { kid, kty } of keys.keys) {
    const fitting = algorithms.filter((alg) => signatureKeyTypes[alg] === kty);
    const found = await Promise.allSettled(fitting.map((alg) => find({ alg, kid }, undefined)));
    if (!found.some(({ status }) => status === 'fulfilled')) {
      throw new ConfigError(
        'CONFIG_INVALID',
        file,
        `key ${kid} of ${issuer} is no key for ${algorithms.join(' or ')}: check kty, crv, alg, use and key_ops`,
      );
    }
  }
  return set;
}
