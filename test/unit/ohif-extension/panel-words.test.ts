import { describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../../../ohif-extension/src/api/server-sent-events.ts';
import { axisTicks, bandOn, timeAxis } from '../../../ohif-extension/src/panel/time-axis.ts';
import {
  axisWords,
  deltaWords,
  mergeRemarks,
  numberWords,
  percentWords,
  typeset,
} from '../../../ohif-extension/src/panel/words.ts';
import { pauseAfter, wait } from '../../../ohif-extension/src/state/back-off.ts';
import { fullView } from '../../browser/panel/panel-fixture.ts';

describe('numbers and sentences of the panel', () => {
  it.each([
    [412, '412'],
    [0.064483, '0.0645'],
    [3302.4, '3302'],
    [2.03e8, '2.03 \u00d7 10\u2078'],
    [-2.25, '-2.25'],
  ])('%d is written %s', (value, text) => expect(numberWords(value)).toBe(text));

  it.each([
    [0.31395, '+31%'],
    [-0.0184, '\u22121.8%'],
    [0.0001, '+0.01%'],
    [0, '0%'],
  ])('a change of %d is %s', (share, text) => expect(percentWords(share)).toBe(text));

  it('exponents are raised, whatever stands around them', () => {
    expect(typeset('2.03 x 10^8 HU^2 mm^-1')).toBe('2.03 \u00d7 10\u2078 HU\u00b2 mm\u207b\u00b9');
    expect(axisWords(1.6e8)).toBe('1.6\u00b710\u2078');
    expect(axisWords(35)).toBe('35');
  });

  it('a change is absolute and relative; nothing is made up for what is not known', () => {
    expect(deltaWords({ absoluteDelta: 10.8, relativeDelta: 0.314 }, 'mL')).toBe('+10.8 mL (+31%)');
    expect(deltaWords({ absoluteDelta: -0.5, relativeDelta: null }, '')).toBe('\u22120.5');
    expect(deltaWords({ absoluteDelta: null, relativeDelta: null }, 'mL')).toBeNull();
  });

  it('one remark on several images is one sentence, others stay apart', () => {
    expect(
      mergeRemarks(['baseline CT: by a program', 'no age', 'follow-up CT: by a program', 'baseline CT: old']),
    ).toEqual(['Baseline CT; follow-up CT: by a program', 'No age', 'Baseline CT: old']);
  });
});

describe('the time axis', () => {
  const { course } = fullView;

  it('begins before the first CT and ends after the day that is asked about', () => {
    const axis = timeAxis(course);
    expect(axis.start).toBeLessThan(Date.parse('2026-07-05'));
    expect(axis.start).toBeGreaterThan(Date.parse('2026-06-20'));
    expect(axis.end).toBeGreaterThan(Date.parse('2026-11-21'));
    expect(bandOn(axis, course.therapy[0]!)).toBeNull();
    expect(bandOn(axis, course.therapy[1]!)).toEqual({ from: Date.parse('2026-08-19'), to: Date.parse('2026-11-11') });
  });

  it('without CT from the first dose; without both over the laboratory values', () => {
    const first = new Date(timeAxis({ ...course, studies: [] }).start).toISOString();
    expect(first < '2026-01-19' && first > '2025-12-01').toBe(true);
    const values = timeAxis({ ...course, studies: [], therapy: [] });
    expect(values.start).toBeLessThan(Date.parse('2025-03-02'));
  });

  it.each([10, 40, 60, 200, 900, 4000])('has one to four marks over %d days, all on it', (days) => {
    const start = Date.parse('2026-02-17');
    const end = start + days * 86_400_000;
    const ticks = axisTicks({ start, end });
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.length).toBeLessThanOrEqual(4);
    expect(ticks.every((tick) => tick >= start && tick <= end)).toBe(true);
  });
});

describe('what comes from the service', () => {
  async function read(...chunks: readonly string[]) {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
        controller.close();
      },
    });
    const events = [];
    for await (const event of readServerSentEvents(body)) events.push(event);
    return events;
  }

  // The examples of the HTML standard, section 9.2.6.
  it('data lines are joined, comments passed over, an unfinished event is none', async () => {
    expect(await read('data: YHOO\ndata: +2\ndata: 10\n\n')).toEqual([{ event: 'message', data: 'YHOO\n+2\n10' }]);
    expect(
      await read(': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n'),
    ).toEqual([
      { event: 'message', data: 'first event' },
      { event: 'message', data: 'second event' },
    ]);
    expect(await read('data\n\ndata\ndata\n\ndata:')).toEqual([
      { event: 'message', data: '' },
      { event: 'message', data: '\n' },
    ]);
  });

  it.each(['\n', '\r\n', '\r'])('lines end in %j, wherever the chunks are cut', async (end) => {
    const text = `event: analysis${end}data: {"share":0.4}${end}${end}event: analysis${end}data: \u00e9${end}${end}: beat${end}`;
    const bytes = [...text];
    expect(await read(...bytes)).toEqual([
      { event: 'analysis', data: '{"share":0.4}' },
      { event: 'analysis', data: '\u00e9' },
    ]);
  });

  it('pauses grow to half a minute, and end at once when nobody waits any more', async () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(pauseAfter)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    const controller = new AbortController();
    const waiting = wait(60_000, controller.signal);
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
  });
});
