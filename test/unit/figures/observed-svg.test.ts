import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { observedSvg } from '../../../src/figures/observed-svg.ts';
import type { ObservedOutcome } from '../../../src/models/model-result.ts';
import { outcomeOf } from '../../../src/models/outcome.ts';
import { loadModel } from '../../../src/models/registry.ts';
import { chromiumAvailable, chromiumSkipReason, openTab } from '../../helpers/chromium.ts';
import { overlaps } from './boxes.ts';

const model = loadModel('es-sclc-2l-ici-cox', readConfig({}).mappingsFolder);
const values = { liverMetastases: 1, threeOrMoreLesions: 1, firstLinePfsSixMonths: 0, lungMetastases: 0 };
const outcomes = model.forms.map((form) => outcomeOf(form, { values, inputs: model.inputs, forests: new Map() }));
const head = { title: 'Progression & more', standing: model.standing, standingNote: model.standingNote };
const notReached: ObservedOutcome = {
  when: { group: 'low' },
  cohort: 'training cohort {n = 253} | <b>',
  label: 'low risk',
  medianMonths: null,
  survival: [
    { months: 6, percent: 95 },
    { months: 12, percent: 82.3 },
    { months: 24, percent: 50.5 },
  ],
  patients: true,
};
const figures = [
  ...outcomes.map(({ observed, observedNote }) => observedSvg({ ...head, observed, observedNote })!),
  observedSvg({ ...head, observed: [notReached], observedNote: null, theme: 'dark', standing: 'synthetic-demo' })!,
];

describe('what a study saw', () => {
  it('shows each median with its interval, each share with its month, and the cohort', () => {
    outcomes.forEach(({ observed }, at) => {
      for (const { medianMonths, ci95, survival, cohort } of observed) {
        expect(figures[at]).toContain(`>${medianMonths} (${ci95?.[0]}-${ci95?.[1]})<`);
        for (const { months, percent } of survival) expect(figures[at]).toContain(`>${percent}% at ${months} months<`);
        expect(figures[at]).toContain(`>${cohort}<`);
      }
    });
    expect(figures[2]).toContain('>median not reached<');
  });

  it("marks the patient's parts by a sign and a band, not by colour alone", () => {
    const parts = outcomes[0]!.observed.filter(({ patients }) => patients);
    expect(parts).toHaveLength(3);
    expect(figures[0]?.match(/>\u25b6 (all|with|first)[^<]*</g)).toHaveLength(3);
    expect(figures[0]?.match(/<rect x="0" y="[\d.]+" width="720"/g)).toHaveLength(3);
  });

  it('says whose numbers they are', () => {
    expect(figures[0]).toContain('Numbers of the study, not a forecast for this patient.');
    expect(figures[0]).toContain(
      'This patient&#39;s part: with liver metastases, second-line group, n = 45: median 2.74 months',
    );
    const of = { ...head, observed: [notReached], observedNote: "Of the paper's own model, not of this one" };
    expect(observedSvg(of)).toContain('Of the paper&#39;s own model, not of this one');
    expect(figures[2]).toMatch(/<title [^>]*>SYNTHETIC DEMO MODEL/);
  });

  it('escapes text, gives the same bytes twice, and nothing where nothing was reported', () => {
    expect(figures[2]).not.toContain('<b>');
    const again = observedSvg({ ...head, observed: outcomes[0]!.observed, observedNote: outcomes[0]!.observedNote });
    expect(again).toBe(figures[0]);
    expect(observedSvg({ ...head, observed: [], observedNote: null })).toBeNull();
  });

  it.skipIf(!chromiumAvailable())(
    `in a browser no text lies on another or leaves the figure (skips if: ${chromiumSkipReason})`,
    async () => {
      const tab = await openTab({ width: 760, height: 900 });
      try {
        for (const svg of figures) {
          await tab.page.setContent(`<body style="margin:0">${svg}</body>`);
          const boxes = await tab.page.locator('svg text').evaluateAll((texts) =>
            texts.map((element) => {
              const { left, right, top, bottom } = element.getBoundingClientRect();
              return { text: element.textContent, left, right, top: top + 2, bottom: bottom - 2 };
            }),
          );
          expect(boxes.length).toBeGreaterThan(10);
          expect(overlaps(boxes)).toEqual([]);
          for (const { left, right, text } of boxes) expect(left >= 0 && right <= 720, text).toBe(true);
        }
        expect(tab.errors).toEqual([]);
      } finally {
        await tab.close();
      }
    },
  );
});
