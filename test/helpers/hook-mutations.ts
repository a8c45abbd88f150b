import fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Values that have broken parsers, databases, Markdown and regular expressions before. */
const nasty: readonly Json[] = [
  null,
  '',
  ' ',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[]],
  '\u0000',
  '\ud800',
  '\u202e\u200b\ufeff',
  '../../../etc/passwd',
  "'; drop table assessment; --",
  '<script>alert(1)</script>',
  '](javascript:alert(1))',
  '{{context.patientId}}',
  'Patient/',
  'Patient/../Observation',
  'http://127.0.0.1:9/fhir',
  'file:///etc/passwd',
  '0000-00-00',
  '9999-12-31T23:59:60Z',
  '-0',
  '1e999',
  'a'.repeat(100_000),
  `${'('.repeat(5000)}${')'.repeat(5000)}`,
  { resourceType: 'Bundle', entry: null },
  { resourceType: 'Patient', id: 'another' },
  { resourceType: '__proto__' },
  // Own members of these names, which an assignment could not make.
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
  { toString: 1, hasOwnProperty: 2, length: -1, valueOf: 3 },
];

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 90 }).map(nested) },
);

/** Objects and arrays inside each other. */
function nested(depth: number): Json {
  let inner: Json = 'x';
  for (let level = 0; level < depth; level++) inner = level % 2 === 0 ? [inner] : { extension: inner };
  return inner;
}

const mutation = fc.record({
  place: fc.nat(1_000_000),
  what: fc.constantFrom('replace', 'drop', 'retype', 'repeat', 'rename', 'swap'),
  value,
});

type Parent = Json[] | { [name: string]: Json };

/** Every place in a value: its parent and its name or index there. */
function placesOf(root: Json, found: [Parent, string][] = []): [Parent, string][] {
  if (typeof root !== 'object' || root === null) return found;
  for (const [name, member] of Object.entries(root)) {
    found.push([root, name]);
    placesOf(member, found);
  }
  return found;
}

/**
 * A valid body with one to five places changed: left out, replaced, of another type, repeated, renamed, exchanged.
 *
 * @param valid Any JSON value.
 * @returns JSON text.
 */
export function mutated(valid: unknown): fc.Arbitrary<string> {
  return fc.array(mutation, { minLength: 1, maxLength: 5 }).map((mutations) => {
    const root = structuredClone(valid) as Json;
    for (const { place, what, value: replacement } of mutations) {
      const places = placesOf(root);
      const [parent, name] = places[place % Math.max(1, places.length)] ?? [];
      if (parent === undefined || name === undefined) continue;
      apply(parent as Record<string, Json>, name, what, replacement, places);
    }
    return JSON.stringify(root);
  });
}

function apply(
  parent: Record<string, Json>,
  name: string,
  what: string,
  replacement: Json,
  places: readonly [Parent, string][],
): void {
  const present = parent[name] ?? null;
  if (what === 'drop') delete parent[name];
  else if (what === 'retype') parent[name] = typeof present === 'string' ? [present] : JSON.stringify(present);
  else if (what === 'repeat') parent[name] = Array.isArray(present) ? [...present, ...present] : [present, present];
  else if (what === 'rename') {
    delete parent[name];
    parent[typeof replacement === 'string' ? replacement.slice(0, 200) : 'renamed'] = present;
  } else if (what === 'swap') {
    const [other, otherName] = places[Math.floor(places.length / 2)] ?? [];
    const moved = other === undefined ? null : ((other as Record<string, Json>)[otherName ?? ''] ?? null);
    // A copy: a place inside itself would have no end.
    parent[name] = structuredClone(moved);
  } else parent[name] = replacement;
}
