import type { Vector } from '../../radiomics/volume.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import { createField } from './phantom-field.ts';
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
  /** The tumour's shape and texture; the same at every visit. */
  readonly seed: number;
}

const plainHu = 38;
const necrosisHu = 17;
/** Texture in HU per unit of heterogeneity: perfusion shows it once there is contrast medium. */
const textureHu = { plain: 15, venous: 34 } as const;

/**
 * Paints a tumour over what is there, its border softened over one voxel.
 *
 * @param mask Set to 1 inside the tumour; length `nx*ny*nz`, x fastest; not cleared.
 */
export function paintTumour(canvas: Canvas, tumour: TumourParameters, phase: PhantomPhase, mask: Uint8Array): void {
  const random = createRandom(tumour.seed);
  const relief = createRelief(random);
  const texture = createField(random, 4.5);
  const coreBorder = createField(random, 9);
  const { centreMm, radiusMm, irregularity, heterogeneity, necrosis } = tumour;
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
      if (share === 0) return;
      const grain = textureHu[phase] * heterogeneity * texture(dx, dy, dz);
      const inCore = distance < necrosis * radius * (1 + 0.25 * coreBorder(dx, dy, dz));
      const density = inCore ? necrosisHu + 0.3 * grain : livingHu + grain;
      canvas.hu[index] = share * density + (1 - share) * canvas.hu[index]!;
      if (distance < radius) mask[index] = 1;
    },
  );
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
