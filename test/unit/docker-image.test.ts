import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configVariables } from '../../src/config.ts';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Instructions in order, continuation lines joined, comments left out. */
function readDockerfile(text: string): Instruction[] {
  const joined = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  return joined.split('\n').flatMap((line) => {
    const match = /^([A-Z]+)\s+(.+)$/.exec(line);
    return match ? [{ name: match[1]!, value: match[2]! }] : [];
  });
}

const text = readFileSync('docker/Dockerfile', 'utf8');
const instructions = readDockerfile(text);
const lastStage = instructions.slice(instructions.map(({ name }) => name).lastIndexOf('FROM'));
const valuesOf = (list: readonly Instruction[], name: string) =>
  list.filter((instruction) => instruction.name === name).map(({ value }) => value);
const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean);

describe('docker/Dockerfile', () => {
  it('consists of known instructions only, none of them lost by the reader', () => {
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD'];
    const starts = text.split('\n').filter((line) => /^[A-Za-z]/.test(line));
    expect(instructions.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    expect(instructions).toHaveLength(starts.length);
  });

  it('builds in one stage and runs in another, both on Node 24 with a fixed Debian', () => {
    expect(valuesOf(instructions, 'FROM')).toEqual(['node:24-bookworm-slim AS build', 'node:24-bookworm-slim']);
  });

  it('installs from the lock file, builds, and leaves the development packages behind', () => {
    const [install, build] = valuesOf(instructions, 'RUN');
    expect(install).toBe('npm ci');
    expect(build).toBe('npm run build && npm prune --omit=dev');
  });

  it('copies what is there, and into the last stage only from the build', () => {
    const sources = valuesOf(instructions, 'COPY').filter((value) => !value.startsWith('--from'));
    for (const source of sources.flatMap((value) => value.split(' ').slice(0, -1))) {
      expect(existsSync(source), source).toBe(true);
    }
    for (const value of valuesOf(lastStage, 'COPY')) expect(value).toMatch(/^--from=build \/app\//);
  });

  it('runs as a user that is not root', () => {
    expect(valuesOf(lastStage, 'USER')).toEqual(['node']);
    const names = lastStage.map(({ name }) => name);
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('CMD'));
    expect(names.slice(names.indexOf('USER'))).not.toContain('RUN');
  });

  it('sets variables that the service knows, and checks health on the port that it exposes', () => {
    const environment = valuesOf(lastStage, 'ENV').join(' ');
    const used = [...environment.matchAll(/(DELTASCOPE_\w+)=/g)].map((match) => match[1]);
    const known = configVariables.map(({ name }) => name);
    expect(used.filter((name) => !known.includes(String(name)))).toEqual([]);
    expect(environment).toContain(`DELTASCOPE_PORT=${valuesOf(lastStage, 'EXPOSE')[0]}`);
    expect(valuesOf(lastStage, 'HEALTHCHECK')[0]).toContain('/health');
  });

  it('starts the service directly, so that it gets the signals', () => {
    const [command] = valuesOf(lastStage, 'CMD');
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: { deltascope: string } };
    expect(JSON.parse(String(command))).toEqual(['node', bin.deltascope, 'serve']);
  });

  it('the build context leaves out history, installed packages, builds, data and secrets', () => {
    for (const entry of ['.git', '**/node_modules', 'dist', '.deltascope', 'test-output', '**/.env*']) {
      expect(ignored).toContain(entry);
    }
  });
});
