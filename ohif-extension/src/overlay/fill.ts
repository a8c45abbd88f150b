import type { CornerstoneViewport, LabelActor, OhifServices } from '../viewer/ohif-types.ts';

/** Colour of each segment, by its number: red, green, blue, opacity, 0 to 255. */
export type SegmentColours = ReadonlyMap<number, readonly [number, number, number, number]>;

const imageRendered = 'CORNERSTONE_IMAGE_RENDERED';
const pauseMs = 30;
/** Longest wait for one rendering, and before the colours are set again (ms). */
const silenceMs = 150;
const againMs = 1500;
const patienceMs = 15_000;

/** How the segments of one segmentation are filled in one pane. */
export interface Fill {
  readonly segmentationId: string;
  readonly colours: SegmentColours;
  /** 0 to 1. */
  readonly alpha: number;
}

/**
 * Fills the segments in a pane with their colours.
 *
 * A pane that is ready may have no image yet; a representation that is added then is listed, but never drawn. So the image
 * is waited for first. The colours are set again and again until they are there: see {@link isPainted}.
 *
 * @param isWanted Asked while it waits; false ends it, because the pane now shows something else.
 */
export async function fillSegments(
  services: OhifServices,
  viewport: CornerstoneViewport,
  fill: Fill,
  isWanted: () => boolean,
): Promise<void> {
  const { segmentationService } = services;
  const { segmentationId } = fill;
  await until(() => viewport.getActors().length > 0, isWanted);
  if (!isWanted()) return;
  setOpacity(services, viewport, fill);
  if (segmentationService.getSegmentationRepresentations(viewport.id, { segmentationId }).length === 0) {
    // With its colours from the start: each colour that is set later is a rendering of its own.
    const config = { colorLUTOrIndex: colourTable(fill.colours) };
    await segmentationService.addSegmentationRepresentation(viewport.id, { segmentationId, type: 'Labelmap', config });
  } else {
    paint(services, viewport, fill);
  }
  const end = Date.now() + patienceMs;
  for (let paints = 0; isWanted() && Date.now() < end; paints += 1) {
    // The viewer works its list of changes off one by one, a frame each: asking more often makes it later.
    for (const turn = Date.now() + againMs; Date.now() < turn && isWanted(); ) {
      // Labels of the image that is there already become an actor only with a rendering.
      if (labelActors(viewport, segmentationId).length === 0) viewport.render();
      const rendered = await rendering(viewport.element);
      hideBareLabels(viewport, fill);
      const drawn = labelActors(viewport, segmentationId).length > 0;
      if (drawn && isPainted(viewport, fill)) return;
      // Bare, and no rendering to come: the viewer has lost the colours, as it does where two panes are filled at once.
      if (drawn && !rendered && paints === 0) break;
    }
    paint(services, viewport, fill);
  }
}

/** Colours by label, without gaps; what is no segment is transparent. */
function colourTable(colours: SegmentColours): (readonly [number, number, number, number])[] {
  const last = Math.max(0, ...colours.keys());
  return Array.from({ length: last + 1 }, (_, label) => colours.get(label) ?? [0, 0, 0, 0]);
}

/** Sets the colours; the viewer applies them with one of its next renderings. */
export function paint(services: OhifServices, viewport: CornerstoneViewport, fill: Fill): void {
  const { segmentationService } = services;
  const { segmentationId, colours } = fill;
  const { id: viewportId } = viewport;
  if (segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length === 0) return;
  setOpacity(services, viewport, fill);
  const changed = [...colours].filter(([segment, colour]) => {
    const current = segmentationService.getSegmentColor(viewportId, segmentationId, segment);
    return current === undefined || colour.some((value, at) => value !== current[at]);
  });
  // Each of these is a rendering; one is needed for the style.
  for (const [segment, colour] of changed.length > 0 ? changed : [...colours].slice(0, 1)) {
    segmentationService.setSegmentColor(viewportId, segmentationId, segment, colour);
  }
}

function setOpacity(
  { segmentationService }: OhifServices,
  { id: viewportId }: CornerstoneViewport,
  { segmentationId, alpha }: Fill,
): void {
  segmentationService.setStyle(
    { viewportId, segmentationId, type: 'Labelmap' },
    {
      // Outlines are drawn over the image in the pattern of the risk group, which labels can't have.
      renderOutline: false,
      renderOutlineInactive: false,
      renderFill: true,
      renderFillInactive: true,
      fillAlpha: alpha,
      fillAlphaInactive: alpha,
    },
  );
}

/**
 * Whether the labels that are drawn now have their colours.
 *
 * Every slice has an actor of its own, made when the slice is shown. One whose first rendering falls together with another
 * change stays without colours, which is opaque black over the tumour, so each is looked at.
 *
 * @returns True also where the slice holds no labels.
 */
export function isPainted(viewport: CornerstoneViewport, fill: Fill): boolean {
  return labelActors(viewport, fill.segmentationId).every(({ actor }) => hasColours(actor, fill));
}

const onceColoured = new WeakSet<LabelActor['actor']>();

/** Hides labels that have never had colours, until the viewer colours and shows them: black must not cover a lesion. */
export function hideBareLabels(viewport: CornerstoneViewport, fill: Fill): void {
  let hidden = false;
  for (const { actor } of labelActors(viewport, fill.segmentationId)) {
    if (hasColours(actor, fill)) onceColoured.add(actor);
    if (onceColoured.has(actor) || !actor.getVisibility()) continue;
    actor.setVisibility(false);
    hidden = true;
  }
  if (hidden) viewport.render();
}

function hasColours(actor: LabelActor['actor'], { colours, alpha }: Fill): boolean {
  const colour = actor.getProperty().getRGBTransferFunction(0);
  const opacity = actor.getProperty().getScalarOpacity(0);
  if (colour === null || opacity === null) return false;
  return [...colours].every(
    ([segment, [red, green, blue, a]]) =>
      Math.abs(opacity.getValue(segment) - (a / 255) * alpha) < 0.01 &&
      // What can't be seen need not have a colour.
      (a === 0 ||
        alpha === 0 ||
        [red, green, blue].every((wanted, at) => isNear(colour.getColor, segment, at, wanted))),
  );
}

function isNear(
  getColor: (value: number, out: number[]) => void,
  segment: number,
  at: number,
  wanted: number,
): boolean {
  const out = [0, 0, 0];
  getColor(segment, out);
  return Math.abs(255 * (out[at] ?? 0) - wanted) < 1;
}

function labelActors(viewport: CornerstoneViewport, segmentationId: string): LabelActor[] {
  return viewport
    .getActors()
    .filter((entry): entry is LabelActor => entry.representationUID?.startsWith(segmentationId) ?? false);
}

/** Removes the filling of a segmentation from a pane. */
export function removeFill(
  { segmentationService }: OhifServices,
  { id }: CornerstoneViewport,
  segmentationId: string,
): void {
  if (segmentationService.getSegmentationRepresentations(id, { segmentationId }).length === 0) return;
  segmentationService.removeRepresentationsFromViewport(id, { segmentationId });
}

async function until(isSo: () => boolean, isWanted: () => boolean): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!isSo() && isWanted() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Waits for the next rendering of a pane. @returns False after a while without any. */
function rendering(element: HTMLElement): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (rendered: boolean) => {
      clearTimeout(timer);
      element.removeEventListener(imageRendered, hear);
      resolve(rendered);
    };
    const hear = () => end(true);
    const timer = setTimeout(() => end(false), silenceMs);
    element.addEventListener(imageRendered, hear);
  });
}
