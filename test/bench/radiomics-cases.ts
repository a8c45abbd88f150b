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

/** Parameter files by name; `default107` is PyRadiomics without any. */
export function writeProfiles(folder: string): Readonly<Record<string, string>> {
  const defaults = path.join(folder, 'default107.yaml');
  writeFileSync(defaults, 'setting: { label: 1 }\n');
  const profile = (name: string) => fileURLToPath(new URL(`../../mappings/processing/${name}.yaml`, import.meta.url));
  return { default107: defaults, 'es-sclc-1688': profile('es-sclc-1688'), 'chest-1218': profile('chest-1218') };
}

/** The cases from the reference data; none where they are not present. */
export function referenceCases(profiles: Readonly<Record<string, string>>): BenchCase[] {
  if (!hasOracles) return [];
  return [
    ['lung-pat1', 'lung1'],
    ['sts001-ct', 'sts001ct'],
  ].flatMap(([folder, file]) =>
    Object.entries(profiles).map(([profile, params]) => ({
      name: `${folder}`,
      image: oraclePath(`radiomics/${folder}/${file}_image.nrrd`),
      mask: oraclePath(`radiomics/${folder}/${file}_label.nrrd`),
      profile,
      params,
      repeats: profile === 'default107' ? 5 : 3,
    })),
  );
}

/** A ball around the middle of a region's bounding box. */
function ball({ dims, spacingMm, voxels, ...grid }: Mask, radiusMm: number): Mask {
  const [nx, ny] = dims;
  const placeOf = (at: number) => [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))] as const;
  const centre = [0, 0, 0];
  let count = 0;
  voxels.forEach((one, at) => {
    if (one === 0) return;
    placeOf(at).forEach((index, axis) => {
      centre[axis]! += index;
    });
    count++;
  });
  const inside = voxels.map((_, at) => {
    const squared = placeOf(at).reduce((sum, index, axis) => {
      return sum + ((index - centre[axis]! / count) * spacingMm[axis]!) ** 2;
    }, 0);
    return squared <= radiusMm ** 2 ? 1 : 0;
  });
  return { ...grid, dims, spacingMm, voxels: inside };
}

/** Radii (mm) of the regions that show how time grows with size. */
const radiiMm = [8, 16, 24, 32];

/**
 * Writes a generated chest CT of 512 x 512 x 300 voxels with its tumour, and balls of growing size on the same image.
 *
 * @returns The tumour under every profile, and the balls under one.
 */
export function generatedCases(
  folder: string,
  profiles: Readonly<Record<string, string>>,
): { readonly tumour: BenchCase[]; readonly balls: BenchCase[] } {
  const image = path.join(folder, 'chest512.nrrd');
  const mask = path.join(folder, 'chest512-tumour.nrrd');
  const ballFile = (radius: number) => path.join(folder, `chest512-ball${radius}.nrrd`);
  if (!existsSync(ballFile(radiiMm.at(-1)!))) {
    const phantom = createPhantom({
      anatomySeed: 5,
      tumour: {
        centreMm: [-75, 5, 0],
        radiusMm: 25,
        irregularity: 0.2,
        heterogeneity: 0.8,
        necrosis: 0.3,
        enhancementHu: 40,
        seed: 9,
      },
      phase: 'venous',
      noiseSeed: 1,
      dims: [512, 512, 300],
      spacingMm: [0.7, 0.7, 1],
    });
    writeNrrd(image, phantom.volume);
    writeNrrd(mask, phantom.mask);
    for (const radius of radiiMm) writeNrrd(ballFile(radius), ball(phantom.mask, radius));
  }
  const name = 'generated 512 x 512 x 300';
  return {
    tumour: Object.entries(profiles).map(([profile, params]) => ({ name, image, mask, profile, params, repeats: 2 })),
    balls: radiiMm.map((radius) => ({
      ...{ name: `ball of ${radius} mm`, image, mask: ballFile(radius), repeats: 2 },
      ...{ profile: 'es-sclc-1688', params: profiles['es-sclc-1688']! },
    })),
  };
}
