import type { Vector } from '../../radiomics/volume.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import { createField, type Field } from './phantom-field.ts';
import { type Canvas, visitBox } from './phantom-shape.ts';
import type { PhantomPhase } from './phantom-thorax.ts';

/** What a phantom's tumour looks like. */
export interface TumourParameters {
  /** Centre in the patient (mm, LPS). */
  readonly centreMm: Vector;
  /** Mean radius, 5 to 45 mm. */
  readonly radiusMm: number;
  /** Standard deviation of the radius over directions, relative to the mean: 0 (a ball) to 0.35. */
  readonly irregularity: number;
  /** Standard deviation of the density inside, from 0 (uniform) to about 1.5 (x 34 HU in the venous phase). */
  readonly heterogeneity: number;
  /** Radius of the core without blood supply, relative to that of the tumour: 0 to 0.7. */
  readonly necrosis: number;
  /** Gain in density from plain to venous phase in the living part, 0 to 90 HU. */
  readonly enhancementHu: number;
  /** Density of the living part in the plain scan, 38 HU by default. */
  readonly plainHu?: number;
  /** How densely strands of tumour grow into the lung around it: 0 (none, the default) to about 1.5. */
  readonly infiltration?: number;
  /** The tumour's shape and texture; the same at every visit. */
  readonly seed: number;
}

const typicalPlainHu = 38;
const necrosisHu = 17;
/** Texture in HU per unit of heterogeneity: perfusion shows it once there is contrast medium. */
const textureHu = { plain: 15, venous: 34 } as const;
/** Strands around the tumour: HU per unit of infiltration at its border, and how far they go (mm, to 1/e). */
const strands = { hu: 220, reachMm: 4 } as const;
/** Lung and air: what strands can be seen in. */
const lungHu = -500;

/**
 * Paints a tumour over what is there, its border softened over one voxel.
 *
 * @param mask Set to 1 inside the tumour; length `nx*ny*nz`, x fastest; not cleared.
 * @param outlineSeed A reader whose outline strays from the border; the mask ends at the border itself without it.
 */
export function paintTumour(
  canvas: Canvas,
  tumour: TumourParameters,
  phase: PhantomPhase,
  mask: Uint8Array,
  outlineSeed?: number,
): void {
  const random = createRandom(tumour.seed);
  const relief = createRelief(random);
  const texture = createField(random, 4.5);
  const coreBorder = createField(random, 9);
  const {
    centreMm,
    radiusMm,
    irregularity,
    heterogeneity,
    necrosis,
    infiltration = 0,
    plainHu = typicalPlainHu,
  } = tumour;
  const strand = infiltration > 0 ? createField(random, 2) : () => 0;
  const straying = outlineSeed === undefined ? () => 0 : createOutline(createRandom(outlineSeed));
  const [cx, cy, cz] = centreMm;
  const widest = 1.8 * radiusMm + 2;
  const livingHu = plainHu + (phase === 'venous' ? tumour.enhancementHu : 0);
  const softness = canvas.grid.spacingMm[0];
  visitBox(
    canvas.grid,
    [cx - widest, cy - widest, cz - widest],
    [cx + widest, cy + widest, cz + widest],
    (index, x, y, z) => {
      const [dx, dy, dz] = [x - cx, y - cy, z - cz];
      const distance = Math.hypot(dx, dy, dz);
      if (distance > widest) return;
      const swelling = distance === 0 ? 0 : relief(dx / distance, dy / distance, dz / distance);
      const radius = radiusMm * Math.min(1.8, Math.max(0.4, 1 + irregularity * swelling));
      const share = Math.min(1, Math.max(0, (radius - distance) / softness + 0.5));
      if (distance < radius + straying(dx, dy, dz)) mask[index] = 1;
      if (infiltration > 0 && canvas.hu[index]! < lungHu) {
        const fading = Math.exp(-Math.max(0, distance - radius) / strands.reachMm);
        canvas.hu[index]! += strands.hu * infiltration * fading * Math.max(0, 1 + 0.8 * strand(dx, dy, dz));
      }
      if (share === 0) return;
      const grain = textureHu[phase] * heterogeneity * texture(dx, dy, dz);
      const inCore = distance < necrosis * radius * (1 + 0.25 * coreBorder(dx, dy, dz));
      const density = inCore ? necrosisHu + 0.3 * grain : livingHu + grain;
      canvas.hu[index] = share * density + (1 - share) * canvas.hu[index]!;
    },
  );
}

/** How far (mm) a reader's outline lies outside the border: a habit of this reader, and a smooth wavering around it. */
function createOutline(random: Random): Field {
  const habitMm = 0.2 * random.normal();
  const wavering = createField(random, 6);
  return (dx, dy, dz) => habitMm + 0.5 * wavering(dx, dy, dz);
}

/** A smooth random function on the unit sphere, standard deviation about 1: lobes, and finer spikes on them. */
function createRelief(random: Random): (ux: number, uy: number, uz: number) => number {
  const waves = Array.from({ length: 20 }, (_, k) => {
    const frequency = k < 12 ? 2 + 2.5 * random.uniform() : 6 + 4 * random.uniform();
    const direction = [random.normal(), random.normal(), random.normal()] as const;
    const size = Math.hypot(...direction) / frequency;
    const amplitude = k < 12 ? Math.sqrt((2 * 0.8) / 12) : Math.sqrt((2 * 0.2) / 8);
    return {
      wave: [direction[0] / size, direction[1] / size, direction[2] / size] as const,
      start: 2 * Math.PI * random.uniform(),
      amplitude,
    };
  });
  return (ux, uy, uz) => {
    let sum = 0;
    for (const { wave, start, amplitude } of waves) {
      sum += amplitude * Math.cos(wave[0] * ux + wave[1] * uy + wave[2] * uz + start);
    }
    return sum;
  };
}
