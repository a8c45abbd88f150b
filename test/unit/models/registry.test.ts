import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelFolderError } from '../../../src/errors.ts';
import type { Model } from '../../../src/models/model-schema.ts';
import { loadModel, loadModels } from '../../../src/models/registry.ts';
import { constructedJson, writeMappings } from '../../helpers/constructed-model.ts';

const tree = {
  children_left: [1, -1, -1],
  children_right: [2, -1, -1],
  feature: [0, -2, -2],
  threshold: [60, null, null],
  n_node_samples: [10, 4, 6],
  weighted_n_node_samples: [10, 4, 6],
  prob1: [0.5, 0.2, 0.7],
};
const forest = { n_features: 1, trees: [tree] };

let folder: string | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function load(model: object, files: Readonly<Record<string, unknown>> = {}) {
  folder = writeMappings([{ model, files }]);
  return loadModels(folder);
}

function failure(model: object, files: Readonly<Record<string, unknown>> = {}): ModelFolderError {
  try {
    load(model, files);
  } catch (error) {
    if (error instanceof ModelFolderError) return error;
    throw error;
  }
  throw new Error('no error');
}

const forestForm: Model['forms'][number] = {
  type: 'random-forest',
  endpoint: { event: 'death' },
  source: 'made up',
  file: 'forest.json',
  columns: ['age'],
};
const forestModel = (changes: Partial<Model> = {}): Model => ({
  ...constructedJson(),
  forms: [forestForm],
  examples: [{ working: 'the right leaf', inputs: { age: 61 }, expected: [{ form: 0, value: 0.7 }] }],
  ...changes,
});

describe('a model folder', () => {
  it('is read with the hash of model.json and the parameter file it names', () => {
    const [model] = load(constructedJson());
    const bytes = readFileSync(path.join(folder!, 'models/constructed/model.json'));
    expect(model?.hash).toBe(createHash('sha256').update(bytes).update('constructed.yaml').digest('hex'));
    expect(loadModel('constructed', folder!).hash).toBe(model?.hash);
  });

  it('has another hash when a file that it names changes', () => {
    const first = load(forestModel(), { 'forest.json': forest })[0]!;
    rmSync(folder!, { recursive: true });
    const second = load(forestModel(), { 'forest.json': { n_features: 1, trees: [tree, tree] } })[0]!;
    expect(second.hash).not.toBe(first.hash);
    expect(second.forests.get('forest.json')?.trees).toHaveLength(2);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown key', { ...constructedJson(), colour: 'red' }, /\(top\): Unrecognized key: "colour"/],
    ['a wrong type', { ...constructedJson(), version: 1 }, /version: /],
    [
      'an input that no form has',
      { forms: [{ ...constructedJson().forms[0], terms: [{ input: 'size', coefficient: 1 }] }] },
      /forms\.0: no input "size"/,
    ],
    [
      'a signature that is not there',
      { inputs: [{ ...constructedJson().inputs[0], from: { signature: 'after' } }] },
      /inputs\.beforeScore: no signature "after"/,
    ],
    ['a term of no image', { images: [] }, /signatures\.before: no image or delta "baselineTumour"/],
    [
      'a delta of no image',
      { deltas: [{ name: 'd', label: 'd', operator: 'absolute', of: ['baselineTumour', 'x'] }] },
      /deltas\.d: no image "x"/,
    ],
    [
      'an image and a delta of one name',
      {
        deltas: [
          { name: 'baselineTumour', label: 'd', operator: 'absolute', of: ['baselineTumour', 'baselineTumour'] },
        ],
      },
      /images and deltas: "baselineTumour" stands twice/,
    ],
    [
      'no parameter file',
      { images: [{ ...constructedJson().images[0], processing: 'none.yaml' }] },
      /no file processing\/none\.yaml/,
    ],
    [
      'no visit',
      { inputs: [{ ...constructedJson().inputs[1], from: { fact: 'age', visit: 'c2' } }] },
      /inputs\.age: no visit "c2"/,
    ],
    [
      'no cluster',
      { inputs: [{ ...constructedJson().inputs[1], whenMissing: 'cluster' }] },
      /inputs\.age: whenMissing: no cluster/,
    ],
    [
      'falling ticks',
      { inputs: [{ ...constructedJson().inputs[1], ticks: [60, 50] }] },
      /inputs\.age: ticks: must rise/,
    ],
    [
      'a tick without logarithm',
      {
        inputs: constructedJson().inputs.map((input) =>
          input.name === 'nStage' ? { ...input, transform: [{ log: 'natural' }] } : input,
        ),
      },
      /forms\.0: no nomogram can be drawn: 0 has no logarithm/,
    ],
    [
      'relative odds without reference',
      { forms: [{ ...constructedJson().forms[0], intercept: null, groups: undefined }] },
      /forms\.0\.reference: relative odds need a number for "beforeScore"/,
    ],
    [
      'bounds that fall',
      {
        forms: [
          {
            ...constructedJson().forms[0],
            groups: { bounds: [0.6, 0.5], names: ['low', 'intermediate', 'high'], source: 'x' },
          },
        ],
      },
      /forms\.0\.groups\.bounds: must rise/,
    ],
    [
      'observed of a group that is not there',
      {
        forms: [
          {
            ...constructedJson().forms[0],
            observed: [{ when: { group: 'intermediate' }, cohort: 'x', label: 'y', survival: [] }],
          },
        ],
      },
      /forms\.0\.observed: "y" is of a group/,
    ],
    [
      'observed of no indicator',
      {
        forms: [
          {
            ...constructedJson().forms[0],
            observed: [{ when: { input: 'age', value: 1 }, cohort: 'x', label: 'y', survival: [] }],
          },
        ],
      },
      /"age" is none/,
    ],
    [
      'an example of no form',
      { examples: [{ working: 'x', inputs: {}, expected: [{ form: 1, value: 1 }] }] },
      /examples\.0: there is no form 1/,
    ],
    [
      'an example that does not work out',
      {
        examples: [
          { working: 'x', inputs: { beforeScore: 0, age: 10, nStage: 0 }, expected: [{ form: 0, value: 0.5 + 1e-9 }] },
        ],
      },
      /examples\.0: form 0 should give 0\.500000001, the model gives 0\.5/,
    ],
    [
      'an example without an input',
      { examples: [{ working: 'x', inputs: {}, expected: [{ form: 0, value: 0.5 }] }] },
      /examples\.0: .*the model needs this input/,
    ],
    [
      'an example of a month without baseline',
      {
        examples: [
          {
            working: 'x',
            inputs: { beforeScore: 0, age: 10, nStage: 0 },
            expected: [{ form: 0, months: 6, value: 0.5 }],
          },
        ],
      },
      /no risk by that month/,
    ],
  ])('with %s is refused by file and path', (_, changes, text) => {
    const error = failure({ ...constructedJson(), ...changes });
    expect(error.code).toBe('MODEL_FOLDER_INVALID');
    expect(error.subject).toMatch(/models\/constructed\/model\.json$/);
    expect(error.message).toMatch(text);
  });

  it('under another name is refused', () => {
    folder = writeMappings([{ model: constructedJson() }]);
    const other = writeMappings([{ model: { ...constructedJson(), id: 'other' } }]);
    expect(() => loadModel('missing', other)).toThrow(expect.objectContaining({ code: 'MODEL_FOLDER_INVALID' }));
    rmSync(other, { recursive: true });
  });

  it.each<[string, Partial<Model>, Readonly<Record<string, unknown>>, RegExp, RegExp]>([
    ['that is not there', {}, {}, /forest\.json$/, /can't be read as JSON/],
    ['that is none', {}, { 'forest.json': { n_features: 1, trees: [] } }, /forest\.json$/, /is no forest: are none/],
    [
      'of other columns',
      {},
      { 'forest.json': { n_features: 2, trees: [tree] } },
      /model\.json$/,
      /forest\.json has 2 columns, the form names 1/,
    ],
    [
      'elsewhere',
      { forms: [{ ...forestForm, file: '../forest.json' } as Model['forms'][number]] },
      {},
      /model\.json$/,
      /must stand beside model\.json/,
    ],
  ])('with a forest %s is refused', (_, changes, files, subject, text) => {
    const error = failure(forestModel(changes), files);
    expect(error.subject).toMatch(subject);
    expect(error.message).toMatch(text);
  });

  it('an ensemble of what is no probability is refused', () => {
    const member = {
      type: 'linear',
      endpoint: { event: 'death' },
      source: 'x',
      intercept: 0,
      terms: [{ input: 'age', coefficient: 1 }],
    };
    const cox = { ...member, type: 'cox', intercept: undefined, lpReference: 0, lpReferenceLabel: 'x' };
    const forms = [
      {
        type: 'mean-ensemble',
        endpoint: { event: 'death' },
        source: 'x',
        whenMemberMissing: 'abstain',
        members: [
          { name: 'a', label: 'a', form: member },
          { name: 'a', label: 'b', form: cox },
        ],
      },
    ];
    const { message } = failure({ ...constructedJson(), forms });
    expect(message).toMatch(/forms\.0\.members\.0: a score is no probability/);
    expect(message).toMatch(/forms\.0\.members\.1: "a" stands twice/);
    expect(message).toMatch(/forms\.0\.members\.1: a relative number/);
  });

  it('a mappings folder without models is refused', () => {
    expect(() => loadModels('/nowhere')).toThrow(expect.objectContaining({ code: 'MODEL_FOLDER_INVALID' }));
  });
});
