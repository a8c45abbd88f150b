import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Lesion } from '../../../src/assessment/course-types.ts';
import type { PanelView } from '../../../src/http/api/panel-types.ts';
import type { PanelController } from '../state/panel-controller.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { ViewerActions } from '../state/viewer-actions.ts';
import type { DrawingActions } from '../viewer/drawing-actions.ts';
import { AnalysisProgress } from './analysis-progress.tsx';
import { CourseSection } from './course-section.tsx';
import { Disclosure } from './disclosure.tsx';
import { DrawingSection } from './drawing-section.tsx';
import { FailureView } from './failure-view.tsx';
import { History } from './history.tsx';
import { LesionList } from './lesion-list.tsx';
import { OverlayControls } from './overlay-controls.tsx';
import { RiskHeader } from './risk-header.tsx';
import { goTo, SectionNav } from './section-nav.tsx';
import { useJump } from './use-jump.tsx';
import { WhySection } from './why-section.tsx';

export interface RiskPanelProps {
  readonly state: SharedState;
  readonly controller: PanelController;
  readonly viewer: ViewerActions;
  readonly drawing: DrawingActions;
}

/** The whole panel: what stands between reader and result first, then the result. */
export function RiskPanel({ state, controller, viewer, drawing }: RiskPanelProps) {
  const { view, loading, failure, loadedAt, analysis } = useSyncExternalStore(state.subscribe, state.get);
  return (
    <div className="ds-panel" data-testid="ds-panel" aria-busy={loading}>
      {failure !== null && (
        <FailureView failure={failure} shownSince={view === null ? null : loadedAt} onRetry={controller.retry} />
      )}
      {view === null && failure === null && (
        <p role="status" className="ds-loading">
          {loading ? 'Risk and course are being loaded.' : 'Open a CT study to see risk and course.'}
        </p>
      )}
      {view !== null && <SectionNav />}
      {view !== null && analysis !== null && (
        // What fails here stands in the live region of the panel's top at the next answer.
        <AnalysisProgress analysis={analysis} onAgain={() => void controller.analyse().catch(controller.fail)} />
      )}
      {view !== null && <PanelContent view={view} {...{ state, controller, viewer, drawing }} />}
    </div>
  );
}

function PanelContent({ view, state, controller, viewer, drawing }: RiskPanelProps & { readonly view: PanelView }) {
  const { selectedLesion, overlay, viewerNotices, shownStudies } = useSyncExternalStore(state.subscribe, state.get);
  const [model, setModel] = useState<string | null>(null);
  const jump = useJump(viewer);
  const { course, links, assessment } = view;
  const lesion = course.lesions.find(({ key }) => key === selectedLesion);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another assessment may be of other models.
  useEffect(() => setModel(null), [assessment.id]);

  function select(chosen: Lesion): void {
    state.set({ selectedLesion: chosen.key });
    jump.toNewest(chosen);
  }
  return (
    <>
      <RiskHeader
        view={view}
        viewerNotices={viewerNotices}
        onWhy={(chosen) => {
          setModel(chosen);
          goTo('ds-why');
        }}
      />
      <LesionList lesions={course.lesions} risks={view.lesionRisks} selected={selectedLesion} onSelect={select} />
      {jump.offer}
      <OverlayControls
        overlay={overlay}
        sideBySide={shownStudies.length > 1}
        onChange={(changed) => state.set({ overlay: changed })}
      />
      <CourseSection course={course} models={view.models} lesion={lesion} onStudy={jump.toStudy} />
      <WhySection view={view} api={controller.api} chosen={model} onChoose={setModel} />
      <section className="ds-section" aria-labelledby="ds-more">
        <h2 id="ds-more" tabIndex={-1}>
          More
        </h2>
        <Disclosure title="Send to Deltascope">
          <DrawingSection drawing={drawing} lesions={course.lesions} onStored={controller.analyse} />
        </Disclosure>
        <Disclosure title="History of assessments">
          <History
            patientId={view.patient.reference.replace(/^Patient\//, '')}
            shown={assessment.id}
            api={controller.api}
          />
        </Disclosure>
        {links.report !== null && (
          <p>
            <a className="ds-button" href={controller.api.absolute(links.report)} target="_blank" rel="noopener">
              Tumour-board report
            </a>
          </p>
        )}
        <p className="ds-small">
          {`Decision support, not a decision. Deltascope ${assessment.versions.deltascope}, features by ${assessment.versions.extractor}.`}
        </p>
      </section>
    </>
  );
}
