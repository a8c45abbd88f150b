import type { Requirement } from './requirements.ts';

/**
 * The checklist as a page: each requirement with the files whose tests name it.
 *
 * @param titles Test files by requirement number.
 */
export function conformanceTable(
  requirements: readonly Requirement[],
  titles: ReadonlyMap<string, readonly string[]>,
): string {
  const rows = requirements.map(({ number, level, text, note }) => {
    const files = titles.get(number) ?? [];
    const shown = [...files.map((file) => `[${file.replace(/^.*\//, '')}](../test/${file})`), ...(note ? [note] : [])];
    return `| ${number} | ${level} | ${text} | ${files.length > 0 ? 'tested' : note === undefined ? 'open' : 'see note'} | ${shown.join('; ')} |`;
  });
  return [
    '# CDS Hooks conformance',
    '',
    'What CDS Hooks 2.0.1 asks of a service, and what of the ballot of 3.0 does not break it. Requirements are in our own words;',
    "`wise` is not in the specification but follows from real clients. A test's title begins with the numbers that it proves.",
    'This page is written by `npx vitest run test/conformance/checklist.test.ts -u`; a test holds it against the tests there are.',
    '',
    '| number | level | requirement | state | where |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
