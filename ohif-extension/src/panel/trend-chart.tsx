import { useMemo, useState } from 'react';
import { sourceWords } from './chart-tooltip.ts';
import { useChart } from './charts.ts';
import { type TimeAxis, timeOf } from './time-axis.ts';
import type { Trend, TrendPoint } from './trend.ts';
import { trendOption } from './trend-option.ts';
import { dateWords } from './words.ts';

interface TrendProps {
  readonly trend: Trend;
  readonly axis: TimeAxis;
  readonly colour: string;
  readonly asTable: boolean;
  /** Left out where a value has no slice to show. */
  readonly onPoint?: ((point: TrendPoint) => void) | undefined;
}

/** A trend: its name, its newest value and change, and its course as chart or table. */
export function TrendRow({ trend, axis, colour, asTable, onPoint }: TrendProps) {
  const newest = trend.points.at(-1);
  return (
    <div className="ds-trend">
      <div className="ds-trend-head">
        <span className="ds-trend-label">{trend.label}</span>
        <span className="ds-trend-value">
          {newest === undefined ? 'no value' : newest.text}
          {newest?.note != null && <span className="ds-trend-note">{newest.note}</span>}
        </span>
      </div>
      {trend.role !== null && <p className="ds-small">{trend.role}</p>}
      {asTable && trend.points.length > 0 && <TrendTable trend={trend} onPoint={onPoint} />}
      {!asTable && trend.points.length > 1 && (
        <TrendChart trend={trend} axis={axis} colour={colour} onPoint={onPoint} />
      )}
      {!asTable && trend.points.length === 1 && newest !== undefined && (
        <p className="ds-small">
          {`Once, on ${dateWords(newest.date)}. `}
          {newest.StudyInstanceUID !== null && onPoint !== undefined && (
            <SliceButton point={newest} onPoint={onPoint} />
          )}
        </p>
      )}
      <HiddenPoints trend={trend} axis={axis} asTable={asTable} />
    </div>
  );
}

function TrendChart({ trend, axis, colour, onPoint }: Omit<TrendProps, 'asTable'>) {
  const option = useMemo(() => trendOption(trend, axis, colour, describe(trend)), [trend, axis, colour]);
  const points = useMemo(() => trend.points.map(({ date, value }) => ({ x: timeOf(date), y: value })), [trend]);
  const chart = useChart(option, points, (at) => {
    const point = trend.points[at];
    if (point !== undefined && point.StudyInstanceUID !== null) onPoint?.(point);
  });
  return <div ref={chart} className="ds-chart" data-testid={`ds-chart-${trend.key}`} />;
}

function describe({ label, points }: Trend): string {
  const values = points.map(({ date, text, note }) => `${dateWords(date)} ${text}${note === null ? '' : ` (${note})`}`);
  return `${label} over time: ${values.join('; ')}`;
}

function TrendTable({ trend, onPoint }: Pick<TrendProps, 'trend' | 'onPoint'>) {
  return (
    <table className="ds-table">
      <caption className="ds-hidden">{trend.label}</caption>
      <thead>
        <tr>
          <th scope="col">Date</th>
          <th scope="col">Value</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {trend.points.map((point) => (
          <tr key={`${point.date} ${point.text}`}>
            <th scope="row">{dateWords(point.date)}</th>
            <td>
              {point.text}
              {point.note !== null && <span className="ds-trend-note">{point.note}</span>}
            </td>
            <td>
              {onPoint !== undefined && point.StudyInstanceUID !== null ? (
                <SliceButton point={point} onPoint={onPoint} />
              ) : (
                <span className="ds-source">{sourceWords(point.sources)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SliceButton({ point, onPoint }: { point: TrendPoint; onPoint: (point: TrendPoint) => void }) {
  return (
    <button
      type="button"
      className="ds-link"
      onClick={() => onPoint(point)}
      aria-label={`Show slice of ${dateWords(point.date)}`}
    >
      Show slice
    </button>
  );
}

/** Values that the chart has no place for are named, so that nobody takes their absence for a fact. */
function HiddenPoints({ trend, axis, asTable }: Pick<TrendProps, 'trend' | 'axis' | 'asTable'>) {
  const earlier = asTable ? 0 : trend.points.filter(({ date }) => timeOf(date) < axis.start).length;
  const said = [
    ...(earlier === 0 ? [] : [`${earlier} earlier ${earlier === 1 ? 'value' : 'values'} in the table`]),
    ...(trend.undated === 0 ? [] : [`${trend.undated} without a date not shown`]),
  ];
  return said.length === 0 ? null : <p className="ds-small">{said.join('; ')}</p>;
}

interface TrendListProps {
  readonly title: string;
  /** Small print under the title. */
  readonly note?: string;
  readonly trends: readonly Trend[];
  readonly axis: TimeAxis;
  readonly colour: string;
  /** How many trends are shown before a button asks for the rest. */
  readonly shownFirst: number;
  readonly onPoint?: ((point: TrendPoint) => void) | undefined;
}

/** Trends under one heading, with the switch between charts and tables. */
export function TrendList({ title, note, trends, axis, colour, shownFirst, onPoint }: TrendListProps) {
  const [asTable, setAsTable] = useState(false);
  const [all, setAll] = useState(false);
  const shown = all ? trends : trends.slice(0, shownFirst);
  if (trends.length === 0) return null;
  return (
    <div className="ds-trends">
      <div className="ds-trends-head">
        <h3>{title}</h3>
        <button type="button" className="ds-button-small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Show as table
        </button>
      </div>
      {note !== undefined && <p className="ds-small ds-trends-note">{note}</p>}
      {shown.map((trend) => (
        <TrendRow key={trend.key} trend={trend} axis={axis} colour={colour} asTable={asTable} onPoint={onPoint} />
      ))}
      {trends.length > shownFirst && (
        <button type="button" className="ds-button-small" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${trends.length - shownFirst} more`}
        </button>
      )}
    </div>
  );
}
