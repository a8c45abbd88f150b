// Apache ECharts draws the charts: it is maintained by the Apache Software Foundation, has an SVG renderer (sharp at any zoom, text
// stays text), describes itself to screen readers, and lets a bundle take only the parts that it needs.
import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([
  LineChart,
  BarChart,
  GridComponent,
  TooltipComponent,
  MarkAreaComponent,
  MarkLineComponent,
  AriaComponent,
  SVGRenderer,
]);

/** Pixels around a point in which a click means it: half of the 24 px that WCAG 2.2 asks of a target, and a little more. */
const clickRadius = 16;

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * Keeps an ECharts chart in the element of the returned ref: drawn anew when the option changes, resized with the element.
 *
 * @param points Data points of the first grid that can be clicked.
 * @param onPoint Called with the position of the nearest one in `points`.
 */
export function useChart(option: EChartsCoreOption, points: readonly ChartPoint[], onPoint?: (at: number) => void) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const clicked = useRef<(x: number, y: number) => void>(undefined);

  useEffect(() => {
    if (element.current === null) return undefined;
    const made = init(element.current, null, { renderer: 'svg' });
    chart.current = made;
    made.getZr().on('click', ({ offsetX, offsetY }) => clicked.current?.(offsetX, offsetY));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);

  clicked.current = (offsetX, offsetY) => {
    const distances = points.map(({ x, y }) => {
      const [px = Number.NaN, py = Number.NaN] = chart.current?.convertToPixel({ gridIndex: 0 }, [x, y]) ?? [];
      return Math.hypot(px - offsetX, py - offsetY);
    });
    const least = Math.min(...distances);
    if (least <= clickRadius) onPoint?.(distances.indexOf(least));
  };
  return element;
}
