import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBoardCsv } from '../../src/cli/board-csv.ts';
import { maskOutline } from '../../src/radiomics/mask-outline.ts';
import { html } from '../../src/report/html-text.ts';
import { chooseAmounts, everything, type Part, parts, variants } from '../../src/report/page-amounts.ts';
import { printable } from '../../src/report/printable.ts';
import { bodyExtent, drawSlice, lesionExtent } from '../../src/report/slice-image.ts';
import { valueRange } from '../../src/report/value-scale.ts';

/** Area inside a closed line, with the sign of its direction (shoelace formula). */
function area(line: readonly (readonly [number, number])[]): number {
  return line.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = line[(at + 1) % line.length]!;
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

describe('outline of a mask', () => {
  it('runs through the middles of the edges: a single pixel is a diamond of half its area', () => {
    expect(maskOutline(Uint8Array.of(1), 1, [2, 1])).toEqual([
      [
        [1, 0],
        [2, 0.5],
        [1, 1],
        [0, 0.5],
      ],
    ]);
  });

  it('cuts an eighth of a pixel off each corner of a rectangle', () => {
    const mask = new Uint8Array(30);
    for (const y of [1, 2, 3]) mask.fill(1, 6 * y + 1, 6 * y + 5);
    const [line] = maskOutline(mask, 6, [1, 1]);
    expect(area(line!)).toBeCloseTo(4 * 3 - 4 / 8, 12);
  });

  it('goes around a hole the other way, and around each part', () => {
    const rows = ['11100', '10100', '11101'];
    const mask = Uint8Array.from(rows.join(''), Number);
    const areas = maskOutline(mask, 5, [1, 1]).map(area);
    expect(areas).toHaveLength(3);
    expect(areas.filter((value) => value < 0)).toHaveLength(1);
  });
});

describe('a slice as an image', () => {
  const plane = {
    values: Float32Array.from([-1350, -600, 150, 40]),
    mask: Uint8Array.from([0, 0, 1, 0]),
    columns: 2,
    rows: 2,
    pixelMm: [1, 1] as const,
  };

  it('maps the lung window W 1500 L -600 to black, middle grey and white (DICOM PS3.3 C.11.2.1.2)', async () => {
    const { decode } = await import('fast-png');
    const { png } = drawSlice(plane, { left: 0, top: 0, width: 2, height: 2 }, { width: 1500, center: -600 });
    const { data, width } = decode(Buffer.from(png.split(',')[1]!, 'base64'));
    expect(data[0]).toBe(0);
    expect(data[width - 1]).toBe(128);
    expect(data[width * (width - 1)]).toBe(255);
  });

  it('knows where body and lesion lie', () => {
    expect(bodyExtent(plane)).toEqual({ left: 0, top: 1, width: 2, height: 1 });
    expect(lesionExtent(plane)).toEqual({ left: 0, top: 1, width: 1, height: 1 });
  });
});

describe('range of values in a chart', () => {
  it.each([
    [
      [1.948, 1.953],
      [1.7552, 2.1458],
    ],
    [
      [0, 0],
      [-0.5, 0.5],
    ],
    [
      [40, 100],
      [40, 100],
    ],
    [
      [-92, -86],
      [-98.2, -79.8],
    ],
  ])('%j spans at least a fifth of the greatest magnitude: %j', (values, [low, high]) => {
    const range = valueRange(values);
    expect(range.low).toBeCloseTo(low!, 10);
    expect(range.high).toBeCloseTo(high!, 10);
  });
});

describe('how much of each part a page holds', () => {
  const height = fc.double({ min: 0, max: 400, noNaN: true });
  const heights = fc.record(
    Object.fromEntries(
      parts.map((part) => [
        part,
        fc
          .array(height, { minLength: variants[part].length, maxLength: variants[part].length })
          .map((values) => values.toSorted((a, b) => b - a)),
      ]),
    ) as Record<Part, fc.Arbitrary<number[]>>,
  );
  const total = (of: Record<Part, readonly number[]>, choice: Record<Part, number>) => {
    const each = (part: Part) => of[part][choice[part]]!;
    return (
      Math.max(each('course'), each('images'), each('risks')) + each('trends') + Math.max(each('drivers'), each('gaps'))
    );
  };
  const least = Object.fromEntries(parts.map((part) => [part, variants[part].length - 1])) as Record<Part, number>;

  it('shows everything where it fits', () => {
    fc.assert(
      fc.property(heights, (of) => {
        expect(chooseAmounts(of, total(of, everything))).toEqual(everything);
      }),
    );
  });

  it('always fits where the least of everything does', () => {
    fc.assert(
      fc.property(heights, fc.double({ min: 0, max: 1200, noNaN: true }), (of, room) => {
        fc.pre(total(of, least) <= room);
        expect(total(of, chooseAmounts(of, room))).toBeLessThanOrEqual(room);
      }),
    );
  });
});

describe('texts', () => {
  it('keeps what the fonts hold, and shows that a character is missing', () => {
    expect(printable('Müller-Łukasz, Ελένη, Дмитрий, Nguyễn')).toBe('Müller-Łukasz, Ελένη, Дмитрий, Nguyễn');
    expect(printable('Mu\u0308ller')).toBe('Müller');
    expect(printable('山田 太郎')).toBe('?? ??');
  });

  it('lets through only what each face of the embedded fonts has a glyph for (ISO 19005-2, 6.2.11.8)', () => {
    const ours = createRequire(import.meta.url);
    // The reader of fonts that the PDF library itself uses.
    const fontkit = createRequire(ours.resolve('pdfmake'))('fontkit') as {
      openSync(file: string): { hasGlyphForCodePoint(code: number): boolean };
    };
    const codes = Array.from({ length: 0x2fff - 0x20 }, (_, at) => at + 0x20);
    const printed = codes.filter((code) => printable(String.fromCodePoint(code)) === String.fromCodePoint(code));
    expect(printed.length).toBeGreaterThan(700);
    for (const face of ['Regular', 'Medium', 'Italic', 'MediumItalic']) {
      const font = fontkit.openSync(ours.resolve(`pdfmake/fonts/Roboto/Roboto-${face}.ttf`));
      expect(printed.filter((code) => !font.hasGlyphForCodePoint(code))).toEqual([]);
    }
  });

  it('escapes what is put into a page, and nothing twice', () => {
    const inner = html`<b>${'<script>"'}</b>`;
    expect(html`<p>${inner}</p>`.markup).toBe('<p><b>&#60;script&#62;&#34;</b></p>');
  });
});

describe('list of patients as CSV', () => {
  it('takes patient, question and start by the names in the head', () => {
    const text = 'question,patient,start\n"Surgery, or not?",Patient/a1,2026-11-24\n,b2,\n';
    expect(readBoardCsv(text, 'list.csv')).toEqual([
      { patientId: 'a1', question: 'Surgery, or not?', start: '2026-11-24' },
      { patientId: 'b2', question: null, start: null },
    ]);
  });

  it.each([
    ['id,question\na,b\n', 'list.csv'],
    ['patient,question\na\n', 'list.csv:2'],
    ['patient\nOtto Normal\n', 'list.csv:2'],
  ])('refuses %j and names the place', (text, subject) => {
    expect(() => readBoardCsv(text, 'list.csv')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', subject }));
  });
});
