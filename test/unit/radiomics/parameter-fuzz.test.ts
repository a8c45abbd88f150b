import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeltascopeError, describeError } from '../../../src/errors.ts';
import { parseParameters } from '../../../src/radiomics/parameters.ts';

const folder = path.join(import.meta.dirname, '../../../mappings/processing');
const seeds = [
  ...['es-sclc-1688.yaml', 'chest-1218.yaml'].map((file) => readFileSync(path.join(folder, file), 'utf8')),
  '{"setting": {"binWidth": 25, "resampledPixelSpacing": [1, 1, 1], "label": 1}, "imageType": {"LoG": {"sigma": [1.0]}}}',
];

/** Reads a text as a parameter file and gives its error. */
function failure(text: string): unknown {
  try {
    parseParameters(text, 'fuzz.yaml');
    return null;
  } catch (error) {
    return error;
  }
}

describe('parameter files with changed text', () => {
  it('are read unchanged', () => {
    for (const seed of seeds) expect(failure(seed)).toBeNull();
  });

  const pieces = [
    '&a ',
    '*a',
    '<<: *a',
    '!!binary ',
    '!!set',
    '? ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '\t',
  ];
  const values = ['.nan', '.inf', '-1', '0', '1e999', 'null', '~', 'yes', '__proto__', 'constructor', '0x7fffffff'];
  const change = fc.record({
    at: fc.nat(100_000),
    remove: fc.nat(6),
    insert: fc.oneof(fc.constantFrom(...pieces, ...values), fc.string({ maxLength: 4, unit: 'binary' })),
  });
  const mutation = fc.record({
    seed: fc.nat(seeds.length - 1),
    changes: fc.array(change, { minLength: 1, maxLength: 5 }),
  });
  const runs = Number(process.env.DELTASCOPE_FUZZ_RUNS ?? 500);

  it(`${runs} of them give parameters or a named error`, () => {
    let slowest = 0;
    fc.assert(
      fc.property(mutation, ({ seed, changes }) => {
        let text = seeds[seed]!;
        for (const { at, remove, insert } of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + insert + text.slice(place + remove);
        }
        const start = performance.now();
        const error = failure(text);
        slowest = Math.max(slowest, performance.now() - start);
        if (error === null) return;
        expect(error).toBeInstanceOf(DeltascopeError);
        expect(describeError(error)).not.toContain('\n');
      }),
      { seed: 20260723, numRuns: runs, endOnFailure: true },
    );
    expect(slowest).toBeLessThan(1000);
  }, 600_000);
});

describe('files made to do harm', () => {
  const laughs = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((key, at) => {
      const before = 'abcdefghi'[at]!;
      return `${key}: &${key} [${Array(10).fill(`*${before}`).join(', ')}]`;
    }),
  ].join('\n');

  it.each<[string, string]>([
    ['aliases of aliases (billion laughs)', laughs],
    ['an alias of itself', 'setting: &a { binWidth: *a }'],
    ['an alias of nothing', 'setting: *a'],
    ['10000 nested lists', '['.repeat(10_000)],
    ['10000 nested mappings', '{a: '.repeat(10_000)],
    ['10000 nested block lists', `${'- '.repeat(10_000)}1`],
    ['several documents', 'setting: {}\n---\nsetting: {}'],
    ['a key twice', 'setting: {}\nsetting: {}'],
    ['a file of 2 MB', `# ${'x'.repeat(2_000_000)}`],
    ['bytes that are no text', '\u0000\u0001\ufffe'],
  ])('%s: PARAMS_INVALID', (_, text) => {
    const start = performance.now();
    const error = failure(text);
    expect(error).toMatchObject({ code: 'PARAMS_INVALID' });
    expect(describeError(error)).not.toContain('\n');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each(['__proto__', 'constructor', 'toString'])('a key %s is unknown as any other', (key) => {
    expect(failure(`setting: { ${key}: 1 }`)).toMatchObject({ code: 'PARAMS_UNKNOWN_KEY' });
    expect(failure(`featureClass: { ${key}: [] }`)).toMatchObject({ code: 'PARAMS_UNKNOWN_KEY' });
    expect(failure(`imageType: { ${key}: {} }`)).toMatchObject({ code: 'PARAMS_UNKNOWN_KEY' });
  });
});
