import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSplitter, type HookBody } from '../../../cds-hooks/hook-body.ts';
import { RequestError } from '../../../src/errors.ts';

/** The body put together again. */
function whole({ head, prefetch }: HookBody): unknown {
  return prefetch === null ? head : { ...(head as object), prefetch: prefetch.parse() };
}

/** Reads a text twice, the second time with what is known from the first; both must say the same. */
function readTwice(text: string): unknown {
  const split = createSplitter();
  const first = whole(split(Buffer.from(text)));
  expect(whole(split(Buffer.from(text)))).toEqual(first);
  return first;
}

const names = fc.oneof(
  fc.constantFrom('prefetch', 'hook', 'context', '"prefetch":', 'x\\"prefetch', '{', '\\'),
  fc.string(),
);
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0),
    names,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('a body and its prefetch apart', () => {
  it('says what the whole says, wherever the prefetch stands and whatever it looks like', () => {
    const bodies = fc.array(fc.tuple(names, json), { maxLength: 6 });
    fc.assert(
      fc.property(bodies, fc.constantFrom(undefined, 2, '\t'), (members, indent) => {
        const text = JSON.stringify(Object.fromEntries(members), null, indent);
        expect(readTwice(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000, seed: 6 },
    );
  });

  it.each([
    ['the last member of a name counts', '{"prefetch":{"a":1},"hook":"h","prefetch":{"b":2}}'],
    ['also where one is spelt with an escape', '{"prefetch":{"a":1},"prefetc\\u0068":null}'],
    ['or before it', '{"prefetc\\u0068":null,"prefetch":{"a":1}}'],
    ['a prefetch inside another member is not it', '{"context":{"prefetch":{"a":1}},"hook":"h"}'],
    ['nor a text that looks like it', '{"hook":"\\"prefetch\\":{\\"a\\":1}"}'],
    ['nor the end of a name', '{"x\\"prefetch":{"a":1}}'],
    ['null, text and numbers stay where they are', '{"prefetch":null,"hook":"prefetch"}'],
    ['white space', '\n{ "hook" : "h" , "prefetch" :\r\n { "a" : [ ] }\t} \n'],
    ['a byte order mark', '\uFEFF{"prefetch":{"a":1}}'],
    ['an array', '[{"prefetch":{"a":1}}]'],
    ['no object', '7'],
  ])('%s', (_title, text) => {
    expect(readTwice(text)).toEqual(JSON.parse(text.replace(/^\uFEFF/, '')));
  });

  it.each([
    ['', 'HOOK_BODY_INVALID'],
    ['{', 'HOOK_BODY_INVALID'],
    ['{"prefetch":{"a":1}', 'HOOK_BODY_INVALID'],
    ['{"prefetch":{"a":}}', 'HOOK_BODY_INVALID'],
    ['{"prefetch":{"a":1},}', 'HOOK_BODY_INVALID'],
    ['{"prefetch":{"a":"\\', 'HOOK_BODY_INVALID'],
    ['{"prefetch":[}]', 'HOOK_BODY_INVALID'],
    [`{"prefetch":${'['.repeat(64)}${']'.repeat(64)}}`, 'HTTP_REQUEST_INVALID'],
    [`{"context":${'['.repeat(64)}${']'.repeat(64)}}`, 'HTTP_REQUEST_INVALID'],
  ])('%s is refused', (text, code) => {
    try {
      readTwice(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError);
      expect((error as RequestError).code).toBe(code);
    }
  });

  it('a text that is no JSON is refused as the whole would be', () => {
    const text = '{"hook":"h","context":{"a":[1,{"b":"c"}]},"prefetch":{"patient":{"id":"p","name":[{"text":"n"}]}}}';
    fc.assert(
      fc.property(fc.nat(text.length), fc.constantFrom('', '"', '{', '}', '[', ',', '\\', ':'), (at, change) => {
        const broken = text.slice(0, at) + change + text.slice(at + 1);
        let expected: unknown;
        try {
          expected = JSON.parse(broken);
        } catch {
          expect(() => readTwice(broken), broken).toThrow(RequestError);
          return;
        }
        expect(readTwice(broken), broken).toEqual(expected);
      }),
      { numRuns: 2000, seed: 6 },
    );
  });

  it('the same prefetch has the same hash, whatever is around it', () => {
    const split = createSplitter();
    const prefetch = '{"patient": {"id": "p"}}';
    const bodies = [
      `{"hook":"a","prefetch":${prefetch}}`,
      `{"prefetch":${prefetch} ,"hook":"b"}`,
      `{"prefetch": ${prefetch}\n}`,
    ];
    const hashes = [...bodies, ...bodies].map((body) => {
      const { prefetch: found } = split(Buffer.from(body));
      found?.parse();
      return found?.hash;
    });
    expect(new Set(hashes).size).toBe(1);
    expect(split(Buffer.from('{"prefetch":{"patient":{"id":"q"}}}')).prefetch?.hash).not.toBe(hashes[0]);
  });
});
