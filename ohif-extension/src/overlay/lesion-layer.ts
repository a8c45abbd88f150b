import type { CornerstoneViewport } from '../viewer/ohif-types.ts';
import { type Box, type LesionText, lesionLabel, placeLabels } from './lesion-label.ts';
import type { LesionShape } from './lesion-shapes.ts';
import { addOverlayStyle } from './overlay-style.ts';
import type { PixelGrid } from './pixel-grid.ts';
import { svg } from './svg.ts';

/** A lesion in the slice that a pane shows. */
export interface DrawnLesion extends LesionText {
  /** `Lesion.key`, or the SEG instance and segment where the service does not know it. */
  readonly key: string;
  /** Of the filling, 0 to 1. */
  readonly opacity: number;
  readonly shapes: readonly LesionShape[];
}

/** What one pane shows over its image. */
export interface LayerContent {
  /** Which visit this is; null while that is unknown. */
  readonly title: string | null;
  readonly synthetic: boolean;
  readonly legend: HTMLElement | null;
  readonly grid: PixelGrid | null;
  readonly lesions: readonly DrawnLesion[];
  /** Regions around lesions, as paths in pixel indices. */
  readonly rings: readonly { readonly path: string; readonly colour: string }[];
}

/** Fillings, outlines and labels over one pane, in CSS pixels of its element. */
export class LesionLayer {
  readonly #viewport: CornerstoneViewport;
  readonly #root = document.createElement('div');
  #lesions: readonly { readonly key: string; readonly box: Box }[] = [];

  constructor(viewport: CornerstoneViewport) {
    addOverlayStyle();
    this.#viewport = viewport;
    this.#root.className = 'deltascope-layer';
    this.#root.dataset.testid = `deltascope-layer-${viewport.id}`;
    // The panel says the same in a form that can be read out.
    this.#root.setAttribute('aria-hidden', 'true');
    viewport.element.append(this.#root);
  }

  /** Draws anew; called after each rendering of the image below. */
  draw({ title, synthetic, legend, grid, lesions, rings }: LayerContent): void {
    const drawing = svg('svg');
    const nodes: (Node | null)[] = [drawing, titleNode(title, synthetic), legend];
    const shown = grid === null ? [] : lesions.filter(({ shapes }) => shapes.length > 0);
    const labels = shown.map((lesion) => ({
      element: lesionLabel(lesion),
      lesion: boxIn(grid as PixelGrid, lesion.shapes),
    }));
    this.#root.replaceChildren(...nodes.filter((node) => node !== null), ...labels.map(({ element }) => element));
    if (grid === null) return;
    const matrix = `matrix(${grid.matrix.join(' ')})`;
    for (const { path, colour } of rings) {
      const look = { fill: colour, 'fill-opacity': 0.18, stroke: colour, 'stroke-width': 1, 'stroke-dasharray': '2 2' };
      drawing.append(
        svg('path', {
          d: path,
          transform: matrix,
          'fill-rule': 'evenodd',
          ...outlined,
          ...look,
          class: 'deltascope-ring',
        }),
      );
    }
    // All fillings before all outlines: where lesions overlap, the colours mix and every border stays clear.
    for (const lesion of shown) drawing.append(...fillings(lesion, matrix));
    for (const lesion of shown) drawing.append(...outlines(lesion, matrix));
    const { clientWidth: width, clientHeight: height } = this.#viewport.element;
    const ends = placeLabels({ width, height }, labels);
    ends.forEach(([x, y], at) => {
      const box = labels[at]?.lesion;
      const colour = shown[at]?.style.colour;
      if (box === undefined || colour === undefined) return;
      const from = { x: Math.max(box.left, Math.min(box.right, x)), y: Math.max(box.top, Math.min(box.bottom, y)) };
      drawing.append(svg('line', { x1: from.x, y1: from.y, x2: x, y2: y, stroke: colour, 'stroke-width': 1 }));
    });
    this.#lesions = shown.map(({ key }, at) => ({ key, box: labels[at]?.lesion ?? empty }));
  }

  /** The lesion at a point of the pane (CSS pixels); the smallest where several are. */
  lesionAt(x: number, y: number): string | null {
    const inside = this.#lesions.filter(
      ({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom,
    );
    inside.sort((a, b) => sizeOf(a.box) - sizeOf(b.box));
    return inside[0]?.key ?? null;
  }

  /** Whether the layer still lies over this viewport: the viewer makes new elements when panes change. */
  isOver(viewport: CornerstoneViewport): boolean {
    return this.#viewport === viewport && this.#root.isConnected && this.#root.parentElement === viewport.element;
  }

  remove(): void {
    this.#root.remove();
  }
}

const empty: Box = { left: 0, top: 0, right: 0, bottom: 0 };
const outlined = { 'vector-effect': 'non-scaling-stroke', 'stroke-linejoin': 'round' };

function sizeOf({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top);
}

function fillings({ shapes, style, opacity }: DrawnLesion, transform: string): Node[] {
  return shapes.map(({ path: d }) =>
    svg('path', { d, transform, fill: style.colour, 'fill-opacity': opacity, class: 'deltascope-filling' }),
  );
}

/** A dark line below the coloured one, so that the pattern shows on bright tissue; a white rim around both for the selected lesion. */
function outlines({ shapes, style, selected, key }: DrawnLesion, transform: string): Node[] {
  const below = [
    ...(selected ? [{ stroke: '#ffffff', 'stroke-opacity': 0.9, 'stroke-width': style.width + 4 }] : []),
    { stroke: '#000000', 'stroke-opacity': 0.55, 'stroke-width': style.width + 1.5 },
  ];
  return shapes.flatMap(({ path: d }) => [
    ...below.map((line) => svg('path', { d, transform, fill: 'none', ...line, ...outlined })),
    svg('path', {
      d,
      transform,
      fill: 'none',
      stroke: style.colour,
      'stroke-width': style.width,
      'stroke-dasharray': style.dashes,
      class: 'deltascope-outline',
      'data-lesion': key,
      'data-group': style.word,
      ...outlined,
    }),
  ]);
}

function boxIn(grid: PixelGrid, shapes: readonly LesionShape[]): Box {
  const corners = shapes.flatMap(({ box: { left, top, right, bottom } }) => [
    grid.toCanvas(left - 0.5, top - 0.5),
    grid.toCanvas(right + 0.5, top - 0.5),
    grid.toCanvas(left - 0.5, bottom + 0.5),
    grid.toCanvas(right + 0.5, bottom + 0.5),
  ]);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function titleNode(title: string | null, synthetic: boolean): HTMLElement | null {
  if (title === null && !synthetic) return null;
  const node = document.createElement('div');
  node.className = 'deltascope-title';
  if (synthetic) {
    const tag = document.createElement('em');
    tag.textContent = 'Synthetic data';
    node.append(tag, title === null ? '' : ' · ');
  }
  node.append(title ?? '');
  return node;
}
