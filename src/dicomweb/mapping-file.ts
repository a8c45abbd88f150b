import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';

/** Text of a regular expression, searched without regard to case. */
export const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text, 'iu');
  } catch {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${text}` });
    return z.NEVER;
  }
});

/**
 * Reads a JSON table of the mappings folder and checks it.
 *
 * @param fileName Name within the folder.
 * @throws ConfigError `FILE_UNREADABLE` if it can't be read, `CONFIG_INVALID` naming every wrong entry.
 */
export function loadMapping<T extends z.ZodType>(mappingsFolder: string, fileName: string, schema: T): z.output<T> {
  const file = path.join(mappingsFolder, fileName);
  const parsed = schema.safeParse(readJson(file, fileName));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new ConfigError('CONFIG_INVALID', fileName, `correct the table: ${wrong}`);
}

function readJson(file: string, fileName: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('FILE_UNREADABLE', fileName, `can't be read: put it back into ${path.dirname(file)}`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError('CONFIG_INVALID', fileName, 'not valid JSON: correct the table', { cause });
  }
}
