import { promises as fs } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../adapters/clock';
import { createGitHistory } from '../adapters/git-history';
import { createNodeFiles } from '../adapters/node-files';
import { createParsers } from '../adapters/parsers';
import {
  CONFIGURATION_PATH,
  defaultConfiguration,
  readConfiguration,
  type Configuration,
} from '../core/gate/configuration';
import type { Parsers } from '../core/ports';
import type { World } from '../core/tasks/task';
import { CommandFailure } from './command-failure';

/** One set of parsers serves all roots of a call: each loads its WebAssembly once. */
export const parsers: Parsers = createParsers();

/**
 * The repository in a folder, through the adapters on Node.
 *
 * @throws CommandFailure where the folder is none, or the configuration has a mistake.
 */
export async function openWorld(folder: string, configurationFile: string | null): Promise<World> {
  const root = path.resolve(folder);
  const kind = await fs.stat(root).catch(() => null);
  if (!kind) throw new CommandFailure(`${folder} does not exist.`);
  if (!kind.isDirectory())
    throw new CommandFailure(`${folder} is no folder; name the folder of a repository.`);
  const files = createNodeFiles(root);
  return {
    files,
    history: createGitHistory(root, { isTrusted: true }),
    clock: systemClock,
    parsers,
    configuration: await openConfiguration(root, configurationFile),
  };
}

/**
 * The configuration of a root: the named file, else `.github/release-gate.yml` of the root, else the defaults.
 *
 * @throws CommandFailure with every mistake and its line.
 */
async function openConfiguration(root: string, named: string | null): Promise<Configuration> {
  const shown = named ?? CONFIGURATION_PATH;
  const result = named
    ? await createNodeFiles(path.dirname(path.resolve(named))).read(path.basename(named))
    : await createNodeFiles(root).read(CONFIGURATION_PATH);
  if (!result.ok) {
    if (!named && result.reason === 'missing') return defaultConfiguration;
    throw new CommandFailure(`The configuration ${shown} ${result.detail}.`);
  }
  const reading = readConfiguration(shown, result.text);
  if (reading.ok) return reading.configuration;
  const mistakes = reading.problems.map(
    (problem) => `  ${shown}:${problem.line}:${problem.column}: ${problem.message}`,
  );
  throw new CommandFailure(`The configuration has mistakes:\n${mistakes.join('\n')}`);
}
