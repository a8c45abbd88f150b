import type { LesionOutline } from '../../../src/assessment/course-types.ts';

/** What the panel asks of the viewer around it. */
export interface ViewerActions {
  /**
   * Shows the slice of an outline in the viewport that shows its study, and makes that viewport the active one.
   *
   * @returns False when no viewport shows the study: nothing was moved.
   */
  jumpToOutline(outline: LesionOutline): Promise<boolean>;
  /** Whether a viewport shows the study. */
  showsStudy(StudyInstanceUID: string): boolean;
  /** Puts the study into the active viewport and jumps; left out where the viewer can't. */
  openOutline?(outline: LesionOutline): Promise<boolean>;
}
