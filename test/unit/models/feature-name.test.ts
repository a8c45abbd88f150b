import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config.ts';
import { featureName } from '../../../src/models/feature-name.ts';
import { loadModels } from '../../../src/models/registry.ts';

describe('what a feature is called', () => {
  it.each([
    ['original_firstorder_Energy', 'First order Energy'],
    ['original_shape_SurfaceVolumeRatio', 'Shape Surface Volume Ratio'],
    ['original_shape2D_Perimeter', '2D shape Perimeter'],
    ['original_glrlm_LongRunHighGrayLevelEmphasis', 'GLRLM Long Run High Gray Level Emphasis'],
    ['wavelet-LLH_glcm_Imc1', 'wavelet-LLH GLCM Imc1'],
    ['log-sigma-1-0-mm-3D_firstorder_10Percentile', 'log-sigma-1-0-mm-3D first order 10Percentile'],
  ])('%s: %s', (key, name) => expect(featureName(key)).toBe(name));

  const inputs = loadModels(path.join(packageRoot(), 'mappings')).flatMap((model) =>
    model.inputs.flatMap(({ label, from }) => {
      if (!('feature' in from)) return [];
      const image = model.images.find(({ name }) => name === from.of);
      // The outputs of a network have the names that its declaration gives them.
      return image?.processing.endsWith('.json') ? [] : [{ model: model.id, label, feature: from.feature }];
    }),
  );

  it('the models in the mappings call it the same', () => {
    expect(inputs.length).toBeGreaterThan(0);
    for (const { label, feature } of inputs) expect(label.startsWith(`${featureName(feature)}, `), label).toBe(true);
  });
});
