import { element } from './dom.ts';
import { fetchList } from './service.ts';
import type { DemoPatientRow, DemoViewer } from './wire.ts';

/** How often it is looked whether the viewer is there (ms). */
const pauseMs = 3000;

/** The way to the patient's images, or what there is to say about it; it mends itself when the viewer comes. */
export function viewerLink(patient: DemoPatientRow): HTMLElement {
  const place = element('span', { class: 'viewer-link', role: 'status' });
  if (patient.studies.length === 0) {
    place.textContent = 'No CT';
    return place;
  }
  void follow(place, patient);
  return place;
}

async function follow(place: HTMLElement, patient: DemoPatientRow): Promise<void> {
  for (;;) {
    const viewer = await fetchList<DemoViewer>('/demo/viewer').catch(() => null);
    if (viewer === null || viewer.kind === 'off') return;
    if (viewer.kind === 'ready') return place.replaceChildren(link(patient));
    const text = sentence(viewer.text);
    // A status region that is written again is read out again.
    if (place.textContent !== text) place.textContent = text;
    if (viewer.kind === 'unavailable') return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    // Another chart was opened meanwhile.
    if (!place.isConnected) return;
  }
}

function link({ studies }: DemoPatientRow): HTMLAnchorElement {
  const href = `/deltascope?${new URLSearchParams({ StudyInstanceUIDs: studies.join(',') })}`;
  const label = studies.length === 1 ? 'CT in the viewer' : 'CT in the viewer: baseline and newest side by side';
  return element('a', { href, target: '_blank', rel: 'noopener' }, label);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
