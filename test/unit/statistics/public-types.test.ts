import path from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/config.ts';

/** A program of a user of the package, which resolves its own name through `exports`. */
const consumer = `
import {
  type Columns, type CoxFit, type PenalisedOutcome, type Tree,
  elasticNetCv, fitCox, icc, kaplanMeier, medianSurvival, StatisticsError, type StatisticsErrorCode,
} from 'deltascope/statistics';

const columns: Columns = [Float64Array.of(1, 2, 3)];
const fit: CoxFit = fitCox(columns, [1, 2, 3], [1, 0, 1], { ties: 'efron' });
const outcome: PenalisedOutcome = { family: 'gaussian', values: Float64Array.of(1, 2, 3) };
const index: number = elasticNetCv(columns, outcome, [0, 1, 2]).index1se;
const median: number | null = medianSurvival(kaplanMeier([1], [1])).time;
const code = (error: unknown): StatisticsErrorCode | undefined => error instanceof StatisticsError ? error.code : undefined;
const depth = (tree: Tree): Int32Array => tree.left;
// @ts-expect-error ICC4 does not exist: types are resolved, not taken for any.
icc(columns, 'ICC4', 'single');
export { code, depth, fit, index, median };
`;

const file = path.join(packageRoot(), 'statistics-consumer.ts');
let program: ts.Program;

beforeAll(() => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? consumer : readFile(name));
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file
      ? ts.createSourceFile(name, consumer, languageVersion)
      : getSourceFile(name, languageVersion, ...rest);
  program = ts.createProgram([file], options, host);
});

describe('types of deltascope/statistics', () => {
  test('a strict program that uses the package compiles', () => {
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    expect(found).toEqual([]);
  });

  test('every type in a public signature is exported', () => {
    const checker = program.getTypeChecker();
    const resolved = (symbol: ts.Symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const entry = program
      .getSourceFiles()
      .find(({ fileName }) => fileName.endsWith('dist/src/statistics/statistics.d.ts'));
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(entry!)!).map(resolved);
    expect(exported.length).toBeGreaterThan(150);
    const hidden = new Set<string>();
    const visit = (node: ts.Node, within: string): void => {
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : undefined;
      const symbol = name && checker.getSymbolAtLocation(name);
      const type = symbol && resolved(symbol);
      const declaration = type?.declarations?.[0];
      const own =
        declaration?.getSourceFile().fileName.includes('/dist/src/') && !ts.isTypeParameterDeclaration(declaration);
      if (type !== undefined && own && !exported.includes(type)) hidden.add(`${type.name}, in ${within}`);
      ts.forEachChild(node, (child) => visit(child, within));
    };
    for (const symbol of exported) for (const declaration of symbol.declarations ?? []) visit(declaration, symbol.name);
    expect([...hidden]).toEqual([]);
  });
});
