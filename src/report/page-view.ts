import { formatDate } from '../models/calendar.ts';
import type { BoardReport } from './board-report.ts';
import { type LabView, labViews, therapyLines, trendsOf } from './course-view.ts';
import { type GapView, gapViews } from './gap-view.ts';
import { type PersonView, personView } from './person-view.ts';
import type { MarkKey } from './risk-marks.ts';
import { type DriverView, driverViews, type RiskView, riskViews } from './risk-view.ts';
import { texts } from './texts.ts';
import type { Trend } from './trend-drawing.ts';

/** The board's page in words: what each form of it (HTML, PDF) sets out. */
export interface PageView {
  /** On every page, before everything else. */
  readonly banners: readonly string[];
  readonly person: PersonView;
  /** Highest group of all models. */
  readonly mark: MarkKey;
  /** Agreement or conflict in a sentence. */
  readonly statement: string;
  readonly conflict: boolean;
  /** Whether the group comes from a demonstration model. */
  readonly demonstration: boolean;
  /** What the last Assessment said, or null. */
  readonly last: string | null;
  /** Models that could apply. */
  readonly risks: readonly RiskView[];
  readonly notApplicable: readonly RiskView[];
  readonly therapy: readonly string[];
  readonly labs: readonly LabView[];
  readonly trends: readonly Trend[];
  readonly drivers: readonly DriverView[];
  readonly gaps: readonly GapView[];
  /** First line of each assessed model's performance. */
  readonly performance: readonly { readonly number: number; readonly line: string }[];
  /** Versions and hashes. */
  readonly foot: readonly string[];
}

/** Words for all that the first page shows. */
export function pageView(report: BoardReport): PageView {
  const { assessment, course } = report;
  const { combined, synthetic, trend } = assessment;
  const risks = riskViews(assessment);
  const demonstration = risks.some((risk) => risk.demonstration && risk.status !== 'not-applicable');
  return {
    banners: [
      ...(synthetic || course.synthetic ? [texts.banners.syntheticPatient] : []),
      ...(demonstration ? [texts.banners.demonstration] : []),
    ],
    person: personView(report),
    mark: combined.group ?? (risks.some(({ status }) => status === 'assessed') ? 'unclassified' : 'none'),
    statement: combined.statement,
    conflict: combined.conflict,
    demonstration: combined.demonstration,
    last: trend === null ? null : texts.risks.last(formatDate(trend.previous.asOf), trend.previous.group),
    risks: risks.filter(({ status }) => status !== 'not-applicable'),
    notApplicable: risks.filter(({ status }) => status === 'not-applicable'),
    therapy: therapyLines(course),
    labs: labViews(course),
    trends: trendsOf(course),
    drivers: driverViews(assessment),
    gaps: gapViews(report),
    performance: performanceOf(report, risks),
    foot: footLines(report),
  };
}

function performanceOf({ assessment }: BoardReport, risks: readonly RiskView[]): PageView['performance'] {
  return risks.flatMap(({ title, number, status }) => {
    const line = assessment.models.find(({ model }) => model.title === title)?.model.performance[0];
    return status === 'assessed' && line !== undefined ? [{ number, line }] : [];
  });
}

function footLines({ assessment }: BoardReport): string[] {
  const { versions, models, id, createdAt } = assessment;
  const assessed = models.filter(({ status }) => status === 'assessed');
  return [
    texts.foot.assessment(id, `${formatDate(createdAt)} ${createdAt.slice(11, 16)}`),
    texts.foot.software(versions.deltascope, versions.extractor),
    ...assessed.map(({ model }) => texts.foot.model(model.id, model.version, model.hash.slice(0, 12))),
  ];
}
