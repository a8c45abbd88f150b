import { useMemo } from 'react';
import type { FeatureSeries, Lesion, PatientCourse } from '../../../src/assessment/course-types.ts';
import type { ModelWords } from '../../../src/http/api/model-words.ts';
import { lesionColour } from './lesion-colour.ts';
import { TherapyStrip } from './therapy-strip.tsx';
import { timeAxis } from './time-axis.ts';
import { featureTrend, labTrend, type Trend } from './trend.ts';
import { TrendList } from './trend-chart.tsx';

/** Trends beyond these wait for a click: more than a reader compares at a glance. */
const featuresShownFirst = 5;
const sizesShownFirst = 2;
const labsShownFirst = 5;

const labColour = '#dfe6ec';

interface CourseSectionProps {
  readonly course: PatientCourse;
  readonly models: readonly ModelWords[];
  /** The selected lesion. */
  readonly lesion: Lesion | undefined;
  /** Shows the slice of a lesion in one of its studies. */
  readonly onStudy: (lesion: Lesion, StudyInstanceUID: string) => void;
}

/** How the selected lesion and the laboratory values went, on one time axis, with the therapy behind them. */
export function CourseSection({ course, models, lesion, onStudy }: CourseSectionProps) {
  const axis = useMemo(() => timeAxis(course), [course]);
  const labs = useMemo(() => course.labs.map(labTrend), [course]);
  const { sizes, groups } = useMemo(() => sortFeatures(lesion?.features ?? [], models), [lesion, models]);
  const colour = lesionColour(course.lesions.findIndex(({ key }) => key === lesion?.key));
  const shared = {
    axis,
    colour,
    onPoint: ({ StudyInstanceUID }: { StudyInstanceUID: string | null }) => {
      if (lesion !== undefined && StudyInstanceUID !== null) onStudy(lesion, StudyInstanceUID);
    },
  };
  return (
    <section className="ds-section" aria-labelledby="ds-course">
      <h2 id="ds-course" tabIndex={-1}>
        Change over time
      </h2>
      <TherapyStrip axis={axis} />
      {lesion !== undefined && (
        <>
          <p className="ds-small">{`${lesion.label}: change counts from the baseline CT.`}</p>
          <TrendList title="Size, for orientation" trends={sizes} shownFirst={sizesShownFirst} {...shared} />
          {groups.map(({ model, note, trends }) => (
            <TrendList
              key={model}
              title="Features in a model"
              note={note}
              trends={trends}
              shownFirst={featuresShownFirst}
              {...shared}
            />
          ))}
          {groups.length === 0 && (
            <p className="ds-small">
              {lesion.primary
                ? 'No feature of this lesion takes part in a result.'
                : 'The models use the primary tumour only.'}
            </p>
          )}
        </>
      )}
      <TrendList title="Laboratory" trends={labs} shownFirst={labsShownFirst} axis={axis} colour={labColour} />
      {labs.length === 0 && <p className="ds-small">No laboratory values in the record.</p>}
    </section>
  );
}

interface FeatureGroup {
  readonly model: string;
  readonly note: string;
  readonly trends: readonly Trend[];
}

/** Sizes, and the features by the model that they act in: effects of two models are on different scales and do not compare. */
function sortFeatures(
  features: readonly FeatureSeries[],
  models: readonly ModelWords[],
): { sizes: Trend[]; groups: FeatureGroup[] } {
  const sizes = features.filter(({ usedBy }) => usedBy.length === 0).map(featureTrend);
  // What gives a risk group comes first; the rest in the order of the models.
  const order = models.toSorted((a, b) => Number(b.group !== null) - Number(a.group !== null));
  const groups = order.flatMap(({ model, title }): FeatureGroup[] => {
    const trends = features.filter(({ usedBy }) => usedBy[0]?.model === model).map(featureTrend);
    return trends.length === 0 ? [] : [{ model, note: `${title}; strongest effect first`, trends }];
  });
  return { sizes, groups };
}
