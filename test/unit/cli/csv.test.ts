import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, readCsv } from '../../../src/cli/csv.ts';

const cellsOf = (text: string) => readCsv(text).records.map(({ cells }) => cells);

describe('comma-separated text (RFC 4180)', () => {
  it('reads quoted cells, doubled quotes, either line break and a byte order mark', () => {
    expect(cellsOf('\ufeffa,"b,c"\r\n"d""e",\n"two\nlines",f')).toEqual([
      ['a', 'b,c'],
      ['d"e', ''],
      ['two\nlines', 'f'],
    ]);
  });

  it('counts lines of the file and leaves empty ones out', () => {
    expect(readCsv('a\n\n"b\nc"\nd\n').records.map(({ line }) => line)).toEqual([1, 3, 5]);
  });

  it('says where the last whole record ends', () => {
    expect(readCsv('a,b\nc,').complete).toBe(4);
    expect(readCsv('a,b\n"c\n').complete).toBe(4);
    expect(readCsv('a,b\nc,d\n').complete).toBe(8);
  });

  it('reads back what it writes', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ') });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        expect(cellsOf(rows.map(csvLine).join(''))).toEqual(rows);
      }),
    );
  });
});
