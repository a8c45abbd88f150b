#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { describeError } from '../errors.ts';
import { assessCommand } from './assess.ts';
import { auditCommand } from './audit.ts';
import { boardCommand } from './board.ts';
import { checkCommand } from './check.ts';
import { clientsCommand } from './clients.ts';
import { extractCommand } from './extract.ts';
import { feedbackCommand } from './feedback.ts';
import { jobsCommand } from './jobs.ts';
import { publishCommand } from './publish.ts';
import { serveCommand } from './serve.ts';
import { packageVersion } from './version.ts';
import { workerCommand } from './worker.ts';

await yargs(hideBin(process.argv))
  .scriptName('deltascope')
  .usage('$0 <command>\n\nDecision support for immunotherapy in lung cancer.')
  .command(serveCommand)
  .command(workerCommand)
  .command(jobsCommand)
  .command(assessCommand)
  .command(boardCommand)
  .command(publishCommand)
  .command(extractCommand)
  .command(checkCommand)
  .command(clientsCommand)
  .command(feedbackCommand)
  .command(auditCommand)
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
