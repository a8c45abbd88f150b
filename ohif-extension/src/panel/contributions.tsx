import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useMemo, useState } from 'react';
import type { Explanation } from '../../../src/models/model-result.ts';
import { useChart } from './charts.ts';
import { signedWords } from './words.ts';

/** Bars beyond these are in the table only. */
const shownBars = 8;
const rowHeight = 42;

/** Room for the numbers at the right (px). */
const valueColumn = 66;

/** What each input adds to the result, as bars or as a table. */
export function Contributions({ explanation, heading }: { explanation: Explanation; heading: string }) {
  const [asTable, setAsTable] = useState(false);
  const { contributions, scale, reference } = explanation;
  const rest = contributions.length - shownBars;
  return (
    <div className="ds-trends">
      <div className="ds-trends-head">
        <h3>What drives it</h3>
        <button type="button" className="ds-button-small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Show as table
        </button>
      </div>
      <p className="ds-small">{`${heading}. Effect on the ${scale.replace('-', ' ')}, against ${reference}.`}</p>
      {asTable ? (
        <EffectTable explanation={explanation} />
      ) : (
        <EffectChart explanation={explanation} heading={heading} />
      )}
      {!asTable && rest > 0 && <p className="ds-small">{`${rest} weaker ones in the table`}</p>}
    </div>
  );
}

function EffectChart({ explanation, heading }: { explanation: Explanation; heading: string }) {
  const [width, setWidth] = useState(0);
  const option = useMemo(() => effectOption(explanation, heading, width), [explanation, heading, width]);
  const chart = useChart(option, []);
  const rows = Math.min(explanation.contributions.length, shownBars);
  useEffect(() => {
    const element = chart.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [chart]);
  return <div ref={chart} style={{ height: rows * rowHeight + 8 }} data-testid="ds-effects" />;
}

/**
 * Bars to the right raise the result, to the left lower it; each label stands above its bar and its number at the right, so that long
 * names have room.
 *
 * @param width Of the chart (px): labels are cut where they would leave it.
 */
function effectOption({ contributions, scale }: Explanation, heading: string, width: number): EChartsCoreOption {
  const shown = contributions.slice(0, shownBars);
  const widest = Math.max(...shown.map(({ contribution }) => Math.abs(contribution)), Number.MIN_VALUE);
  const said = shown.map(({ label, contribution }) => `${label} ${signedWords(contribution)}`);
  const names = {
    type: 'category',
    inverse: true,
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    z: 3,
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: `${heading}, effects on the ${scale}: ${said.join('; ')}` } },
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 2, right: valueColumn, top: 2, bottom: 2 },
    xAxis: { type: 'value', min: -widest, max: widest, show: false },
    yAxis: [
      {
        ...names,
        data: shown.map(({ label }) => label),
        axisLabel: {
          inside: true,
          margin: 0,
          color: '#e6ebf0',
          fontSize: 12,
          align: 'left',
          verticalAlign: 'bottom',
          padding: [0, 0, 9, 0],
          width: Math.max(width - valueColumn - 8, 80),
          overflow: 'truncate',
        },
      },
      {
        ...names,
        position: 'right',
        data: shown.map(({ contribution }) => signedWords(contribution)),
        axisLabel: { color: '#fff', fontSize: 12, padding: [8, 0, 0, 0] },
      },
    ],
    series: [
      {
        type: 'bar',
        barWidth: 8,
        barGap: 0,
        data: shown.map(({ contribution }) => ({
          value: contribution,
          itemStyle: { color: contribution < 0 ? '#8fc1a9' : '#d6b4e0' },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: '#3b4650', type: 'solid', width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
}

function EffectTable({ explanation: { contributions } }: { explanation: Explanation }) {
  return (
    <table className="ds-table">
      <caption className="ds-hidden">Effect of each input</caption>
      <thead>
        <tr>
          <th scope="col">Input</th>
          <th scope="col">Effect</th>
        </tr>
      </thead>
      <tbody>
        {contributions.map(({ input, label, contribution }) => (
          <tr key={input}>
            <th scope="row">{label}</th>
            <td>{`${signedWords(contribution)}, ${contribution < 0 ? 'lowers' : contribution > 0 ? 'raises' : 'no effect'}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
