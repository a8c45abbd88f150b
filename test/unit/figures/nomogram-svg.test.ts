import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { palettes } from '../../../src/figures/figure-frame.ts';
import { nomogramSvg } from '../../../src/figures/nomogram-svg.ts';
import { placeLabels } from '../../../src/figures/place-labels.ts';
import { escapeText, textWidth, wrapText } from '../../../src/figures/svg-text.ts';
import { type Model, modelSchema } from '../../../src/models/model-schema.ts';
import { nomogramReading } from '../../../src/models/nomogram-reading.ts';
import { chromiumAvailable, chromiumSkipReason, openTab } from '../../helpers/chromium.ts';
import { overlaps, textBoxes } from './boxes.ts';

const read = (id: string): Model =>
  modelSchema.parse(
    JSON.parse(readFileSync(path.join(readConfig({}).mappingsFolder, 'models', id, 'model.json'), 'utf8')),
  );
const os24 = read('es-sclc-os24-nomogram');
const cox = read('es-sclc-2l-ici-cox');

const full = { beforeScore: 0.5, relativeScore: -1.2, age: 68, nStage: 2 };
const indicators = { liverMetastases: 1, threeOrMoreLesions: 1, firstLinePfsSixMonths: 0, lungMetastases: 0 };
function figure(model: Model, values: Readonly<Record<string, number>>, more: object = {}): string {
  const { standing, standingNote, title } = model;
  const reading = nomogramReading(model.forms[0]!, model.inputs, { values, raw: values })!;
  return nomogramSvg({ title, standing, standingNote, reading, ...more });
}
const cases: [string, string][] = [
  ['all values', figure(os24, full)],
  ['two missing', figure(os24, { age: 68, nStage: 2 })],
  [
    'beyond the axes',
    figure(os24, { ...full, age: 90, relativeScore: 3.1 }, { resultWords: ['12 times the reference'] }),
  ],
  ['indicators, dark', figure(cox, indicators, { theme: 'dark', standing: 'synthetic-demo' })],
];

describe('nomogram figure', () => {
  it.each(cases)('%s: no text lies on another or leaves the figure', (_, svg) => {
    const boxes = textBoxes(svg);
    expect(boxes.length).toBeGreaterThan(30);
    expect(overlaps(boxes)).toEqual([]);
    for (const { left, right, text } of boxes) expect(left >= 0 && right <= 720, text).toBe(true);
  });

  it("shows every axis, the patient's values and points, and the total", () => {
    const texts = textBoxes(figure(os24, full)).map(({ text }) => text);
    // From the odds ratios: 100 points are 44 years of age, 44 ln 1.168; N2 is 2 ln 2.917 of it.
    const perUnit = 100 / (44 * Math.log(1.168));
    const points = [
      2.5 * Math.log(3.244) * perUnit,
      0.8 * Math.log(2.866) * perUnit,
      30 * Math.log(1.168) * perUnit,
      2 * Math.log(2.917) * perUnit,
    ];
    for (const one of points) expect(texts).toContain(`${Math.round(one)} points`);
    expect(texts).toContain(`${Math.round(points.reduce((sum, one) => sum + one, 0))} points`);
    expect(texts).toEqual(expect.arrayContaining(['Points', 'Age', 'N stage', 'N2', 'Total points', '38', '82']));
  });

  it('marks values by shape, and says what is missing', () => {
    const diamond = /<path d="M[\d.]+ [\d.]+l7 8l-7 8l-7 -8z"/g;
    expect(figure(os24, full).match(diamond)).toHaveLength(5);
    const partial = figure(os24, { age: 68, nStage: 2 });
    expect(partial.match(diamond)).toHaveLength(2);
    expect(partial.match(/\? missing/g)).toHaveLength(2);
    expect(partial).toContain('? not known:');
    expect(partial).not.toContain('stroke-dasharray');
    expect(figure(os24, { ...full, age: 90 })).toContain('beyond the axis');
  });

  it('says the standing of a demonstration first', () => {
    const [first] = textBoxes(figure(cox, indicators, { standing: 'synthetic-demo' }));
    expect(first?.text).toBe('SYNTHETIC DEMO MODEL, not a clinical result');
    expect(figure(cox, indicators, { standing: 'synthetic-demo' })).toMatch(/<title [^>]*>SYNTHETIC DEMO MODEL/);
  });

  it('describes itself to a screen reader', () => {
    const svg = figure(os24, { age: 68, nStage: 2 });
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/);
    expect(svg).toContain('Before-treatment CT signature: missing. ');
    expect(svg).toContain('Age: 68, 68 points. N stage: N2, 31 points. Total points: not known');
  });

  it('escapes text of models', () => {
    const svg = figure(os24, full, { title: '<script>alert("1")</script> & more', resultWords: ['<b>'] });
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain('&#60;script&#62;');
    expect(escapeText(`a${String.fromCharCode(0)}b'`)).toBe('ab&#39;');
  });

  it('has contrast of 4.5 for text and 3 for marks in both themes', () => {
    for (const { background, text, muted, line, patient, warning, warningText, band } of Object.values(palettes)) {
      for (const colour of [text, muted, patient]) {
        expect(contrast(colour, background)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(colour, band)).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(warningText, warning)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(line, background)).toBeGreaterThanOrEqual(3);
    }
  });

  it.skipIf(!chromiumAvailable())(
    `in a browser no text lies on another either (skips if: ${chromiumSkipReason})`,
    async () => {
      const tab = await openTab({ width: 760, height: 900 });
      try {
        for (const [name, svg] of cases) {
          await tab.page.setContent(`<body style="margin:0">${svg}</body>`);
          const boxes = await tab.page.locator('svg text').evaluateAll((texts) =>
            texts.map((element) => {
              const { left, right, top, bottom } = element.getBoundingClientRect();
              // Ascenders and descenders that no glyph fills.
              return { text: element.textContent, left, right, top: top + 2, bottom: bottom - 2 };
            }),
          );
          expect(overlaps(boxes), name).toEqual([]);
          for (const { right, text } of boxes) expect(right, text).toBeLessThanOrEqual(720);
        }
        expect(tab.errors).toEqual([]);
      } finally {
        await tab.close();
      }
    },
  );
});

describe('placing labels', () => {
  it('never lets two overlap, and keeps both ends', () => {
    const tick = fc.record({
      x: fc.double({ min: 0, max: 400, noNaN: true }),
      text: fc.stringMatching(/^[0-9.]{1,6}$/),
    });
    fc.assert(
      fc.property(fc.array(tick, { minLength: 2, maxLength: 20 }), (ticks) => {
        const placed = placeLabels(ticks, 11, [-40, 440]);
        for (const a of placed)
          for (const b of placed) {
            if (a === b || a.line !== b.line) continue;
            expect(Math.abs(a.x - b.x)).toBeGreaterThanOrEqual((textWidth(a.text, 11) + textWidth(b.text, 11)) / 2);
          }
        const sorted = ticks.toSorted((a, b) => a.x - b.x);
        expect(placed.map(({ text }) => text)).toContain(sorted[0]!.text);
        expect(placed.map(({ text }) => text)).toContain(sorted.at(-1)!.text);
      }),
    );
  });

  it('lines are no wider than asked', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), (text) => {
        for (const line of wrapText(text, 100, 12)) expect(textWidth(line, 12)).toBeLessThanOrEqual(100);
        expect(wrapText(text, 1e6, 12).join(' ')).toBe(text);
      }),
    );
  });
});

/** Contrast ratio of two sRGB colours, WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [r = 0, g = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}
