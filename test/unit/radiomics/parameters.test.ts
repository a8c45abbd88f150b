import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RadiomicsError } from '../../../src/errors.ts';
import {
  defaultParameters,
  type Parameters,
  parseParameters,
  settingsHash,
  withLabel,
} from '../../../src/radiomics/parameters.ts';
import { isResampled, samplingOf } from '../../../src/radiomics/settings.ts';
import { readReferenceParameters } from '../../golden/radiomics/reference-settings.ts';
import { hasOracles } from '../../helpers/oracles.ts';

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
  it('an empty file is PyRadiomics’ defaults: every class but shape2D', () => {
    const parameters = parseParameters('', 'empty.yaml');
    expect(parameters).toEqual(defaultParameters());
    expect(parameters.settings).toMatchObject({ binWidth: 25, label: 1, distances: [1], minimumROIDimensions: 2 });
    expect(parameters.featureClasses.map(({ name, features }) => [name, features.length])).toEqual([
      ['shape', 14],
      ['firstorder', 18],
      ['glcm', 24],
      ['glrlm', 16],
      ['glszm', 16],
      ['gldm', 14],
      ['ngtdm', 5],
    ]);
  });

  it('keeps the order of classes and features', () => {
    const { featureClasses } = parseParameters(
      'featureClass:\n  glcm: [SumEntropy, Id]\n  firstorder:\n  shape2D: []\n',
      'file.yaml',
    );
    expect(featureClasses.map(({ name }) => name)).toEqual(['glcm', 'firstorder', 'shape2D']);
    expect(featureClasses[0]?.features).toEqual(['SumEntropy', 'Id']);
    expect(featureClasses[1]?.features.length).toBe(18);
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
    ['featureClass: { glcm: [Dissimilarity] }', 'PARAMS_UNSUPPORTED', 'featureClass.glcm.Dissimilarity'],
    ['featureClass: { gldm: [DependencePercentage] }', 'PARAMS_UNSUPPORTED', 'featureClass.gldm.DependencePercentage'],
    ['imageType: { LoG: {} }', 'PARAMS_INVALID', 'imageType.LoG.sigma'],
    ['imageType: { LoG: { sigma: 1 } }', 'PARAMS_INVALID', 'imageType.LoG.sigma'],
    ['imageType: { LoG: { sigma: [1, 0] } }', 'PARAMS_INVALID', 'imageType.LoG.sigma.1'],
    ['imageType: { LoG: { sigma: [1, wide] } }', 'PARAMS_INVALID', 'imageType.LoG.sigma.1'],
    ['imageType: { Wavelet: { wavelet: coif99 } }', 'PARAMS_INVALID', 'imageType.Wavelet.wavelet'],
    ['imageType: { Wavelet: { level: 0 } }', 'PARAMS_INVALID', 'imageType.Wavelet.level'],
    ['imageType: { LBP2D: { lbp2DMethod: nri_uniform } }', 'PARAMS_INVALID', 'imageType.LBP2D.lbp2DMethod'],
    ['imageType: { LBP3D: { lbp3DLevel: 2 } }', 'PARAMS_UNKNOWN_KEY', 'imageType.LBP3D.lbp3DLevel'],
    ['imageType: { Original: { normalize: true } }', 'PARAMS_UNSUPPORTED', 'imageType.Original.normalize'],
    ['imageType: { LoG: { sigma: [1], preCrop: true } }', 'PARAMS_UNSUPPORTED', 'imageType.LoG.preCrop'],
    ['setting: { resampledPixelSpacing: [1, 1] }', 'PARAMS_INVALID', 'setting.resampledPixelSpacing'],
    ['setting: { resampledPixelSpacing: [1, 1, -1] }', 'PARAMS_INVALID', 'setting.resampledPixelSpacing.2'],
    [
      'setting: { resampledPixelSpacing: [1, 1, 1], interpolator: sitkGaussian }',
      'PARAMS_UNSUPPORTED',
      'setting.interpolator',
    ],
    ['setting: { resampledPixelSpacing: [1, 1, 1], interpolator: 8 }', 'PARAMS_UNSUPPORTED', 'setting.interpolator'],
    ['setting: { interpolator: sitkCubic }', 'PARAMS_INVALID', 'setting.interpolator'],
    ['setting: { gldm_a: -1 }', 'PARAMS_INVALID', 'setting.gldm_a'],
    ['voxelSetting: { kernelRadius: 0 }', 'PARAMS_INVALID', 'voxelSetting.kernelRadius'],
    ['voxelSetting: { radius: 1 }', 'PARAMS_UNKNOWN_KEY', 'voxelSetting.radius'],
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

  it('resampling is off without a spacing or without an interpolator', () => {
    const settingsOf = (yaml: string) => parseParameters(yaml, 'file.yaml').settings;
    expect(isResampled(settingsOf('setting: { resampledPixelSpacing: , interpolator: sitkLinear }'))).toBe(false);
    expect(isResampled(settingsOf('setting: { resampledPixelSpacing: [1, 1, 1], interpolator: }'))).toBe(false);
    expect(isResampled(settingsOf('setting: { resampledPixelSpacing: [1, 1, 1] }'))).toBe(true);
    expect(failure('setting: { interpolator: sitkGaussian }')).toEqual(['none', '']);
  });

  it('SimpleITK’s numbers name interpolators too', () => {
    const samplings = [1, 2, 3].map((number) =>
      samplingOf(parseParameters(`setting: { interpolator: ${number} }`, 'file.yaml').settings),
    );
    expect(samplings).toEqual(['nearest', 'linear', 'spline']);
  });

  it('keeps how a width is written, which becomes part of feature keys', () => {
    const textsOf = (yaml: string) =>
      parseParameters(yaml, 'file.yaml').imageTypes[0]?.settings.sigma.map(({ mm, text }) => [mm, text]);
    expect(textsOf('imageType: { LoG: { sigma: [1, 2.0, 0.5, 3., 1e1] } }')).toEqual([
      [1, '1'],
      [2, '2.0'],
      [0.5, '0.5'],
      [3, '3.0'],
      [10, '10.0'],
    ]);
    expect(textsOf('{"setting": {"sigma": [4.0]}, "imageType": {"LoG": {}}}')).toEqual([[4, '4.0']]);
  });

  it('reads every setting of PyRadiomics’ schema', () => {
    const yaml = `
      setting:
        { minimumROIDimensions: 2, minimumROISize: 50, geometryTolerance: 0.001, correctMask: true, additionalInfo: true,
          label: 1, label_channel: 0, binWidth: 5, binCount: 32, normalize: true, normalizeScale: 100, removeOutliers: 3,
          resampledPixelSpacing: [2, 2, 0], interpolator: sitkBSpline, padDistance: 10, preCrop: true, distances: [1, 2],
          force2D: true, force2Ddimension: 0, resegmentRange: [-3, 3], resegmentMode: sigma, resegmentShape: true,
          sigma: [2.0, 3.0], start_level: 0, level: 1, wavelet: coif1, gradientUseSpacing: true, lbp2DRadius: 1.0,
          lbp2DSamples: 8, lbp2DMethod: uniform, lbp3DLevels: 2, lbp3DIcosphereRadius: 1.0, lbp3DIcosphereSubdivision: 1,
          voxelArrayShift: 300, symmetricalGLCM: true, weightingNorm: , gldm_a: 0 }
      voxelSetting: { kernelRadius: 2, maskedKernel: true, initValue: nan, voxelBatch: 10000 }
      imageType:
        { Original: {}, LoG: {}, Wavelet: { binWidth: 10 }, Square: {}, SquareRoot: {}, Logarithm: {}, Exponential: {},
          Gradient: {}, LBP2D: {}, LBP3D: {} }`;
    const { imageTypes, settings } = parseParameters(yaml, 'file.yaml');
    expect(imageTypes.length).toBe(10);
    expect(settings).toMatchObject({ preCrop: true, resampledPixelSpacing: [2, 2, 0], gldm_a: 0, weightingNorm: null });
    expect(imageTypes[2]?.settings).toMatchObject({ binWidth: 10, padDistance: 10 });
  });
});

describe('profiles', () => {
  const read = (name: string) =>
    parseParameters(readFileSync(new URL(`../../../mappings/processing/${name}`, import.meta.url), 'utf8'), name);
  const featuresOf = ({ featureClasses }: Parameters) => {
    const count = (isShape: boolean) =>
      featureClasses
        .filter(({ name }) => name.startsWith('shape') === isShape)
        .reduce((sum, { features }) => sum + features.length, 0);
    return [count(true), count(false)];
  };

  it.each([
    ['es-sclc-1688.yaml', 14, 93, ['Original', 'LoG', 'Wavelet', 'Square', 'SquareRoot', 'Logarithm', 'Exponential']],
    ['chest-1218.yaml', 14, 86, ['Original', 'LoG', 'Wavelet']],
    ['nsclc-2d-bw25.yaml', 14, 93, ['Original']],
  ])('%s: %i shape features and %i on every image', (name, shape, others, types) => {
    const parameters = read(name);
    expect(featuresOf(parameters)).toEqual([shape, others]);
    expect(parameters.imageTypes.map((type) => type.name)).toEqual(types);
  });

  it.skipIf(!hasOracles).each([
    ['es-sclc-1688.yaml', 'all1688'],
    ['chest-1218.yaml', 'exampleCT1218'],
  ])('%s is what made the reference values %s', (name, profile) => {
    const path = `brain1/pyradiomics-values/${profile}.json`;
    expect(settingsHash(read(name))).toBe(settingsHash(readReferenceParameters(path)));
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
