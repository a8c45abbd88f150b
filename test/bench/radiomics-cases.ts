import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPhantom } from '../../src/demo/phantom/phantom.ts';
import type { Mask } from '../../src/radiomics/volume.ts';
import { hasOracles, oraclePath } from '../helpers/oracles.ts';
import { writeNrrd } from '../helpers/phantom-files.ts';

/** One extraction to time. */
export interface BenchCase {
  readonly name: string;
  readonly image: string;
  readonly mask: string;
  readonly profile: string;
  readonly params: string;
  /** Runs of which the best counts. */
  readonly repeats: number;
}

/** Parameter files by name. */
export type Profiles = Readonly<Record<'default107' | 'normalised107' | 'es-sclc-1688' | 'chest-1218', string>>;

/** Writes the profiles that stand in no file: PyRadiomics' defaults, and these on a normalised image. */
export function writeProfiles(folder: string): Profiles {
  const written = (name: string, settings: string) => {
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(file, `setting: { ${settings} }\n`);
    return file;
  };
  const kept = (name: string) => fileURLToPath(new URL(`../../mappings/processing/${name}.yaml`, import.meta.url));
  return {
    default107: written('default107', 'label: 1'),
    normalised107: written('normalised107', 'normalize: true, normalizeScale: 100'),
    'es-sclc-1688': kept('es-sclc-1688'),
    'chest-1218': kept('chest-1218'),
  };
}

/** The cases from the reference data; none where they are not present. */
export function referenceCases(profiles: Profiles): BenchCase[] {
  if (!hasOracles) return [];
  const files = [
    ['lung-pat1', 'lung1'],
    ['sts001-ct', 'sts001ct'],
  ] as const;
  return files.flatMap(([folder, file]) =>
    (['default107', 'es-sclc-1688', 'chest-1218'] as const).map((profile) => ({
      name: folder,
      image: oraclePath(`radiomics/${folder}/${file}_image.nrrd`),
      mask: oraclePath(`radiomics/${folder}/${file}_label.nrrd`),
      ...{ profile, params: profiles[profile], repeats: 4 },
    })),
  );
}

/** A ball around the centre of a region. */
function ball({ dims, spacingMm, voxels, ...grid }: Mask, radiusMm: number): Mask {
  const [nx, ny, nz] = dims;
  const centre = [0, 0, 0];
  let count = 0;
  for (let at = voxels.indexOf(1); at >= 0; at = voxels.indexOf(1, at + 1)) {
    [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))].forEach((index, axis) => {
      centre[axis]! += index;
    });
    count++;
  }
  const inside = new Uint8Array(voxels.length);
  const squared = (index: number, axis: 0 | 1 | 2) => ((index - centre[axis]! / count) * spacingMm[axis]) ** 2;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const left = radiusMm ** 2 - squared(z, 2) - squared(y, 1);
      if (left < 0) continue;
      for (let x = 0; x < nx; x++) if (squared(x, 0) <= left) inside[x + nx * (y + ny * z)] = 1;
    }
  }
  return { ...grid, dims, spacingMm, voxels: inside };
}

/** Radii (mm) of the balls that show how time grows with the region; the last one is the big region as well. */
const radiiMm = [5, 10, 20, 30, 40];

/** The cases on a generated image, by what they show. */
export interface GeneratedCases {
  /** A tumour of 25 mm radius, under every profile, and a ball of 40 mm. */
  readonly whole: BenchCase[];
  /** Balls of growing size. */
  readonly balls: BenchCase[];
}

/**
 * Writes a generated chest CT of 512 x 512 x 300 voxels with a tumour of 25 mm radius, and balls on the same image.
 *
 * @param folder Where to; files that are there are used again.
 */
export function generatedCases(folder: string, profiles: Profiles): GeneratedCases {
  const image = path.join(folder, 'chest512.nrrd');
  const mask = path.join(folder, 'chest512-tumour.nrrd');
  const ballFile = (radius: number) => path.join(folder, `chest512-ball-${radius}mm.nrrd`);
  if (!existsSync(ballFile(radiiMm.at(-1)!))) {
    const phantom = createPhantom({
      anatomySeed: 5,
      tumour: {
        ...{ centreMm: [-75, 5, 0], radiusMm: 25, irregularity: 0.2, heterogeneity: 0.8, necrosis: 0.3 },
        ...{ enhancementHu: 40, seed: 9 },
      },
      ...{ phase: 'venous', noiseSeed: 1, dims: [512, 512, 300], spacingMm: [0.7, 0.7, 1] },
    });
    writeNrrd(image, phantom.volume);
    writeNrrd(mask, phantom.mask);
    for (const radius of radiiMm) writeNrrd(ballFile(radius), ball(phantom.mask, radius));
  }
  const tumour = (profile: keyof Profiles): BenchCase => ({
    ...{ name: 'generated 512 x 512 x 300', image, mask, profile, params: profiles[profile], repeats: 2 },
  });
  const onBall = (radius: number, profile: keyof Profiles): BenchCase => ({
    ...tumour(profile),
    ...{ name: `ball of ${radius} mm, 512 x 512 x 300`, mask: ballFile(radius) },
  });
  const names = ['default107', 'normalised107', 'es-sclc-1688', 'chest-1218'] as const;
  return {
    whole: [...names.map(tumour), onBall(radiiMm.at(-1)!, 'default107')],
    balls: radiiMm.map((radius) => onBall(radius, 'es-sclc-1688')),
  };
}
