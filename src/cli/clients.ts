import type { CommandModule } from 'yargs';
import { readClientsFile } from '../http/client-registry.ts';
import { clientFields } from '../http/client-schema.ts';

const fields = clientFields
  .map(({ name, meaning, default: value }) => `  ${name.padEnd(28)} ${meaning}${value === null ? '' : ` [${value}]`}`)
  .join('\n');

const checkClientsCommand: CommandModule<object, { file: string }> = {
  command: 'check <file>',
  describe: 'check a clients file and the key files that it names',
  builder: (yargs) => yargs.positional('file', { type: 'string', demandOption: true, describe: 'the clients file' }),
  async handler({ file }) {
    for (const line of await describeClients(file)) console.log(line);
  },
};

/** `deltascope clients check FILE`; `--help` explains every field of the file. */
export const clientsCommand: CommandModule = {
  command: 'clients <command>',
  describe: 'the registered CDS Hooks clients (DELTASCOPE_CLIENTS_FILE)',
  builder: (yargs) =>
    yargs
      .command(checkClientsCommand)
      .demandCommand(1)
      .epilogue(
        `The file is JSON, { "clients": [ ... ] }, and is read again when it changes. Fields of a client:\n${fields}\n` +
          'A client needs its issuer, its name, and one of jku, keysFile, jwks.',
      ),
  handler: () => undefined,
};

/**
 * One line a client: who, under which issuer, with which keys and FHIR servers.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID`.
 */
export async function describeClients(file: string): Promise<string[]> {
  const { clients } = await readClientsFile(file);
  return clients.map(({ name, issuer, keys, jku, algorithms, fhirServers }) => {
    const from = [
      ...(keys === null ? [] : [`keys ${keys.keys.map(({ kid }) => kid).join(', ')}`]),
      ...(jku === undefined ? [] : [`keys at ${jku}`]),
    ];
    const servers = fhirServers.length === 0 ? 'no FHIR server of its own' : fhirServers.join(', ');
    return `client ${name} (${issuer}): ${algorithms.join(', ')}; ${from.join(', ')}; ${servers}`;
  });
}
