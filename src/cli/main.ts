#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { describeError } from '../errors.ts';
import { assessCommand } from './assess.ts';
import { checkCommand } from './check.ts';
import { extractCommand } from './extract.ts';
import { serveCommand } from './serve.ts';
import { packageVersion } from './version.ts';

await yargs(hideBin(process.argv))
  .scriptName('deltascope')
  .usage('$0 <command>\n\nDecision support for immunotherapy in lung cancer.')
  .command(serveCommand)
  .command(assessCommand)
  .command(extractCommand)
  .command(checkCommand)
  .demandCommand(1, 'Name a command; `deltascope --help` lists them.')
  .strict()
  .version(packageVersion())
  .help()
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .fail((message, error, parser) => {
    if (error === undefined || error === null) {
      parser.showHelp();
      console.error(`\n${message}`);
    } else {
      console.error(describeError(error));
    }
    process.exit(1);
  })
  .parseAsync();
