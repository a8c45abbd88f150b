import { type ReactNode, useState } from 'react';
import type { Lesion, LesionOutline } from '../../../src/assessment/course-types.ts';
import type { ViewerActions } from '../state/viewer-actions.ts';
import { newestOutline } from './lesion-list.tsx';
import { dateWords } from './words.ts';

/** Ways to a lesion's slice, and what is said where no viewport shows the study. */
export interface Jump {
  /** In the newest study that a viewport shows. */
  toNewest(lesion: Lesion): void;
  toStudy(lesion: Lesion, StudyInstanceUID: string): void;
  /** Offers to open the study that is not shown; a live region that is empty where there is nothing to offer. */
  readonly offer: ReactNode;
}

/** Moves the viewports to lesions, and offers to open what they do not show. */
export function useJump(viewer: ViewerActions): Jump {
  const [hidden, setHidden] = useState<LesionOutline | null>(null);
  const [failed, setFailed] = useState(false);

  async function go(outline: LesionOutline, move: (outline: LesionOutline) => Promise<boolean>): Promise<boolean> {
    const moved = await move(outline).catch(() => false);
    setHidden(moved ? null : outline);
    return moved;
  }
  return {
    toNewest(lesion) {
      const shown = lesion.outlines.findLast(
        ({ current, StudyInstanceUID }) => current && viewer.showsStudy(StudyInstanceUID),
      );
      const outline = shown ?? newestOutline(lesion);
      setFailed(false);
      if (outline !== undefined) void go(outline, viewer.jumpToOutline);
    },
    toStudy(lesion, StudyInstanceUID) {
      const outline = lesion.outlines.findLast((each) => each.current && each.StudyInstanceUID === StudyInstanceUID);
      setFailed(false);
      if (outline !== undefined) void go(outline, viewer.jumpToOutline);
    },
    offer: (
      <div role="status" aria-live="polite">
        {hidden !== null && (
          <div className="ds-notice ds-offer">
            <p>
              {failed
                ? `The CT of ${dateWords(hidden.studyDate)} could not be opened in the active viewport.`
                : `The CT of ${dateWords(hidden.studyDate)} is not shown in a viewport.`}
            </p>
            {viewer.openOutline !== undefined && !failed && (
              <button
                type="button"
                className="ds-button"
                onClick={() =>
                  void go(hidden, viewer.openOutline ?? viewer.jumpToOutline).then((moved) => setFailed(!moved))
                }
              >
                Open it in the active viewport
              </button>
            )}
          </div>
        )}
      </div>
    ),
  };
}
