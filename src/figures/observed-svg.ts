import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Outcome } from '../models/model-result.ts';
import { chartElements } from './chart-elements.ts';
import { defaultWidth, type FigureHead, figureHeader, figureId, margin, palettes, svgFigure } from './figure-frame.ts';
import { observedChart, patientMark, rowHeight, rowsTop } from './observed-chart.ts';
import { svgText, wrapText } from './svg-text.ts';

use([BarChart, CustomChart, GridComponent, SVGRenderer]);

export interface ObservedFigure extends FigureHead {
  readonly observed: Outcome['observed'];
  readonly observedNote: string | null;
}

/**
 * What a study saw in the parts of its cohort: the median with its 95% interval, and the share of patients without the event at its
 * months. The patient's parts are marked.
 *
 * @returns An SVG document that needs nothing else; null where the study reports nothing.
 */
export function observedSvg(figure: ObservedFigure): string | null {
  const { theme = 'light', width = defaultWidth, observed, observedNote } = figure;
  if (observed.length === 0) return null;
  const palette = palettes[theme];
  const header = figureHeader(figure);
  const row = rowHeight(observed);
  const chartHeight = rowsTop + 44 + row * observed.length;
  const chart = chartElements(observedChart(observed, palette, width), width, chartHeight, figureId(figure));
  const bands = observed.flatMap(({ patients }, at) => {
    const top = header.height + rowsTop + row * at;
    return patients ? [`<rect x="0" y="${top + 2}" width="${width}" height="${row - 4}" fill="${palette.band}"/>`] : [];
  });
  const parts = [
    header.svg,
    ...bands,
    `<svg y="${header.height}" width="${width}" height="${chartHeight}">${chart}</svg>`,
  ];
  let y = header.height + chartHeight + 4;
  const notes = [
    `${patientMark} and shaded: this patient's part of the study.`,
    'Numbers of the study, not a forecast for this patient.',
    ...(observedNote === null ? [] : [observedNote]),
  ];
  for (const line of notes.flatMap((note) => wrapText(note, width - 2 * margin, 11))) {
    parts.push(svgText(line, { x: margin, y: y + 11, size: 11, fill: palette.muted }));
    y += 15;
  }
  return svgFigure(figure, y + margin, describe(figure), parts.join(''));
}

function describe({ observed, observedNote }: ObservedFigure): string {
  const parts = observed.map(({ label, cohort, medianMonths, ci95, survival, patients }) => {
    const interval = ci95 === undefined ? '' : ` (95% interval ${ci95[0]} to ${ci95[1]})`;
    const median =
      medianMonths === undefined
        ? []
        : [medianMonths === null ? 'median not reached' : `median ${medianMonths} months${interval}`];
    const shares = survival.map(({ months, percent }) => `${percent}% without the event at ${months} months`);
    return `${patients ? "This patient's part: " : ''}${label}, ${cohort}: ${[...median, ...shares].join(', ')}`;
  });
  return `What the study saw. ${[...parts, ...(observedNote === null ? [] : [observedNote])].join('. ')}.`;
}
