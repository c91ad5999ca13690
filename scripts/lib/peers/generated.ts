import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createParsers } from '../../../src/adapters/parsers';
import { ROLLOUTS } from '../../../src/core/evidence/rollouts';
import { ciWorkflow, parseSource } from '../../../src/core/pipeline/adopt/ci-workflow';
import { extractReusableWorkflows } from '../../../src/core/tasks/extract-reusable-workflows';
import { generateGhActionsPipeline } from '../../../src/core/tasks/generate-gh-actions-pipeline';
import { secureCloudAuthWithOidc } from '../../../src/core/tasks/secure-cloud-auth-with-oidc';
import { setUpRepository } from '../../../src/core/tasks/set-up-repository';
import { TaskFailure, type Task, type TaskResult } from '../../../src/core/tasks/task';
import { generatedFrom, profileOf, remoteHistory } from '../../../test/support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../../test/support/sample-repository';
import { memoryWorld, quietRun } from '../../../test/support/world';
import { STACKS, TARGETS } from './combinations';
import { PACKAGES } from './packages';
import { COMMANDS_FOLDER } from './programs';
import { standingWorkflows } from './standing';

/** What a generator made of one repository. */
export interface GeneratedCase {
  /** Plain, for a folder: `sample-orders-service-canary`. */
  readonly name: string;
  /** Path to text: what was made, the workflows that were there, and the commands that a person is given. */
  readonly files: ReadonlyMap<string, string>;
  /** The workflows as they were; a rewrite answers for what it adds only. Left out where everything was made. */
  readonly before?: ReadonlyMap<string, string>;
}

const FIXTURES = path.join(__dirname, '../../../test/fixtures');
const FOLDER = '.github/workflows';
const REMOTE = 'https://github.com/sample/repository.git';

/** What the command writes for every sample repository; and its pipeline with each strategy. */
export async function fromSamples(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  for (const name of sampleNames()) {
    const files = sampleRepository(name);
    const result = await run(generateGhActionsPipeline, files);
    if (result) cases.push(caseOf(`sample-${name}`, files, result));
    cases.push(...(await withEachStrategy(`sample-${name}`, files)));
  }
  return cases;
}

/** Every stack with every target and strategy. */
export async function fromCombinations(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  for (const [stack, ofStack] of STACKS) {
    for (const [target, ofTarget] of TARGETS)
      cases.push(...(await withEachStrategy(`${stack}-${target}`, { ...ofTarget(), ...ofStack() })));
  }
  return cases;
}

async function withEachStrategy(
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  const history = remoteHistory(REMOTE);
  const profile = await profileOf(files, history);
  for (const rollout of [null, ...ROLLOUTS]) {
    const { texts, pipeline } = await generatedFrom(files, { history, profile, settings: { rollout } });
    // A strategy that the platform does not have is refused; nothing is written then.
    if (pipeline.refusal !== null) continue;
    cases.push({
      name: `${name}-${rollout ?? 'as-it-is'}`,
      files: new Map(Object.entries(texts).map(([file, text]) => [`${FOLDER}/${file}`, text])),
    });
  }
  return cases;
}

/** Every sample with each workflow that a team may have already: what stands is added to. */
export async function fromExtending(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  for (const name of sampleNames()) {
    // One workflow stands, whatever the sample has of its own.
    const sample = Object.fromEntries(
      Object.entries(sampleRepository(name)).filter(([file]) => !file.startsWith(FOLDER)),
    );
    for (const standing of standingWorkflows(sample)) {
      const files = { ...sample, [standing.path]: standing.text };
      const result = await run(generateGhActionsPipeline, files);
      if (result) cases.push(rewriteOf(`stands-${name}-${standing.name}`, files, result));
    }
  }
  return cases;
}

/** Repositories that publish a package, with the commands for what a person sets up. */
export async function fromPublishing(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  for (const [name, files] of PACKAGES) {
    const result = await run(generateGhActionsPipeline, files);
    if (result) cases.push(caseOf(`package-${name}`, files, result));
  }
  return cases;
}

/** What `setup` writes for every sample with its pipeline: the settings' commands and Dependabot's file. */
export async function fromSettingUp(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  for (const name of sampleNames()) {
    const sample = sampleRepository(name);
    const pipeline = await run(generateGhActionsPipeline, sample);
    const files = {
      ...sample,
      ...Object.fromEntries((pipeline?.files ?? []).map((file) => [file.path, file.after])),
    };
    const inputs = { reviewers: '@sample/releases, @casey', owners: '@sample/platform', release_tags: 'v*' };
    const result = await run(setUpRepository, files, inputs);
    if (result) cases.push(rewriteOf(`setup-${name}`, files, result));
  }
  return cases;
}

/** Workflows with static credentials, as the rules' fixtures have them, rewritten to log in by OIDC. */
export async function fromSecuring(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  const rules = readdirSync(path.join(FIXTURES, 'rules')).filter((rule) => rule.startsWith('long-lived-'));
  for (const rule of rules) {
    const folder = path.join(FIXTURES, 'rules', rule);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yml'))) {
      const files = { [`${FOLDER}/deploy.yml`]: readFileSync(path.join(folder, file), 'utf8') };
      const result = await run(secureCloudAuthWithOidc, files);
      if (result && result.files.length > 0)
        cases.push(rewriteOf(`oidc-${rule}-${path.parse(file).name}`, files, result));
    }
  }
  return cases;
}

/** Folders of workflows that repeat jobs, with what repeats extracted. */
export async function fromExtraction(): Promise<readonly GeneratedCase[]> {
  const cases: GeneratedCase[] = [];
  const root = path.join(FIXTURES, 'pipeline/extract');
  for (const name of readdirSync(root).filter((other) => !other.endsWith('.expected'))) {
    const folder = path.join(root, name);
    const files = Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const file = path.join(entry.parentPath, entry.name);
          return [path.relative(folder, file).split(path.sep).join('/'), readFileSync(file, 'utf8')];
        }),
    );
    const result = await run(extractReusableWorkflows, files);
    if (result) cases.push(rewriteOf(`extract-${name}`, files, result));
  }
  return cases;
}

/** The workflow that runs the gate, with the action named and with the variables that name it. */
export function fromAdopting(): readonly GeneratedCase[] {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  return [parseSource(`acme/release-gate@${commit}`, '0.1.0'), null].map((source) => {
    const { path: file, after } = ciWorkflow({ source, defaultBranch: 'main', before: null });
    return { name: `init-${source ? 'named' : 'by-variables'}`, files: new Map([[file, after]]) };
  });
}

/** A task's result in memory; null where the task has nothing to do here, and says so. */
async function run(
  task: Task,
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult | null> {
  const world = { ...memoryWorld(files, parsers), history: remoteHistory(REMOTE) };
  try {
    return await task.run(world, quietRun(inputs));
  } catch (error) {
    if (error instanceof TaskFailure) return null;
    throw error;
  }
}

const parsers = createParsers();

function caseOf(name: string, files: Readonly<Record<string, string>>, result: TaskResult): GeneratedCase {
  return { name, files: filesAfter(files, result) };
}

function rewriteOf(name: string, files: Readonly<Record<string, string>>, result: TaskResult): GeneratedCase {
  return { name, files: filesAfter(files, result), before: filesAfter(files, null) };
}

/** What a peer reads: workflows, Dependabot's file, and the commands that a person copies. */
function filesAfter(
  files: Readonly<Record<string, string>>,
  result: TaskResult | null,
): ReadonlyMap<string, string> {
  const all = new Map(Object.entries(files));
  for (const file of result?.files ?? []) all.set(file.path, file.after);
  const commands = new Set([
    ...(result?.manualSteps ?? []).flatMap(({ command }) => (command ? [command] : [])),
    ...(result?.files ?? []).flatMap((file) => (file.path.endsWith('.md') ? shellIn(file.after) : [])),
  ]);
  return new Map([
    ...[...all].filter(([file]) => /^\.github\/(workflows\/[^/]+|dependabot)\.ya?ml$/.test(file)),
    ...[...commands].map((command, index) => [`${COMMANDS_FOLDER}/${index + 1}.sh`, command] as const),
  ]);
}

/** What stands in a page as shell. */
function shellIn(text: string): readonly string[] {
  return [...text.matchAll(/^```(?:sh|bash|shell)\r?\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
}
