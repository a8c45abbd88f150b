import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../config.ts';
import { type Model, modelSchema } from '../../models/model-schema.ts';

/** The folder of a model under `mappings/models`. */
export function modelFolder(id: string): string {
  return path.join(packageRoot(), 'mappings', 'models', id);
}

/** Writes what a fit found as `fit.json`. */
export function writeFit(id: string, fit: object): void {
  writeJson(path.join(modelFolder(id), 'fit.json'), fit);
}

/** Reads `fit.json` of a model; the caller knows which fit wrote it. */
export function readFit<Fit>(id: string): Fit {
  return JSON.parse(readFileSync(path.join(modelFolder(id), 'fit.json'), 'utf8')) as Fit;
}

/**
 * Writes `model.json` and `model-card.md`.
 *
 * @throws ZodError if the model is not of the schema.
 */
export function writeModel(model: Model, card: string): void {
  const folder = modelFolder(model.id);
  writeJson(path.join(folder, 'model.json'), modelSchema.parse(model));
  writeText(path.join(folder, 'model-card.md'), card);
}

function writeJson(file: string, content: object): void {
  writeText(file, `${JSON.stringify(content, null, 2)}\n`);
}

function writeText(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.error(`wrote ${path.relative(packageRoot(), file)}`);
}
