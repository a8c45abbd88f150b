import { describe, expect, it } from 'vitest';
import { RadiomicsError } from '../../../src/errors.ts';
import { defaultParameters, parseParameters, settingsHash, withLabel } from '../../../src/radiomics/parameters.ts';

/** Code and subject of the failure that a file causes. */
function failure(yaml: string): [string, string] {
  try {
    parseParameters(yaml, 'file.yaml');
  } catch (error) {
    if (error instanceof RadiomicsError) return [error.code, error.subject];
    throw error;
  }
  return ['none', ''];
}

describe('parameter files', () => {
  it('an empty file is PyRadiomics’ defaults, of the classes that there are', () => {
    const parameters = parseParameters('', 'empty.yaml');
    expect(parameters).toEqual(defaultParameters());
    expect(parameters.settings).toMatchObject({ binWidth: 25, label: 1, distances: [1], minimumROIDimensions: 2 });
    expect(parameters.featureClasses.map(({ name, features }) => [name, features.length])).toEqual([
      ['shape', 14],
      ['firstorder', 18],
      ['glcm', 24],
    ]);
    expect(parameters.notAvailable).toEqual(['glrlm', 'glszm', 'gldm', 'ngtdm']);
  });

  it('keeps the order of classes and features', () => {
    const { featureClasses, notAvailable } = parseParameters(
      'featureClass:\n  glcm: [SumEntropy, Id]\n  firstorder:\n  shape: []\n',
      'file.yaml',
    );
    expect(featureClasses.map(({ name }) => name)).toEqual(['glcm', 'firstorder', 'shape']);
    expect(featureClasses[0]?.features).toEqual(['SumEntropy', 'Id']);
    expect(featureClasses[1]?.features.length).toBe(18);
    expect(notAvailable).toEqual([]);
  });

  it('an image type overrides settings for itself', () => {
    const { settings, imageTypes } = parseParameters(
      'setting: { binWidth: 10, voxelArrayShift: 1000 }\nimageType: { Original: { binWidth: 5 } }',
      'file.yaml',
    );
    expect(settings.binWidth).toBe(10);
    expect(imageTypes[0]?.settings).toMatchObject({ binWidth: 5, voxelArrayShift: 1000 });
  });

  it.each([
    ['setting: { binWdth: 25 }', 'PARAMS_UNKNOWN_KEY', 'setting.binWdth'],
    ['settings: { binWidth: 25 }', 'PARAMS_UNKNOWN_KEY', 'settings'],
    ['imageType: { Orignal: {} }', 'PARAMS_UNKNOWN_KEY', 'imageType.Orignal'],
    ['imageType: { Original: { binwidth: 5 } }', 'PARAMS_UNKNOWN_KEY', 'imageType.Original.binwidth'],
    ['featureClass: { glmc: [] }', 'PARAMS_UNKNOWN_KEY', 'featureClass.glmc'],
    ['featureClass: { glcm: [Entropy2] }', 'PARAMS_UNKNOWN_KEY', 'featureClass.glcm.Entropy2'],
    ['featureClass: { glrlm: [] }', 'PARAMS_UNSUPPORTED', 'featureClass.glrlm'],
    ['featureClass: { glcm: [Dissimilarity] }', 'PARAMS_UNSUPPORTED', 'featureClass.glcm.Dissimilarity'],
    ['imageType: { LoG: { sigma: [1] } }', 'PARAMS_UNSUPPORTED', 'imageType.LoG'],
    ['imageType: { Original: { normalize: true } }', 'PARAMS_UNSUPPORTED', 'imageType.Original.normalize'],
    ['setting: { resampledPixelSpacing: [1, 1, 1] }', 'PARAMS_UNSUPPORTED', 'setting.resampledPixelSpacing'],
    ['setting: { correctMask: true }', 'PARAMS_UNSUPPORTED', 'setting.correctMask'],
    ['setting: { preCrop: true }', 'PARAMS_UNSUPPORTED', 'setting.preCrop'],
    ['setting: { gldm_a: 1 }', 'PARAMS_UNSUPPORTED', 'setting.gldm_a'],
    ['voxelSetting: { kernelRadius: 1 }', 'PARAMS_UNSUPPORTED', 'voxelSetting'],
    ['setting: { binWidth: wide }', 'PARAMS_INVALID', 'setting.binWidth'],
    ['setting: { binWidth: 0 }', 'PARAMS_INVALID', 'setting.binWidth'],
    ['setting: { binWidth: }', 'PARAMS_INVALID', 'setting.binWidth'],
    ['setting: { binCount: 3.5 }', 'PARAMS_INVALID', 'setting.binCount'],
    ['setting: { label: 0 }', 'PARAMS_INVALID', 'setting.label'],
    ['setting: { force2D: "yes" }', 'PARAMS_INVALID', 'setting.force2D'],
    ['setting: { distances: [1, 0] }', 'PARAMS_INVALID', 'setting.distances.1'],
    ['setting: { resegmentRange: [1, 2, 3] }', 'PARAMS_INVALID', 'setting.resegmentRange'],
    ['setting: { weightingNorm: cosine }', 'PARAMS_INVALID', 'setting.weightingNorm'],
    ['setting: [binWidth]', 'PARAMS_INVALID', 'setting'],
    ['featureClass: { glcm: JointEntropy }', 'PARAMS_INVALID', 'featureClass.glcm'],
    ['featureClass:', 'PARAMS_INVALID', 'featureClass'],
    ['- a list', 'PARAMS_INVALID', 'file.yaml'],
    ['setting: { binWidth: 25', 'PARAMS_INVALID', 'file.yaml'],
    ['setting: { binWidth: 5, binWidth: 25 }', 'PARAMS_INVALID', 'file.yaml'],
    ['setting: *nowhere', 'PARAMS_INVALID', 'file.yaml'],
  ])('%s: %s', (yaml, code, subject) => {
    expect(failure(yaml)).toEqual([code, subject]);
  });

  it('settings that are not available may stand at the value at which they change nothing', () => {
    const yaml =
      'setting: { preCrop: false, correctMask: false, resampledPixelSpacing: null, interpolator: sitkLinear }';
    expect(failure(yaml)).toEqual(['none', '']);
    expect(failure('setting: { interpolator: null, resampledPixelSpacing: [1, 1, 1] }')).toEqual(['none', '']);
  });
});

describe('settings hash', () => {
  const hashOf = (yaml: string) => settingsHash(parseParameters(yaml, 'file.yaml'));

  it('does not depend on the order of keys, on written-out defaults or on what is reported', () => {
    const hash = hashOf('setting: { binWidth: 10, label: 1 }\nfeatureClass: { glcm: [Id, Idm], firstorder: [] }');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf('featureClass: { firstorder: , glcm: [Idm, Id] }\nsetting: { binWidth: 10 }')).toBe(hash);
    expect(
      hashOf('setting: { binWidth: 10, additionalInfo: false }\nfeatureClass: { glcm: [Id, Idm], firstorder: [] }'),
    ).toBe(hash);
  });

  it('depends on every setting and feature', () => {
    const variants = ['', 'setting: { binWidth: 10 }', 'setting: { normalize: true }', 'featureClass: { glcm: [] }'];
    expect(new Set(variants.map(hashOf)).size).toBe(variants.length);
    expect(settingsHash(withLabel(defaultParameters(), 2))).toBe(hashOf('setting: { label: 2 }'));
  });
});
