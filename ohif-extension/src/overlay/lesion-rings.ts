import type { Cornerstone, LabelmapImage, Point3 } from '../viewer/ohif-types.ts';
import type { KnownOutline } from '../viewer/outlines.ts';
import { outlinePath } from './outline-path.ts';
import { type LabelStack, type RingWidth, ringSlices, ringWidth } from './ring.ts';
import type { LoadedSegmentation } from './segmentations.ts';

interface OrderedStack extends LabelStack {
  readonly imageIds: readonly string[];
}

/** Distances between slices that differ by more than this are not even: no ring is worked out (mm). */
const evenMm = 0.01;

/** The rings that features are taken from, as SVG paths; worked out once, when somebody asks to see them. */
export class LesionRings {
  readonly #cornerstone: Cornerstone;
  #paths = new WeakMap<LoadedSegmentation, Map<string, ReadonlyMap<string, string>>>();

  constructor(cornerstone: Cornerstone) {
    this.#cornerstone = cornerstone;
  }

  /** The rings of an outline in an image, one for each width that a feature of the lesion is taken from. */
  in(loaded: LoadedSegmentation, imageId: string, outline: KnownOutline): string[] {
    return ringsOf(outline).flatMap(({ region, width }) => {
      const known = this.#paths.get(loaded) ?? new Map<string, ReadonlyMap<string, string>>();
      this.#paths.set(loaded, known);
      const key = `${outline.segmentNumber} ${region}`;
      const paths = known.get(key) ?? this.#workOut(loaded, outline.segmentNumber, width);
      known.set(key, paths);
      return paths.get(imageId) ?? [];
    });
  }

  /** Forgets everything: labels were edited. */
  forget(): void {
    this.#paths = new WeakMap();
  }

  #workOut(loaded: LoadedSegmentation, segment: number, width: RingWidth): ReadonlyMap<string, string> {
    const stack = this.#stack(loaded);
    if (stack === null) return new Map();
    const { columns, rows, imageIds } = stack;
    return new Map(
      [...ringSlices(stack, segment, width)].flatMap(([slice, mask]) => {
        const imageId = imageIds[slice];
        return imageId === undefined ? [] : [[imageId, outlinePath(mask, columns, rows, 1)] as const];
      }),
    );
  }

  /** Slices in order; null where they are not even, or segments overlap and lie in several images. */
  #stack({ slices }: LoadedSegmentation): OrderedStack | null {
    const placed = [...slices].flatMap(([imageId, images]) => {
      const plane = this.#cornerstone.metaData.get('imagePlaneModule', imageId);
      const [image, ...others] = images;
      return plane === undefined || image === undefined || others.length > 0
        ? []
        : [
            {
              imageId,
              image,
              plane,
              position: along(plane.rowCosines, plane.columnCosines, plane.imagePositionPatient),
            },
          ];
    });
    placed.sort((a, b) => a.position - b.position);
    const [first, second] = placed;
    if (first === undefined || second === undefined || placed.length !== slices.size) return null;
    const spacing = second.position - first.position;
    const even = placed.every(
      ({ position }, at) => Math.abs(position - first.position - at * spacing) < evenMm * (at + 1),
    );
    if (!even) return null;
    const { columns, rows }: LabelmapImage = first.image;
    return {
      columns,
      rows,
      spacingMm: [first.plane.columnPixelSpacing, first.plane.rowPixelSpacing, spacing],
      slices: placed.map(({ image }) => image.voxelManager.getScalarData()),
      imageIds: placed.map(({ imageId }) => imageId),
    };
  }
}

/** Whether a result of the lesion rests on a ring, and on which. */
function ringsOf({ lesion }: KnownOutline): { region: string; width: RingWidth }[] {
  const regions = new Set(lesion.features.map(({ region }) => region));
  return [...regions].flatMap((region) => {
    const width = ringWidth(region);
    return width === null ? [] : [{ region, width }];
  });
}

/** mm along the normal of the image. */
function along([ax, ay, az]: Point3, [bx, by, bz]: Point3, [x, y, z]: Point3): number {
  return x * (ay * bz - az * by) + y * (az * bx - ax * bz) + z * (ax * by - ay * bx);
}
