import type { Forest } from '../statistics/random-forest.ts';
import type { Form, SingleForm } from './form-schema.ts';
import type { Model } from './model-schema.ts';
import { nomogramReading } from './nomogram-reading.ts';
import { formInputs } from './predict.ts';

/**
 * What a schema can't see: names that must agree, members that must fit together, scales that must be drawable.
 *
 * @param folder Name of the model's folder.
 * @param forests By file name, as read.
 * @returns One line a problem, beginning with its path in `model.json`.
 */
export function crossReferences(model: Model, folder: string, forests: ReadonlyMap<string, Forest>): string[] {
  return [
    ...(model.id === folder ? [] : [`id: "${model.id}" is not the folder's name "${folder}"`]),
    ...repeatedNames(model),
    ...imageProblems(model),
    ...inputProblems(model),
    ...clusterProblems(model),
    ...model.forms.flatMap((form, at) => formProblems(form, `forms.${at}`, model, forests)),
    ...exampleProblems(model),
  ];
}

/** Keys of all facts that a model asks for, each once: they must be in the clinical tables. */
export function factKeys(model: Model): string[] {
  const keys = [
    ...model.applicability.map(({ fact }) => fact),
    ...model.inputs.flatMap(({ from }) => ('fact' in from ? [from.fact] : [])),
    ...model.comparisons.flatMap(({ when }) => (when === undefined ? [] : [when.fact])),
    ...model.context,
  ];
  return [...new Set(keys)];
}

function repeatedNames({ inputs, images, deltas, signatures, visits }: Model): string[] {
  // Images and deltas are referred to by the same word.
  return Object.entries({ inputs, 'images and deltas': [...images, ...deltas], signatures, visits }).flatMap(
    ([what, entries]) => {
      const names = entries.map(({ name }) => name);
      const twice = names.filter((name, at) => names.indexOf(name) < at);
      return twice.map((name) => `${what}: "${name}" stands twice`);
    },
  );
}

function imageProblems({ images, deltas, signatures }: Model): string[] {
  const imageNames = new Set(images.map(({ name }) => name));
  const sources = new Set([...imageNames, ...deltas.map(({ name }) => name)]);
  return [
    ...deltas.flatMap(({ name, of }) =>
      of.filter((image) => !imageNames.has(image)).map((image) => `deltas.${name}: no image "${image}"`),
    ),
    ...signatures.flatMap(({ name, terms }) =>
      terms.filter(({ of }) => !sources.has(of)).map(({ of }) => `signatures.${name}: no image or delta "${of}"`),
    ),
  ];
}

function inputProblems(model: Model): string[] {
  const visits = new Set(model.visits.map(({ name }) => name));
  const sources = new Set([...model.images, ...model.deltas].map(({ name }) => name));
  return model.inputs.flatMap(({ name, from, whenMissing, ticks, transform }) => {
    const problems: string[] = [];
    if ('signature' in from && !model.signatures.some((signature) => signature.name === from.signature))
      problems.push(`no signature "${from.signature}"`);
    if ('feature' in from && !sources.has(from.of)) problems.push(`no image or delta "${from.of}"`);
    if ('fact' in from && from.visit !== undefined && !visits.has(from.visit))
      problems.push(`no visit "${from.visit}"`);
    if (whenMissing === 'cluster' && !model.clusters?.inputs.includes(name))
      problems.push('whenMissing: no cluster holds this input');
    if (typeof whenMissing === 'object' && 'visits' in whenMissing) {
      if (!('fact' in from)) problems.push('whenMissing: only a fact has other visits');
      problems.push(...whenMissing.visits.filter((visit) => !visits.has(visit)).map((visit) => `no visit "${visit}"`));
    }
    if (ticks?.some((tick, at) => tick <= (ticks[at - 1] ?? Number.NEGATIVE_INFINITY)))
      problems.push('ticks: must rise');
    for (const step of transform ?? []) {
      if ('clip' in step && step.clip[0] >= step.clip[1]) problems.push('transform: clip must rise');
    }
    return problems.map((problem) => `inputs.${name}: ${problem}`);
  });
}

function clusterProblems({ clusters, inputs }: Model): string[] {
  if (clusters === undefined) return [];
  const unknown = clusters.inputs.filter((name) => !inputs.some((input) => input.name === name));
  const uneven = clusters.centres.some((centre) => centre.length !== clusters.inputs.length);
  return [
    ...unknown.map((name) => `clusters: no input "${name}"`),
    ...(uneven ? ['clusters: a centre needs one number an input'] : []),
  ];
}

function formProblems(form: Form, path: string, model: Model, forests: ReadonlyMap<string, Forest>): string[] {
  const inputs = new Map(model.inputs.map((input) => [input.name, input]));
  const problems = formInputs(form)
    .filter((name) => !inputs.has(name))
    .map((name) => `${path}: no input "${name}"`);
  if ('members' in form) problems.push(...memberProblems(form, path, forests));
  else problems.push(...singleProblems(form, path, forests));
  if (form.groups?.bounds.some((bound, at) => bound <= (form.groups?.bounds[at - 1] ?? Number.NEGATIVE_INFINITY)))
    problems.push(`${path}.groups.bounds: must rise`);
  for (const { when, label } of form.observed ?? []) {
    if (when === 'always') continue;
    if ('input' in when && inputs.get(when.input)?.indicator === undefined)
      problems.push(`${path}.observed: "${label}" needs an indicator input, "${when.input}" is none`);
    if ('group' in when && !form.groups?.names.includes(when.group))
      problems.push(`${path}.observed: "${label}" is of a group that the form has not`);
  }
  return problems.length > 0 ? problems : drawingProblems(form, path, model);
}

type WithMembers = Extract<Form, { members: unknown }>;

function memberProblems(form: WithMembers, path: string, forests: ReadonlyMap<string, Forest>): string[] {
  const names = form.members.map(({ name }) => name);
  return form.members.flatMap(({ name, form: member }, at) => {
    const where = `${path}.members.${at}`;
    const problems = singleProblems(member, where, forests);
    if (names.indexOf(name) < at) problems.push(`${where}: "${name}" stands twice`);
    const relative = member.type === 'cox' || (member.type === 'logistic' && member.intercept === null);
    if (relative) problems.push(`${where}: a relative number is neither probability nor score`);
    if (form.type === 'mean-ensemble' && member.type === 'linear')
      problems.push(`${where}: a score is no probability, and can't be averaged with one`);
    return problems;
  });
}

function singleProblems(form: SingleForm, path: string, forests: ReadonlyMap<string, Forest>): string[] {
  if (form.type === 'random-forest') {
    const columns = forests.get(form.file)?.features;
    if (columns === undefined || columns === form.columns.length) return [];
    return [`${path}: ${form.file} has ${columns} columns, the form names ${form.columns.length}`];
  }
  const names = form.terms.map(({ input }) => input);
  const problems = names
    .filter((name, at) => names.indexOf(name) < at)
    .map((name) => `${path}.terms: "${name}" stands twice`);
  if (form.type === 'logistic' && form.intercept === null) {
    const open = names.filter((name) => form.reference?.[name] === undefined);
    problems.push(...open.map((name) => `${path}.reference: relative odds need a number for "${name}"`));
    if (form.groups !== undefined || form.classification !== undefined)
      problems.push(`${path}: without an intercept there is no cut-off`);
  }
  return problems;
}

/** A nomogram's ticks must survive the transformations, and an axis must change something. */
function drawingProblems(form: Form, path: string, { inputs }: Model): string[] {
  try {
    nomogramReading(form, inputs, { values: {}, raw: {} });
    return [];
  } catch (error) {
    return [`${path}: no nomogram can be drawn: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function exampleProblems({ examples, forms }: Model): string[] {
  return examples.flatMap(({ expected }, at) =>
    expected
      .filter(({ form }) => form >= forms.length)
      .map(({ form }) => `examples.${at}: there is no form ${form}, the first is 0`),
  );
}
