import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Outcome } from '../models/model-result.ts';
import { margin, type Palette } from './figure-frame.ts';
import { fontFamily, wrapText } from './svg-text.ts';

/** Top of the rows in the chart, px. */
export const rowsTop = 8;
/** Stands before the patient's parts, so that they are not told by colour alone. */
export const patientMark = '\u25b6';

const labelColumn = 196;
const size = 11.5;

type Parts = Outcome['observed'];

/** Height of a part of the cohort, px: room for its label and for a bar a month. */
export function rowHeight(parts: Parts): number {
  return Math.max(56, 17 * Math.max(...parts.map(({ survival }) => survival.length)) + 14);
}

/** Two panels over the same rows: medians with their intervals in months, and shares in percent. */
export function observedChart(parts: Parts, palette: Palette, width: number): EChartsCoreOption {
  const panel = (width - labelColumn - 2 * margin - 44) / 2;
  const left = margin + labelColumn;
  const grid = { top: rowsTop, height: rowHeight(parts) * parts.length, width: panel };
  const most = Math.max(...parts.map(({ survival }) => survival.length));
  return {
    animation: false,
    textStyle: { fontFamily, fontSize: size, color: palette.text },
    grid: [
      { ...grid, left },
      { ...grid, left: left + panel + 44 },
    ],
    xAxis: [
      valueAxis('Median, months (95% interval)', 0, palette, { min: 0 }),
      valueAxis('Patients without the event, %', 1, palette, { min: 0, max: 100, interval: 25 }),
    ],
    yAxis: [rowAxis(parts, 0, palette), rowAxis(parts, 1, palette)],
    series: [medians(parts, palette), ...Array.from({ length: most }, (_, at) => shares(parts, at, palette))],
  };
}

function valueAxis(
  name: string,
  gridIndex: number,
  palette: Palette,
  range: { min: number; max?: number; interval?: number },
) {
  return {
    type: 'value',
    gridIndex,
    name,
    nameLocation: 'middle',
    nameGap: 24,
    nameTextStyle: { color: palette.muted, fontSize: size },
    splitNumber: 4,
    axisLabel: { color: palette.text, fontSize: size },
    axisLine: { show: true, lineStyle: { color: palette.line } },
    splitLine: { lineStyle: { color: palette.grid } },
    ...range,
  };
}

function rowAxis(parts: Parts, gridIndex: number, palette: Palette) {
  return {
    type: 'category',
    gridIndex,
    inverse: true,
    data: parts.map((_, row) => row),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line } },
    axisLabel: {
      show: gridIndex === 0,
      interval: 0,
      align: 'left',
      margin: labelColumn - 4,
      fontSize: size,
      lineHeight: 14,
      color: palette.text,
      formatter: (_: unknown, row: number) => rowLabel(parts[row]),
      rich: {
        other: { color: palette.text, fontSize: size, lineHeight: 14 },
        patient: { fontWeight: 600, color: palette.patient, fontSize: size, lineHeight: 14 },
        cohort: { color: palette.muted, fontSize: size - 1, lineHeight: 14 },
      },
    },
  };
}

/** Label, the patient's in the patient's colour behind a mark, and under it the cohort. */
function rowLabel(part: Parts[number] | undefined): string {
  if (part === undefined) return '';
  // Braces and bars would begin and end a style.
  const lines = (text: string, most: number) =>
    wrapText(text.replace(/[{}|]/g, ' '), labelColumn - 18, size).slice(0, most);
  const label = lines(`${part.patients ? `${patientMark} ` : ''}${part.label}`, 2);
  return [
    ...label.map((line) => `{${part.patients ? 'patient' : 'other'}|${line}}`),
    ...lines(part.cohort, 1).map((line) => `{cohort|${line}}`),
  ].join('\n');
}

function medians(parts: Parts, palette: Palette) {
  return {
    type: 'custom',
    xAxisIndex: 0,
    yAxisIndex: 0,
    silent: true,
    data: parts.map(({ medianMonths, ci95 }, row) => [row, medianMonths ?? null, ci95?.[0] ?? null, ci95?.[1] ?? null]),
    encode: { x: [1, 2, 3], y: 0 },
    renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
      const row = Number(api.value(0));
      const part = parts[row];
      if (part?.medianMonths === undefined) return null;
      const colour = part.patients ? palette.patient : palette.line;
      if (part.medianMonths === null) return text(api.coord([0, row]), 'median not reached', palette, 'left');
      const [x = 0, y = 0] = api.coord([part.medianMonths, row]);
      const interval = part.ci95;
      const words =
        interval === undefined ? `${part.medianMonths}` : `${part.medianMonths} (${interval[0]}-${interval[1]})`;
      const [from = x] = interval === undefined ? [] : api.coord([interval[0], row]);
      const [to = x] = interval === undefined ? [] : api.coord([interval[1], row]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line' as const,
        shape: { x1, y1, x2, y2 },
        style: { stroke: colour, lineWidth: 2 },
      });
      return {
        type: 'group' as const,
        children: [
          line(from, y + 6, to, y + 6),
          line(from, y + 2, from, y + 10),
          line(to, y + 2, to, y + 10),
          { type: 'circle' as const, shape: { cx: x, cy: y + 6, r: part.patients ? 6 : 4.5 }, style: { fill: colour } },
          text([(from + to) / 2, y - 8], words, palette, 'center'),
        ],
      };
    },
  };
}

function text([x = 0, y = 0]: number[], words: string, palette: Palette, align: 'left' | 'center') {
  return {
    type: 'text' as const,
    x: align === 'left' ? x + 6 : x,
    y,
    style: { text: words, fill: palette.text, fontSize: size, fontFamily, align, verticalAlign: 'middle' as const },
  };
}

/** One bar a row: the share at the month that stands at this position in the row. */
function shares(parts: Parts, at: number, palette: Palette) {
  return {
    type: 'bar',
    xAxisIndex: 1,
    yAxisIndex: 1,
    silent: true,
    barWidth: 14,
    barGap: '20%',
    data: parts.map(({ survival, patients }) => {
      const share = survival[at];
      if (share === undefined) return null;
      const inside = share.percent > 52;
      return {
        value: share.percent,
        itemStyle: { color: patients ? palette.patient : palette.line },
        label: {
          show: true,
          position: inside ? 'insideRight' : 'right',
          formatter: `${share.percent}% at ${share.months} months`,
          color: inside ? palette.background : palette.text,
          fontSize: size,
          fontFamily,
        },
      };
    }),
  };
}
