import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ModelFolderError } from '../errors.ts';
import { type ForestJson, forestFromJson } from '../statistics/forest-json.ts';
import type { Forest } from '../statistics/random-forest.ts';
import { crossReferences } from './cross-references.ts';
import { failedExamples } from './examples.ts';
import { type Model, modelSchema } from './model-schema.ts';

/** A checked model with the files that it names. */
export interface RegisteredModel extends Model {
  /**
   * SHA-256, hex, over `model.json` and, each after its name, the forests beside it and its files under `processing/`: says what a
   * result came from.
   */
  readonly hash: string;
  /** Forests by the file that a form names. */
  readonly forests: ReadonlyMap<string, Forest>;
}

/**
 * Reads and checks every model folder, and works its examples.
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
  return folders.sort().map((id) => loadModel(id, mappingsFolder));
}

/** Reads and checks one model folder. @throws ModelFolderError as {@link loadModels}. */
export function loadModel(id: string, mappingsFolder: string): RegisteredModel {
  const folder = path.join(mappingsFolder, 'models', id);
  const file = path.join(folder, 'model.json');
  const { bytes, json } = readJson(file);
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`);
    throw invalid(file, issues.join('; '));
  }
  const model = parsed.data;
  const hash = createHash('sha256').update(bytes);
  const forests = new Map(
    forestFiles(model, file).map((name) => {
      const forest = readForest(path.join(folder, name));
      hash.update(name).update(forest.bytes);
      return [name, forest.forest];
    }),
  );
  const problems = crossReferences(model, id, forests);
  for (const name of [...new Set(model.images.map(({ processing }) => processing))].sort()) {
    try {
      hash.update(name).update(readFileSync(path.join(mappingsFolder, 'processing', name)));
    } catch {
      problems.push(`images: no file processing/${name}`);
    }
  }
  if (problems.length === 0) problems.push(...failedExamples(model, forests));
  if (problems.length > 0) throw invalid(file, problems.join('; '));
  return { ...model, hash: hash.digest('hex'), forests };
}

/** Names of the forests' files, sorted. */
function forestFiles({ forms }: Model, file: string): string[] {
  const singles = forms.flatMap((form) => ('members' in form ? form.members.map((member) => member.form) : [form]));
  const names = [...new Set(singles.flatMap((form) => (form.type === 'random-forest' ? [form.file] : [])))].sort();
  const elsewhere = names.find((name) => path.basename(name) !== name);
  if (elsewhere !== undefined) throw invalid(file, `forms: "${elsewhere}" must stand beside model.json`);
  return names;
}

function readForest(file: string): { bytes: Buffer; forest: Forest } {
  const { bytes, json } = readJson(file);
  try {
    return { bytes, forest: forestFromJson(json as ForestJson) };
  } catch (cause) {
    throw invalid(file, `is no forest: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function readJson(file: string): { bytes: Buffer; json: unknown } {
  try {
    const bytes = readFileSync(file);
    return { bytes, json: JSON.parse(bytes.toString('utf8')) };
  } catch (cause) {
    throw invalid(file, `can't be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function invalid(file: string, text: string, cause?: unknown): ModelFolderError {
  return new ModelFolderError('MODEL_FOLDER_INVALID', path.relative(process.cwd(), file), text, { cause });
}
