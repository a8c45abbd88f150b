/** Toolbar and tools of a mode as OHIF 3.13 composes them: lists of names that the viewer resolves, and tools by tool group. */
export interface ModeTools {
  readonly toolbarButtons?: unknown;
  readonly toolbarSections?: unknown;
  readonly toolGroupAdditions?: unknown;
}

const named = (name: string) => ({ $reference: `cornerstone.${name}` });

/**
 * The tools of a mode and, beside them, the viewer's own tools for drawing segmentations, which a reader needs to correct a lesion.
 * Viewers before 3.13 compose their modes otherwise: theirs stay as they are.
 */
export function withDrawingTools({ toolbarButtons, toolbarSections, toolGroupAdditions }: ModeTools): ModeTools {
  if (!Array.isArray(toolbarButtons) || !Array.isArray(toolbarSections)) return {};
  return {
    toolbarButtons: [...toolbarButtons, named('segmentationToolbarButtons')],
    toolbarSections: [...toolbarSections, named('segmentationToolbarSections')],
    toolGroupAdditions: { ...(toolGroupAdditions as object | undefined), default: [named('segmentationTools')] },
  };
}
