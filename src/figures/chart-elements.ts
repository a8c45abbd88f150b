import { type EChartsCoreOption, init } from 'echarts/core';

/**
 * The chart's elements without the outer tag. Styles become attributes, because a page's content security policy may forbid inline
 * styles; what the library writes for a mouse is left out, and with it names that it numbers by a counter of the process.
 *
 * @param width In px, as `height`.
 * @param id Begins the ids within, so that several charts can stand on one page.
 */
export function chartElements(option: EChartsCoreOption, width: number, height: number, id: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart
      .renderToSVGString()
      .replace(/^<svg[^>]*>/, '')
      .replace(/<\/svg>\s*$/, '')
      .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
      .replace(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
      .replace(/\bzr\d+-/g, `${id}-`);
  } finally {
    chart.dispose();
  }
}

/** Size and weight of a font; the family is the figure's. */
function attributes(style: string): string {
  const size = /font-size:([\d.]+)px/.exec(style)?.[1];
  const weight = /font-weight:(\w+)/.exec(style)?.[1];
  return `${size === undefined ? '' : ` font-size="${size}"`}${weight === undefined ? '' : ` font-weight="${weight}"`}`;
}
