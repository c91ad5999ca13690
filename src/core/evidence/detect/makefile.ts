import { fact, fileSource, type Fact } from '../fact';
import type { PipelinePhase } from '../profile';
import { findLines } from './places';
import { inFolder, type Reading } from './reading';

/** Names that people give to targets of a phase, best first. A target counts only where it exists. */
const TARGETS: Readonly<Record<PipelinePhase, readonly string[]>> = {
  format: ['fmt-check', 'format-check', 'check-fmt', 'check-format'],
  lint: ['lint'],
  'type-check': ['typecheck', 'type-check'],
  unit: ['test-unit', 'unit-test', 'unit', 'test'],
  integration: ['test-integration', 'integration-test', 'integration-tests', 'integration'],
  smoke: ['smoke', 'smoke-test', 'test-smoke'],
  'end-to-end': ['e2e', 'test-e2e', 'e2e-test'],
  scan: ['security', 'audit', 'scan', 'vulncheck'],
  build: ['build'],
};

/** A target of a Makefile with the commands below it. */
export interface MakeTarget {
  readonly name: string;
  readonly fact: Fact<string>;
  readonly recipe: string;
}

/** The plain targets of a folder's Makefile; empty where there is none. Pattern and variable targets are left out. */
export async function readMakeTargets(reading: Reading, folder: string): Promise<readonly MakeTarget[]> {
  const path = ['Makefile', 'makefile', 'GNUmakefile']
    .map((name) => inFolder(folder, name))
    .find((candidate) => reading.has(candidate));
  const text = path === undefined ? null : await reading.text(path);
  if (path === undefined || text === null) return [];
  const lines = text.split(/\r\n|\n/);
  return findLines(text, /^([A-Za-z][\w.-]{0,60})\s*:(?!=)/)
    .filter(({ range }) => range.start.column === 1)
    .map(({ match, range }) => {
      const recipe: string[] = [];
      for (const line of lines.slice(range.start.line)) {
        if (!/^(\t| +|$)/.test(line)) break;
        recipe.push(line.trim());
      }
      const name = match[1] ?? '';
      return { name, fact: fact(`make ${name}`, fileSource(path, range)), recipe: recipe.join('\n') };
    });
}

/** `make` commands by phase. A recipe that rewrites files is no check of their format. */
export function makeCommands(
  targets: readonly MakeTarget[],
): Partial<Record<PipelinePhase, readonly Fact<string>[]>> {
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  for (const [phase, names] of Object.entries(TARGETS) as [PipelinePhase, readonly string[]][]) {
    const target = names.map((name) => targets.find((other) => other.name === name)).find((found) => found);
    if (target) commands[phase] = [target.fact];
  }
  return commands;
}
