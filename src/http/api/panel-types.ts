import type { Assessment } from '../../assessment/assessment.ts';
import type { CourseStudy, Lesion, PatientCourse } from '../../assessment/course-types.ts';
import type { MeasuredRegion, RegionAddress } from '../../assessment/region-types.ts';
import type { RiskGroup } from '../../models/model-result.ts';
import type { ModelWords } from './model-words.ts';

/** What the viewer shows of one lesion. */
export interface LesionRisk {
  /** `Lesion.key`. */
  readonly lesion: string;
  readonly group: RiskGroup | null;
  /** "high risk of progression", or why there is no group. */
  readonly text: string;
  /** Main change since the study before: "volume +18% since 7 Oct 2026"; null with one study. */
  readonly change: string | null;
  /** The same since the baseline, for whoever shows that beside: "volume +41% since baseline"; null without one, or at it. */
  readonly changeSinceBaseline: string | null;
}

/** An analysis of a patient's images. */
export interface AnalysisState {
  readonly state: 'pending' | 'running' | 'ready' | 'none' | 'failed';
  /** Share done, 0 to 1, while it runs in this process. */
  readonly share: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly updatedAt: string | null;
}

/** All that the panel shows. `GET /api/panel?StudyInstanceUIDs=...` */
export interface PanelView {
  readonly patient: {
    readonly reference: string;
    readonly name: string | null;
    readonly PatientIDs: readonly string[];
    readonly synthetic: boolean;
  };
  readonly assessment: Assessment;
  /** False where the last answer is given again: ask once more with `fresh=1` for what the record says now. */
  readonly fresh: boolean;
  /** In the order in which they are shown: the words of `assessment.models`. */
  readonly models: readonly ModelWords[];
  readonly course: PatientCourse;
  readonly lesionRisks: readonly LesionRisk[];
  readonly analysis: AnalysisState;
  /** "new CT of 2 Nov 2026 not yet included"; null when everything is. */
  readonly stale: string | null;
  /** Sentences with what one must know before any number: standing, automatic mask, several or missing segmentations, RTSTRUCT only. */
  readonly notices: readonly string[];
  /** SVG figures by model. */
  readonly figures: readonly { readonly model: string; readonly label: string; readonly href: string }[];
  readonly links: {
    /** Page of the tumour board; null where there is none. */
    readonly report: string | null;
    readonly modelCards: Readonly<Record<string, string>>;
  };
}

/** `GET /api/patients/{id}/assessments`: newest first. */
export interface AssessmentHistory {
  readonly assessments: readonly {
    readonly id: string;
    readonly asOf: string;
    readonly createdAt: string;
    readonly group: RiskGroup | null;
    readonly statement: string;
    /** SEG instances that its features were taken from. */
    readonly segmentations: readonly string[];
  }[];
}

/** Events of `GET /api/patients/{id}/analysis/events`: `data` of a server-sent event named `analysis`. */
export type AnalysisEvent = AnalysisState;

/** `GET /api/regions?...`: the voxels that features were taken from. */
export type { CourseStudy, Lesion, MeasuredRegion, RegionAddress };
