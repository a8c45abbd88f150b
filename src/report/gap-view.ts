import { capitalise } from '../assessment/wording.ts';
import type { InputMissing } from '../models/model-result.ts';
import type { BoardReport } from './board-report.ts';
import { shownModels } from './risk-view.ts';
import { texts } from './texts.ts';

/** What is missing, and what would resolve it. */
export interface GapView {
  /** "NSE", or how many things of a kind. */
  readonly what: string;
  readonly why: string;
  /** '' where nothing is known that would. */
  readonly mend: string;
  /** Numbers of the models that ask for it. */
  readonly models: readonly number[];
}

/** What somebody can mend comes first; what only the literature could, last. */
const kinds: readonly InputMissing['kind'][] = ['fact', 'signature', 'feature', 'context', 'unpublished'];

/** Gaps of the models that could apply, and of images and record. What the same step resolves is one gap. */
export function gapViews({ assessment }: BoardReport): GapView[] {
  const { imaging, problems, unread } = assessment;
  const pending = imaging.state === 'pending' ? [line(texts.gaps.imagesPending)] : [];
  const images = imaging.message === null ? [] : [line(texts.gaps.images(imaging.message))];
  return [
    ...pending,
    ...images,
    ...modelGaps(assessment),
    ...(unread.length === 0 ? [] : [line(texts.gaps.unread(unread.join(', ')))]),
    ...(problems.length === 0 ? [] : [{ ...line(texts.gaps.setAside(problems.length)), why: texts.gaps.setAsideWhy }]),
  ];
}

function line(what: string): GapView {
  return { what, why: '', mend: '', models: [] };
}

function modelGaps(assessment: BoardReport['assessment']): GapView[] {
  const asked = shownModels(assessment).flatMap(({ status, missing }, at) =>
    status === 'not-applicable' ? [] : missing.map((each) => ({ ...each, model: at + 1 })),
  );
  const groups = new Map<string, (typeof asked)[number][]>();
  for (const each of asked.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))) {
    // An input that two models ask for in different words is still mended by one step.
    const key = `${each.why}\n${each.mend}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group): GapView[] => {
    const [first] = group;
    if (first === undefined) return [];
    const labels = [...new Set(group.map(({ label }) => label))];
    const named = labels.length <= 2 ? labels.join(' and ') : `${labels[0]} and ${labels.length - 1} more`;
    return [
      {
        what: capitalise(named),
        why: first.why,
        mend: first.mend,
        models: [...new Set(group.map(({ model }) => model))].sort((a, b) => a - b),
      },
    ];
  });
}
