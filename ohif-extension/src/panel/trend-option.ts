import type { EChartsCoreOption } from 'echarts/core';
import { tooltipElement } from './chart-tooltip.ts';
import { axisDays, axisTicks, bandOn, type TimeAxis, timeOf } from './time-axis.ts';
import type { Trend } from './trend.ts';
import { axisWords } from './words.ts';

const text = '#b9c4cf';
const grid = '#2a333d';
const line = '#e6ebf0';
const bands = ['#1d3346', '#33293f', '#1f3a2c', '#3d2f1d'] as const;

/** Left and right of every plot (px), the same in all charts: one date stands at one place. */
export const plotInset = { left: 46, right: 12 } as const;

/**
 * One trend as a line over the shared time axis: points at its values, therapy lines as bands behind, progressions and the upper limit
 * as dashed lines.
 *
 * @param description What the chart shows, for a screen reader.
 */
export function trendOption(trend: Trend, axis: TimeAxis, colour: string, description: string): EChartsCoreOption {
  return {
    animation: false,
    aria: { enabled: true, label: { description } },
    textStyle: { fontFamily: 'inherit' },
    grid: { ...plotInset, top: 10, bottom: 20 },
    tooltip: {
      trigger: 'axis',
      appendTo: 'body',
      className: 'ds-tooltip',
      extraCssText: 'max-width: 280px; white-space: normal;',
      backgroundColor: '#05080c',
      borderColor: '#5b6875',
      textStyle: { color: '#f1f4f7', fontSize: 12 },
      axisPointer: { type: 'line', snap: true, lineStyle: { color: text } },
      formatter: (hovered: readonly { readonly dataIndex: number }[]) => tooltipElement(trend, hovered[0]?.dataIndex),
    },
    xAxis: timeScale(axis),
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 2,
      axisLabel: { color: text, fontSize: 11, formatter: axisWords, hideOverlap: true },
      splitLine: { lineStyle: { color: grid } },
    },
    series: [
      {
        type: 'line',
        name: trend.label,
        data: trend.points.map(({ date, value }) => [timeOf(date), value]),
        symbol: 'circle',
        symbolSize: 9,
        showAllSymbol: true,
        clip: true,
        itemStyle: { color: colour },
        lineStyle: { color: colour, width: 2 },
        emphasis: { scale: 1.4 },
        markArea: therapyAreas(axis),
        markLine: limitLines(trend, axis),
      },
    ],
  };
}

/** The x axis of every chart: the same months below each, so that one date stands at one place. */
function timeScale(axis: TimeAxis) {
  const customValues = axisTicks(axis);
  const months = axisDays(axis) > 45;
  return {
    type: 'time',
    min: axis.start,
    max: axis.end,
    axisLine: { lineStyle: { color: '#5b6875' } },
    axisTick: { lineStyle: { color: '#5b6875' }, customValues },
    axisLabel: { color: text, fontSize: 11, customValues, formatter: months ? '{MMM} {yyyy}' : '{d} {MMM}' },
    splitLine: { show: false },
  };
}

/** Therapy lines as bands behind the line; their names stand in the strip above the charts. */
function therapyAreas(axis: TimeAxis) {
  const least = (axis.end - axis.start) / 150;
  return {
    silent: true,
    data: axis.therapy.flatMap((band, at) => {
      const shown = bandOn(axis, band);
      if (shown === null) return [];
      const itemStyle = { color: bands[at % bands.length], opacity: 1 };
      // A single dose would be a band without width.
      return [[{ xAxis: shown.from, itemStyle }, { xAxis: Math.max(shown.to, shown.from + least) }]];
    }),
  };
}

function limitLines({ upperLimit }: Trend, { progressions, start, end }: TimeAxis) {
  const seen = progressions.filter((date) => timeOf(date) >= start && timeOf(date) <= end);
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: [
      ...seen.map((date) => ({ xAxis: timeOf(date), lineStyle: { color: '#ff7f2a', type: 'dotted', width: 2 } })),
      ...(upperLimit === null ? [] : [{ yAxis: upperLimit, lineStyle: { color: line, type: 'dashed', width: 1 } }]),
    ],
  };
}
