import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { describeEndpoints } from '../../cds-hooks/openapi.ts';
import { packageVersion } from '../../src/cli/version.ts';
import { packageRoot } from '../../src/config.ts';

const document = describeEndpoints(packageVersion());

describe('the OpenAPI description', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('docs/openapi.json is this description (vitest -u writes it)', async () => {
    const file = path.join(packageRoot(), 'docs/openapi.json');
    const biome = path.join(packageRoot(), 'node_modules/.bin/biome');
    const input = JSON.stringify(document, null, 2);
    const formatted = execFileSync(biome, ['format', `--stdin-file-path=${file}`], { input, encoding: 'utf8' });
    await expect(formatted).toMatchFileSnapshot(file);
  });
});
