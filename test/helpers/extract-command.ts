import yargs from 'yargs';
import { extractCommand } from '../../src/cli/extract.ts';

/**
 * Runs `deltascope extract` in this process.
 *
 * @param args What follows `extract` on the command line.
 * @throws What the command throws, and `Error` for arguments that it refuses.
 */
export async function runExtract(...args: string[]): Promise<void> {
  await yargs(['extract', ...args])
    .command(extractCommand)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parseAsync();
}
