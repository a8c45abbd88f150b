import { LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { TherapyBand } from '../assessment/course-types.ts';
import { chartElements } from '../figures/chart-elements.ts';
import { fontFamily, svgText, textWidth } from '../figures/svg-text.ts';
import { formatDate } from '../models/calendar.ts';
import { type Drawing, drawing, ink, smallest } from './drawing.ts';
import { valueRange } from './value-scale.ts';

use([LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer]);

/** A value over time, as a chart shows it. */
export interface Trend {
  /** Begins the ids of the drawing: lower case with dashes. */
  readonly id: string;
  readonly label: string;
  /** As a person reads it; '' for none. */
  readonly unit: string;
  /** Oldest first; ISO dates; `words` is the number alone. */
  readonly points: readonly { readonly date: string; readonly value: number; readonly words: string }[];
  readonly upperLimit: number | null;
  /** What the last point says, the most important first: "412 U/L", "+18% since baseline". */
  readonly last: readonly string[];
}

const height = 45;
/** Room around the plot for dates; to the left it depends on the values. */
const [plotRight, plotTop, plotBottom] = [4, 4, 11];
const leastLeft = 28;

/** The points of one value, with therapy as shaded bands behind and the upper limit dashed; label and newest value stand over it. */
export function trendDrawing(
  trend: Trend,
  therapy: readonly TherapyBand[],
  days: { readonly from: string; readonly to: string },
  width: number,
): Drawing {
  const plotLeft = leftOf(trend);
  const chart = chartElements(option(trend, therapy, days, { width, plotLeft }), width, height, trend.id);
  const words = trend.points
    .map(({ date, words: value }) => `${value} ${trend.unit} on ${formatDate(date)}`)
    .join(', ');
  const content = [
    chart,
    ...valueLabels(trend, plotLeft),
    svgText(formatDate(days.from), { x: plotLeft, y: height - 1.5, size: smallest, fill: ink.muted }),
    svgText(formatDate(days.to), {
      x: width - plotRight,
      y: height - 1.5,
      size: smallest,
      fill: ink.muted,
      anchor: 'end',
    }),
  ];
  return drawing(width, height, `${trend.label}: ${words}`, content.join(''));
}

/** Room for the widest number. */
function leftOf({ points }: Trend): number {
  return Math.max(leastLeft, ...points.map(({ words }) => textWidth(words, smallest) + 6));
}

/** The lowest and the highest value beside the axis; one where they would stand in each other's way. */
function valueLabels({ points, upperLimit }: Trend, plotLeft: number): string[] {
  const sorted = points.toSorted((a, b) => a.value - b.value);
  const { low, high } = range(points, upperLimit);
  const y = (value: number) => plotTop + ((high - value) / (high - low)) * (height - plotTop - plotBottom);
  const ends = [sorted[0], sorted.at(-1)].filter((point) => point !== undefined);
  const [lowest, highest] = ends.map(({ value }) => y(value));
  const apart = lowest !== undefined && highest !== undefined && lowest - highest >= smallest + 1;
  return (apart ? ends : ends.slice(-1)).map(({ value, words }) =>
    svgText(words, { x: plotLeft - 3, y: y(value) + 2.5, size: smallest, fill: ink.text, anchor: 'end' }),
  );
}

function range(points: Trend['points'], upperLimit: number | null): { low: number; high: number } {
  const { low, high } = valueRange([...points.map(({ value }) => value), ...(upperLimit === null ? [] : [upperLimit])]);
  const room = (high - low) * 0.15;
  // What is never below zero has no axis below zero.
  return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
}

function option(
  { points, upperLimit }: Trend,
  therapy: readonly TherapyBand[],
  { from, to }: { readonly from: string; readonly to: string },
  { width, plotLeft }: { readonly width: number; readonly plotLeft: number },
): EChartsCoreOption {
  const { low, high } = range(points, upperLimit);
  return {
    animation: false,
    textStyle: { fontFamily, fontSize: smallest, color: ink.text },
    grid: { left: plotLeft, right: plotRight, top: plotTop, bottom: plotBottom, width: width - plotLeft - plotRight },
    xAxis: {
      type: 'time',
      min: Date.parse(from),
      max: Date.parse(to),
      // At the foot of the plot, also where the values reach over zero.
      axisLine: { onZero: false, lineStyle: { color: ink.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { show: false },
    },
    yAxis: {
      type: 'value',
      min: low,
      max: high,
      axisLine: { show: true, onZero: false, lineStyle: { color: ink.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { show: false },
    },
    series: [
      {
        type: 'line',
        data: points.map(({ date, value }) => [Date.parse(date.slice(0, 10)), value]),
        symbol: 'circle',
        symbolSize: 4,
        lineStyle: { color: ink.text, width: 1.1 },
        itemStyle: { color: ink.text },
        markArea: {
          silent: true,
          data: therapy.map(({ line, start, end }) => [
            { xAxis: Date.parse(start), itemStyle: { color: line % 2 === 1 ? '#dfe3e8' : '#eef0f3' } },
            { xAxis: Date.parse(end) },
          ]),
        },
        ...(upperLimit !== null && {
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: ink.muted, width: 0.7, type: [3, 2] },
            data: [{ yAxis: upperLimit }],
          },
        }),
      },
    ],
  };
}
