import type { Vector } from '../../radiomics/volume.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import { type Canvas, column, ellipsoid, paint, type Shape, tube, visitBox } from './phantom-shape.ts';

/** Hounsfield units of the tissues, without contrast medium and about 70 s after its injection. */
const densities = {
  plain: { fat: -102, muscle: 54, blood: 42, vessel: 40, heart: 46, liver: 58, spleen: 48 },
  venous: { fat: -100, muscle: 62, blood: 148, vessel: 132, heart: 104, liver: 106, spleen: 118 },
} as const;

/** Contrast phase of a phantom. */
export type PhantomPhase = keyof typeof densities;

type Densities = (typeof densities)[PhantomPhase];

/** How one person's thorax differs from the next one's. */
interface Build {
  /** Half width and half depth of the body at the skin (mm). */
  readonly body: readonly [number, number];
  readonly fatMm: number;
  /** Half width and half depth of the rib cage inside (mm). */
  readonly cage: readonly [number, number];
  readonly heart: number;
}

/**
 * Paints a thorax: fat, muscle, ribs, lungs with vessels, mediastinum, heart, great vessels, airways, spine, the upper
 * liver. Geometric bodies, no copy of a person; +x is the patient's left, +y the back, +z the head.
 *
 * @param canvas Air, on a grid centred near (0, 0, 0).
 * @param seed The person: build and vessel trees follow from it, whatever the phase.
 */
export function paintThorax(canvas: Canvas, phase: PhantomPhase, seed: number): void {
  const random = createRandom(seed);
  const scale = 1 + 0.04 * (2 * random.uniform() - 1);
  const build: Build = {
    body: [154 * scale, 106 * scale],
    fatMm: 9 + 12 * random.uniform(),
    cage: [118 * scale, 76 * scale],
    heart: 0.92 + 0.16 * random.uniform(),
  };
  const tissue = densities[phase];
  paintWall(canvas, build, tissue);
  paintLungs(canvas, build);
  paintMediastinum(canvas, build, tissue);
  paintBones(canvas, build);
  paintLungVessels(canvas, tissue, random);
}

/** Skin to rib cage, with ribs as slanting bands of bone. */
function paintWall(canvas: Canvas, { body, fatMm, cage }: Build, tissue: Densities): void {
  const [a, b] = body;
  const all = 1000;
  paint(canvas, column(0, 0, a, b, -all, all), tissue.fat);
  paint(canvas, column(0, 0, a - fatMm, b - fatMm, -all, all), tissue.muscle);
  const ring = column(0, 0, cage[0] + 8, cage[1] + 8, -all, all);
  const ribs: Shape = {
    ...ring,
    contains: (x, y, z) => {
      if (!ring.contains(x, y, z)) return false;
      const height = (((z + 0.4 * y) % 22) + 22) % 22;
      return height < 9 && (x / (cage[0] + 1)) ** 2 + (y / (cage[1] + 1)) ** 2 > 1;
    },
  };
  paint(canvas, ribs, 310);
}

/** Both lungs, narrowing towards the top, on the domes of the diaphragm. */
function paintLungs({ grid, hu }: Canvas, { cage }: Build): void {
  const [a, b] = cage;
  visitBox(grid, [-a, -b, -1000], [a, b, 1000], (index, x, y, z) => {
    const narrowing = 1 - (Math.max(0, z + 10) / 118) ** 2;
    if (narrowing <= 0 || (x / a) ** 2 + (y / b) ** 2 > narrowing) return;
    const hilum = 26 - 8 * Math.abs(y / b) + 0.06 * Math.max(0, z);
    if (Math.abs(x) < hilum) return;
    const dome = x < 0 ? -46 : -54;
    if (z < dome - ((x - Math.sign(x) * 62) ** 2 + y * y) / 190) return;
    // Lung is denser where it hangs lowest, and the patient lies on the back.
    hu[index] = -868 + 0.45 * y;
  });
}

function paintMediastinum(canvas: Canvas, { cage, heart }: Build, tissue: Densities): void {
  const [a, b] = cage;
  paint(canvas, column(0, 4, 25, b - 12, -40, 60), tissue.fat + 12);
  paint(canvas, ellipsoid([-58, 0, -104], [a - 66, b - 10, 54]), tissue.liver);
  paint(canvas, ellipsoid([70, 22, -104], [38, 42, 42]), tissue.spleen);
  paint(canvas, ellipsoid([18, -20, -36], [52 * heart, 42 * heart, 46 * heart]), tissue.heart);
  paint(canvas, ellipsoid([24, -22, -36], [34 * heart, 27 * heart, 32 * heart]), tissue.blood);
  paint(canvas, column(22, 44, 11.5, 11.5, -200, 44), tissue.blood);
  paint(canvas, column(-8, -28, 15, 15, -8, 40), tissue.blood);
  paint(canvas, tube([-8, -28, 42], [22, 44, 44], 13, 12), tissue.blood);
  paint(canvas, tube([10, -34, 6], [-6, -4, 12], 13, 12), tissue.blood);
  paint(canvas, tube([-6, -4, 12], [-38, 6, 6], 11, 8), tissue.blood);
  paint(canvas, tube([-6, -4, 12], [36, 8, 8], 11, 8), tissue.blood);
  paint(canvas, column(-27, -12, 8, 9, -10, 200), tissue.blood);
  paint(canvas, column(6, 38, 6, 5, -200, 200), 34);
  paint(canvas, column(0, 14, 9, 9, 20, 200), -990);
  paint(canvas, tube([-3, 14, 22], [-36, 12, -2], 6.5, 5), -990);
  paint(canvas, tube([3, 14, 22], [38, 14, -4], 6.5, 5), -990);
}

function paintBones(canvas: Canvas, { cage }: Build): void {
  const front = cage[1];
  for (let z = -144; z <= 144; z += 24) {
    paint(canvas, column(0, 64, 19, 15, z, z + 20), 420);
    paint(canvas, column(0, 64, 17, 13, z + 1.5, z + 18.5), 185);
    paint(canvas, column(0, 64, 18, 14, z + 20, z + 24), 86);
  }
  paint(canvas, column(0, 86, 14, 13, -200, 200), 360);
  paint(canvas, column(0, 86, 9, 9, -200, 200), 24);
  paint(canvas, tube([0, 97, -200], [0, 97, 200], 4, 4), 330);
  paint(canvas, column(0, -front - 2, 17, 6, -55, 200), 240);
}

/** Two trees of vessels that taper from the hila outwards. */
function paintLungVessels(canvas: Canvas, tissue: Densities, random: Random): void {
  for (const side of [-1, 1]) {
    for (let trunk = 0; trunk < 11; trunk++) {
      const angle = (2 * Math.PI * (trunk + 0.7 * random.uniform())) / 11;
      const outward: Vector = [side * (0.9 + 0.5 * random.uniform()), Math.cos(angle), 1.1 * Math.sin(angle)];
      branch(canvas, tissue.vessel, random, [side * 34, 8, 4], outward, 4.2, 4);
    }
  }
}

function branch(
  canvas: Canvas,
  hu: number,
  random: Random,
  from: Vector,
  direction: Vector,
  radiusMm: number,
  generations: number,
): void {
  const size = Math.hypot(...direction);
  const length = 15 + 14 * random.uniform();
  const to: Vector = [
    from[0] + (length * direction[0]) / size,
    from[1] + (length * direction[1]) / size,
    from[2] + (length * direction[2]) / size,
  ];
  paint(canvas, tube(from, to, radiusMm, 0.75 * radiusMm), hu, true);
  if (generations === 0) return;
  for (let child = 0; child < 2; child++) {
    const turn: Vector = [
      direction[0] / size + 0.5 * random.normal(),
      direction[1] / size + 0.5 * random.normal(),
      direction[2] / size + 0.5 * random.normal(),
    ];
    branch(canvas, hu, random, to, turn, 0.7 * radiusMm, generations - 1);
  }
}
