import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ErrorCode, ModelFolderError } from '../errors.ts';
import { type Model, modelSchema } from './model-schema.ts';
import { predictCox, predictLogistic } from './predict.ts';

/** A checked model, with the hash of the file it was read from. */
export interface RegisteredModel extends Model {
  /** SHA-256 of `model.json`, hex: says which file a result came from. */
  readonly hash: string;
}

/**
 * Reads and checks every model folder.
 *
 * @param mappingsFolder Folder that holds `models/<id>/model.json` and `processing/`.
 * @throws ModelFolderError `MODEL_FOLDER_INVALID` naming the file and everything that is wrong in it.
 */
export function loadModels(mappingsFolder: string): RegisteredModel[] {
  const root = path.join(mappingsFolder, 'models');
  let folders: string[];
  try {
    folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (cause) {
    throw invalid(root, 'no such folder: DELTASCOPE_MAPPINGS_DIR must hold models/', cause);
  }
  return folders.sort().map((id) => loadModel(path.join(root, id, 'model.json'), id, mappingsFolder));
}

function loadModel(file: string, id: string, mappingsFolder: string): RegisteredModel {
  let bytes: Buffer;
  let json: unknown;
  try {
    bytes = readFileSync(file);
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw invalid(file, `can't be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) {
    throw invalid(
      file,
      parsed.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`).join('; '),
    );
  }
  const problems = [...crossReferences(parsed.data, id, mappingsFolder), ...failedExamples(parsed.data)];
  if (problems.length > 0) throw invalid(file, problems.join('; '));
  return { ...parsed.data, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** What a schema can't see: names that must agree, and files that must be there. */
function crossReferences(model: Model, id: string, mappingsFolder: string): string[] {
  const problems: string[] = [];
  if (model.id !== id) problems.push(`id: "${model.id}" is not the folder's name "${id}"`);
  const inputs = new Set(model.inputs.map((input) => input.name));
  if (inputs.size !== model.inputs.length) problems.push('inputs: a name stands twice');
  const signatures = new Set(model.signatures.map((signature) => signature.name));
  for (const input of model.inputs) {
    if ('signature' in input.from && !signatures.has(input.from.signature)) {
      problems.push(`inputs.${input.name}: no signature "${input.from.signature}"`);
    }
  }
  const used = model.form.type === 'logistic' ? inputNames(model.form) : model.form.endpoints.flatMap(inputNames);
  for (const input of used) {
    if (!inputs.has(input)) problems.push(`form: no input "${input}"`);
  }
  if (model.signatures.length > 0 && model.imaging === undefined) problems.push('imaging: signatures need it');
  if (model.imaging !== undefined) {
    const processing = path.join(mappingsFolder, 'processing', model.imaging.processing);
    try {
      readFileSync(processing);
    } catch {
      problems.push(`imaging.processing: no file processing/${model.imaging.processing}`);
    }
  }
  return problems;
}

function inputNames(part: { readonly terms: readonly { readonly input: string }[] }): string[] {
  return part.terms.map(({ input }) => input);
}

/** Worked examples that the model does not reproduce to 1e-6 relative. */
function failedExamples(model: Model): string[] {
  return model.examples.flatMap((example, at) => {
    const predictions =
      model.form.type === 'logistic'
        ? [predictLogistic(model.form, example.inputs)]
        : predictCox(model.form, example.inputs);
    return example.expected.flatMap(({ event, value }) => {
      const got = predictions.find((prediction) => prediction.endpoint.event === event)?.value;
      if (got !== undefined && Math.abs(got - value) <= 1e-6 * Math.abs(value)) return [];
      return [`examples.${at}: ${event} should be ${value}, the model gives ${got}`];
    });
  });
}

function invalid(file: string, text: string, cause?: unknown): ModelFolderError {
  const code: ErrorCode = 'MODEL_FOLDER_INVALID';
  return new ModelFolderError(code, path.relative(process.cwd(), file), text, { cause });
}
