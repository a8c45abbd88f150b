import type { Assessment } from '../src/assessment/assessment.ts';
import type { ModelResult } from '../src/models/model-result.ts';

/** A link of a card. */
export type CardLink =
  | { readonly label: string; readonly url: string; readonly type: 'absolute' }
  | { readonly label: string; readonly url: string; readonly type: 'smart'; readonly appContext: string };

/** Where a card can lead to, as configured. */
export interface LinkTargets {
  /** Page with the whole Assessment of a patient; undefined where there is none. */
  readonly report?: (patientId: string) => string;
  /** Address of the viewer's mode (OHIF: `https://viewer/viewer`); undefined while there is none. */
  readonly viewer?: () => string | undefined;
  /** SMART launch URL, as it is registered at the EHR: it never changes with the patient. */
  readonly smartLaunchUrl?: string;
}

/**
 * The links of a card. Identifiers of the images travel to a SMART app in `appContext`, because a client hides launch URLs that
 * are not registered with it.
 *
 * @see CDS Hooks 2.0.1, Link
 */
export function cardLinks(assessment: Assessment, { imaging }: ModelResult, targets: LinkTargets): CardLink[] {
  const { report, smartLaunchUrl } = targets;
  const viewer = targets.viewer?.();
  const studies = unique(imaging.flatMap(({ sources }) => sources.slice(0, 1)));
  const series = unique(imaging.flatMap(({ sources }) => sources.slice(1, 2)));
  const links: CardLink[] = [];
  if (smartLaunchUrl !== undefined) {
    const context = {
      assessment: assessment.id,
      ...(studies.length > 0 && { StudyInstanceUIDs: studies, SeriesInstanceUIDs: series }),
    };
    links.push({
      label: 'Open in Deltascope',
      url: smartLaunchUrl,
      type: 'smart',
      appContext: JSON.stringify(context),
    });
  }
  if (report !== undefined) {
    const url = report(assessment.subject.replace(/^Patient\//, ''));
    links.push({ label: 'All models, inputs and figures', url, type: 'absolute' });
  }
  if (viewer !== undefined && studies.length > 0) {
    const query = new URLSearchParams({ StudyInstanceUIDs: studies.join(',') });
    links.push({ label: 'CT in the viewer', url: `${viewer}?${query}`, type: 'absolute' });
  }
  return links;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
