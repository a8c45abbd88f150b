import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverySchema } from '../../cds-hooks/answer-schema.ts';
import { packageRoot } from '../../src/config.ts';
import { type ConformanceClient, calls, startConformanceClient } from '../helpers/conformance-client.ts';

let client: ConformanceClient;
beforeAll(async () => {
  client = await startConformanceClient();
});
afterAll(() => client.close());

describe('discovery', () => {
  it('D1, D3, D4, D5, D6, D7: lists the services with all that is asked for', async () => {
    const { status, json } = await client.send('/cds-services');
    expect(status).toBe(200);
    const { services } = discoverySchema.parse(json);
    expect(services).toHaveLength(3);
    for (const { version } of services) expect(version).toBe('2.0.1');
  });

  it('D12: is the same each time, and says so by its ETag', async () => {
    const [first, second] = [await client.send('/cds-services'), await client.send('/cds-services')];
    expect(second.text).toBe(first.text);
    const etag = first.headers.get('etag') ?? '';
    expect(second.headers.get('etag')).toBe(etag);
    expect(
      (
        await client.send('/cds-services', undefined, {
          headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
        })
      ).status,
    ).toBe(304);
  });

  it('D13: capabilities are documented in docs/integration.md', () => {
    const guide = readFileSync(path.join(packageRoot(), 'docs/integration.md'), 'utf8');
    for (const { hook } of calls) expect(guide).toContain(`deltascope-${hook}`);
  });

  it('P1, P2, P3, P5, P6, P7: templates are plain reads and searches with tokens of root-level context fields', async () => {
    const { services } = discoverySchema.parse((await client.send('/cds-services')).json);
    for (const { prefetch } of services) {
      for (const [key, template] of Object.entries(prefetch)) {
        const tokens = [...template.matchAll(/\{\{(.*?)\}\}/g)].map(([, token]) => token);
        expect(tokens, key).toEqual(['context.patientId']);
        const filled = template.replace('{{context.patientId}}', 'x');
        expect(filled, key).toMatch(/^[A-Z][A-Za-z]+(\/x|\?[^?]+)$/);
        const names = [...new URL(filled, 'https://ehr.example/').searchParams.keys()];
        expect(new Set(names).size, key).toBe(names.length);
        // Neither _include, _revinclude, _has nor a chain.
        for (const name of names)
          expect(['patient', 'code', 'category', 'status', 'date', '_count', '_sort']).toContain(name);
      }
    }
  });
});
