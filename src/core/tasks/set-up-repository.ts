import { releaseTags } from '../change/release-range';
import { agentTexts, promptTexts } from '../drafting/library';
import { releaseInstructions } from '../drafting/instructions';
import { collectProfile } from '../evidence/collect-profile';
import { isProductionName, orderEnvironments } from '../evidence/detect/environments';
import { fileSource, isKnown, type Source, type Unknown } from '../evidence/fact';
import type { Environment, RepositoryProfile } from '../evidence/profile';
import { secretsInFiles } from '../evidence/secrets/file-secrets';
import { readSecretFiles } from '../evidence/secrets/secret-inventory';
import { judgeProposal } from '../gate/check';
import { CODEOWNERS_PLACES, ownersIn, proposeCodeOwners } from '../pipeline/govern/code-owners';
import { DEPENDABOT_PATHS, ecosystemsOf, proposeDependabot } from '../pipeline/govern/dependabot';
import { proposeMadeFile, proposeMadeSection } from '../pipeline/govern/made-text';
import { MANIFEST_TARGETS, proposeManifest } from '../pipeline/govern/manifests';
import { releasePathsOf } from '../pipeline/govern/release-paths';
import { changesAnything, type ProposedFile } from '../text/proposal';
import { counted, enumerated } from '../text/words';
import type { WorkflowSet } from '../workflow/understanding';
import { answersTo, distinctSources, existingText } from './document-task';
import { issueForms } from './issue-forms';
import { environmentRoles } from './set-up/approvals';
import { ANSWERS_PATH, proposeAnswers, withEarlierAnswers } from './set-up/answers';
import { PARTS, type Part } from './set-up/parts';
import { SETTINGS_FOLDER, settingsOf } from './set-up/settings';
import { TaskFailure, type ManualStep, type Task, type TaskResult, type TaskRun, type World } from './task';
import { understoodWorkflows } from './understood-workflows';

const MAX_SOURCES = 40;

/** What is proposed so far, with what has to be said beside it. */
interface Proposed {
  readonly files: ProposedFile[];
  readonly notes: string[];
  readonly unknowns: Unknown[];
  readonly manualSteps: ManualStep[];
  readonly sources: Source[];
  readonly data: Record<string, unknown>;
}

/** What every part is made from. */
interface Repository {
  readonly world: World;
  readonly run: TaskRun;
  readonly profile: RepositoryProfile;
  readonly paths: readonly string[];
  readonly set: WorkflowSet;
  readonly told: ReadonlyMap<string, string>;
  readonly withTerraform: boolean;
}

/**
 * What a repository needs beside its pipeline, as one change to review: how it is set on GitHub, Dependabot, CODEOWNERS,
 * issue forms, agents, prompts and instructions. What stands there is extended, never replaced.
 */
export const setUpRepository: Task = {
  id: 'set-up-repository',
  subcommand: 'setup',
  title: 'Set Up This Repository',
  inputs: [
    {
      name: 'only',
      question: 'Which parts are proposed? (all where nothing is said)',
      isAsked: true,
      choices: PARTS,
    },
    {
      name: 'terraform',
      question: 'Write the settings for Terraform as well',
      isAsked: false,
      alone: 'yes',
    },
    { name: 'environments', question: 'Which environments does a release pass, in order?', isAsked: false },
    {
      name: 'reviewers',
      question: 'Who approves a deployment to production? (@organization/team or @user, up to six)',
      isAsked: true,
      belongsTo: 'settings',
    },
    {
      name: 'owners',
      question: 'Who owns workflows, deployment scripts and migrations? (@organization/team or @user)',
      isAsked: true,
      belongsTo: 'codeowners',
    },
    { name: 'approvals', question: 'How many approvals does a pull request need? (0 to 10)', isAsked: false },
    {
      name: 'release_tags',
      question: 'Which tags are releases, as patterns such as v*?',
      isAsked: false,
    },
    {
      name: 'target',
      question: `Where is the service deployed to, if no manifest says so? (${MANIFEST_TARGETS.join(', ')})`,
      isAsked: false,
    },
  ],
  writes: ['.github', 'CODEOWNERS', 'docs/CODEOWNERS', 'deploy'],
  async run(world, run): Promise<TaskResult> {
    const now = answersTo(setUpRepository.inputs, run.inputs);
    const parts = partsOf(now.get('only') ?? '');
    const answers = await existingText(world, ANSWERS_PATH);
    const told = withEarlierAnswers(now, answers);
    const profile = await collectProfile(world, run);
    const { paths, set, leftAlone } = await understoodWorkflows(world, run.signal);
    const repository: Repository = {
      world,
      run,
      profile,
      paths,
      set,
      told,
      withTerraform: isTerraformWanted(now.get('terraform') ?? null, paths),
    };
    const proposed: Proposed = {
      files: [],
      notes: [
        ...leftAlone,
        ...(profile.problems ?? []).map((problem) => `${problem.path} ${problem.message}.`),
      ],
      unknowns: [],
      manualSteps: [],
      sources: [],
      data: { parts },
    };
    for (const part of parts) {
      run.signal.throwIfAborted();
      await PROPOSALS[part](repository, proposed);
    }
    const kept = proposeAnswers(now, answers);
    if (kept.text !== '') {
      addFile(proposed, ANSWERS_PATH, answers, kept, 'what a person told, for the next time');
    }
    const files = proposed.files.filter((file) => {
      if (changesAnything(file)) return true;
      proposed.sources.push(fileSource(file.path));
      return false;
    });
    const unknowns = proposed.unknowns.filter(
      (item, index, all) => all.findIndex((other) => other.unknown === item.unknown) === index,
    );
    return {
      task: 'set-up-repository',
      summary: summaryOf(parts, files, proposed.files.length - files.length),
      sources: distinctSources(proposed.sources, MAX_SOURCES),
      files,
      findings: files.length > 0 ? await judgeProposal(world, files, run.signal) : [],
      unknowns,
      manualSteps: proposed.manualSteps,
      notes: [...new Set(proposed.notes)],
      next: [
        ...(profile.workflows.length === 0
          ? [{ task: 'generate-gh-actions-pipeline' as const, label: 'Generate the pipeline first' }]
          : []),
        { task: 'check', label: 'Check the repository' },
      ],
      data: proposed.data,
      prose: null,
    };
  },
};

/** One function for each part. */
const PROPOSALS: Readonly<Record<Part, (repository: Repository, proposed: Proposed) => Promise<void>>> = {
  settings: proposeSettingsFiles,
  dependabot: proposeDependabotFile,
  codeowners: proposeCodeOwnersFile,
  'issue-forms': proposeIssueForms,
  agents: (repository, proposed) => proposeLibrary(repository, proposed, 'agents', 'agent', agentTexts),
  prompts: (repository, proposed) => proposeLibrary(repository, proposed, 'prompts', 'prompt', promptTexts),
  instructions: proposeInstructions,
  manifests: proposeManifestFile,
};

async function proposeSettingsFiles(repository: Repository, proposed: Proposed): Promise<void> {
  const { world, run, profile, set, told, paths } = repository;
  const approvals = told.get('approvals') ?? '1';
  if (!/^(?:\d|10)$/.test(approvals)) {
    throw new TaskFailure(
      `"${approvals}" is no number of approvals that GitHub takes: give one from 0 to 10.`,
    );
  }
  const owners = await codeOwnersFile(world, paths);
  const { texts } = await readSecretFiles(world.files, paths, run.signal);
  const settings = settingsOf({
    profile,
    set,
    environments: environmentRoles(set, environmentsOf(repository, proposed), {
      production: world.configuration.productionEnvironments,
      other: world.configuration.otherEnvironments,
    }),
    reviewers: ownersIn(told.get('reviewers') ?? ''),
    approvals: Number(approvals),
    tags: await releaseTagPatterns(repository, proposed),
    hasCodeOwners: owners.text !== null || told.has('owners'),
    secrets: secretsInFiles(texts),
    withTerraform: repository.withTerraform,
  });
  for (const file of settings.files) {
    const before = await existingText(world, file.path);
    addFile(proposed, file.path, before, file.propose(before), file.purpose);
  }
  proposed.unknowns.push(...settings.unknowns);
  proposed.sources.push(...settings.sources, ...set.workflows.map(({ path }) => fileSource(path)));
  proposed.notes.push(...settings.required.leftOut.map((text) => `${text}.`));
  proposed.notes.push(
    'Nothing was compared with what is set on GitHub now, since nothing is asked over the network.',
  );
  proposed.manualSteps.push(
    ...settings.environments.map(({ policy, command }) => ({
      title: `Send the settings of the environment ${policy.name}`,
      why: policy.isProduction
        ? 'Without them nobody is asked before a build reaches it: GitHub makes a missing environment unprotected.'
        : 'Only the branches and tags that deploy to it may then do so.',
      command,
    })),
    ...settings.rulesets.map(({ ruleset, command }) => ({
      title: `Send the ruleset "${ruleset.name}"`,
      why:
        ruleset.target === 'branch'
          ? 'A pull request that fails its checks, or that nobody reviewed, could be merged otherwise.'
          : 'A release tag could be moved to another commit otherwise.',
      command,
    })),
    ...settings.registries.flatMap(({ title, what, command, byHand }) =>
      command === null && byHand === null
        ? []
        : [
            {
              title: `Keep released versions as they are in ${title}`,
              why: byHand === null ? what : `${what} By hand: ${byHand}`,
              command,
            },
          ],
    ),
    ...settings.byHand,
  );
  proposed.notes.push(
    ...settings.registries.flatMap(({ title, what, command, byHand }) =>
      command === null && byHand === null ? [`${title}: ${what}`] : [],
    ),
  );
  proposed.data['settings'] = {
    environments: settings.environments.map(({ policy, role, file, secrets }) => ({
      ...policy,
      role,
      file,
      secrets,
    })),
    rulesets: settings.rulesets.map(({ ruleset, file }) => ({ name: ruleset.name, file })),
    requiredChecks: settings.required.checks,
    assumptions: settings.assumptions,
  };
}

/** What a person named, else what files name. */
function environmentsOf({ world, profile, told }: Repository, proposed: Proposed): readonly Environment[] {
  const names = (told.get('environments') ?? '')
    .split(/[,;\n]|->|→/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isName = (name: string): boolean => name.length <= 255 && !/[\u0000-\u001f\u007f]/.test(name);
  if (names.length > 0) {
    return orderEnvironments(
      names.filter(isName).map((name) => ({ name, source: { kind: 'person', question: 'environments' } })),
      world.configuration,
    ).map(({ value }) => value);
  }
  const found = profile.environments.map(({ value }) => value).filter(({ name }) => isName(name));
  if (found.length > 0 && !found.some(({ name }) => isProductionName(name, world.configuration))) {
    proposed.notes.push(
      'None of the environments is known to be production, so that no approval is asked for: name the production environments in .github/release-gate.yml.',
    );
  }
  return found;
}

/** Told, else as tags, workflows and the configuration show it. */
async function releaseTagPatterns(
  { world, run, set, told, profile, paths }: Repository,
  proposed: Proposed,
): Promise<{ readonly patterns: readonly string[]; readonly sources: readonly Source[] }> {
  const isPattern = (text: string): boolean => /^[\w@./*?[\]-]{1,100}$/.test(text) && /[\w@]/.test(text);
  const answer = (told.get('release_tags') ?? '').split(/[\s,;]+/).filter((text) => text !== '');
  const odd = answer.filter((text) => !isPattern(text));
  if (odd.length > 0) {
    throw new TaskFailure(`"${odd.join(' ')}" is no pattern of tags; give one such as v*.`);
  }
  const warn = (patterns: readonly string[]): readonly string[] => {
    if (patterns.length > 0 && paths.some((path) => /^action\.ya?ml$/.test(path))) {
      proposed.notes.push(
        'This repository is an action, whose users often name a tag that moves (v1): a rule for release tags keeps it from moving, so let the pattern match full versions only (v*.*.*).',
      );
    }
    return patterns;
  };
  if (answer.length > 0) return { patterns: warn(answer), sources: [] };
  const { tagPattern } = world.configuration;
  if (tagPattern !== null && isPattern(tagPattern)) return { patterns: warn([tagPattern]), sources: [] };
  const state = await world.history.state(run.signal);
  const tags =
    state.kind === 'git' ? releaseTags(await world.history.tags(state.head, run.signal), tagPattern) : [];
  const patterns = [
    ...new Set(
      tags.flatMap(({ tag }) => {
        const prefix = /^(.*?)\d+\.\d+/.exec(tag.name)?.[1];
        if (prefix === undefined) return [];
        return [prefix === '' ? '[0-9]*' : `${prefix}*`];
      }),
    ),
  ].filter(isPattern);
  if (patterns.length > 0) {
    const [first] = tags;
    return {
      patterns: warn(patterns.slice(0, 20)),
      sources: first ? [{ kind: 'tag', name: first.tag.name, commit: first.tag.commit }] : [],
    };
  }
  if (isKnown(profile.versioning) && profile.versioning.value.tagPrefix !== null) {
    const { tagPrefix } = profile.versioning.value;
    const pattern = tagPrefix === '' ? '[0-9]*' : `${tagPrefix}*`;
    if (isPattern(pattern)) return { patterns: warn([pattern]), sources: profile.versioning.sources };
  }
  const triggers = set.workflows.flatMap((workflow) =>
    workflow.triggers
      .filter(({ event }) => event === 'push')
      .flatMap(({ tags: filters }) => filters ?? [])
      .map((filter) => ({ workflow, filter })),
  );
  const fromWorkflows = triggers.filter(
    ({ filter }) => !filter.value.startsWith('!') && isPattern(filter.value),
  );
  return {
    patterns: warn([...new Set(fromWorkflows.map(({ filter }) => filter.value))]),
    sources: fromWorkflows.map(({ workflow, filter }) =>
      fileSource(workflow.path, workflow.lines.rangeOf(filter.span)),
    ),
  };
}

async function proposeDependabotFile(repository: Repository, proposed: Proposed): Promise<void> {
  const { world, profile, paths } = repository;
  const path = DEPENDABOT_PATHS.find((place) => paths.includes(place)) ?? DEPENDABOT_PATHS[0];
  const members = profile.stacks.flatMap(({ folder, workspaceRoot }) =>
    workspaceRoot === undefined || workspaceRoot === folder ? [] : [`/${folder}`],
  );
  const ecosystems = ecosystemsOf(
    paths,
    profile.dockerfiles.map(({ value }) => value),
    members,
  );
  if (ecosystems.length === 0) {
    proposed.notes.push('Nothing was found that Dependabot keeps up to date.');
    return;
  }
  const before = await existingText(world, path);
  addFile(
    proposed,
    path,
    before,
    proposeDependabot(before, ecosystems),
    `new versions of ${enumerated(
      ecosystems.map(({ name }) => name),
      'and',
    )}, a week after they came out`,
  );
}

async function proposeCodeOwnersFile(repository: Repository, proposed: Proposed): Promise<void> {
  const { world, profile, paths, told } = repository;
  const { path, text: before } = await codeOwnersFile(world, paths);
  const owners = ownersIn(told.get('owners') ?? '');
  if (told.has('owners') && owners.length === 0) {
    throw new TaskFailure(
      `"${told.get('owners') ?? ''}" names no owner that GitHub knows; give @user, @organization/team or a mail address.`,
    );
  }
  const releasePaths = releasePathsOf(profile, paths, path);
  const proposal = proposeCodeOwners(before, releasePaths, paths, owners);
  if (proposal.open.length > 0) {
    proposed.unknowns.push({ unknown: `owners of ${proposal.open.join(', ')}` });
  }
  proposed.notes.push(...proposal.owned.map((text) => `${text} already.`));
  if (proposal.text !== '') {
    addFile(
      proposed,
      path,
      before,
      { text: proposal.text, notes: [] },
      'owners of what a release depends on',
    );
  }
}

async function codeOwnersFile(
  world: World,
  paths: readonly string[],
): Promise<{ readonly path: string; readonly text: string | null }> {
  const path = CODEOWNERS_PLACES.find((place) => paths.includes(place)) ?? CODEOWNERS_PLACES[0];
  return { path, text: await existingText(world, path) };
}

async function proposeIssueForms({ world, run }: Repository, proposed: Proposed): Promise<void> {
  const result = await issueForms.run(world, run);
  proposed.files.push(...result.files);
  proposed.notes.push(...result.notes.map((note) => note.replace(/[^.]$/, '$&.')));
}

/** The files that the extension contributes, in the repository for those who do not have it. */
async function proposeLibrary(
  { world }: Repository,
  proposed: Proposed,
  folder: 'agents' | 'prompts',
  ending: 'agent' | 'prompt',
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    const path = `.github/${folder}/${name}.${ending}.md`;
    const before = await existingText(world, path);
    addFile(proposed, path, before, proposeMadeFile(before, text, 'html'), `${ending} ${name}`);
  }
  proposed.notes.push(
    `The ${folder} call the tools of the extension Release Gate; without it they still say what to look at. Who has the extension sees each of them twice.`,
  );
}

async function proposeInstructions({ world }: Repository, proposed: Proposed): Promise<void> {
  const path = '.github/copilot-instructions.md';
  const before = await existingText(world, path);
  addFile(
    proposed,
    path,
    before,
    proposeMadeSection(before, 'releases', releaseInstructions()),
    'rules for releases and operations, for every request to Copilot',
  );
}

async function proposeManifestFile(repository: Repository, proposed: Proposed): Promise<void> {
  const { world, profile, told } = repository;
  const answer = told.get('target')?.toLowerCase() ?? null;
  const [dockerfile] = profile.dockerfiles;
  const [target] = profile.deployTargets;
  if (answer === null) {
    if (!target && dockerfile) proposed.unknowns.push({ unknown: 'how this repository is deployed' });
    return;
  }
  const chosen = MANIFEST_TARGETS.find((each) => each === answer);
  if (!chosen) {
    throw new TaskFailure(
      `There is no manifest for "${answer}"; one can be proposed for ${enumerated(MANIFEST_TARGETS, 'or')}.`,
    );
  }
  const own = proposeManifest(chosen, { profile, port: await exposedPort(world, dockerfile?.value ?? null) });
  const before = await existingText(world, own.path);
  if (target && before === null) {
    proposed.notes.push(
      `No manifest is proposed: ${target.path.value} says already how the repository is deployed (${target.kind}).`,
    );
    return;
  }
  if (before !== null) {
    proposed.notes.push(`${own.path} is kept as it is.`);
    return;
  }
  if (!dockerfile) {
    proposed.notes.push('The manifest needs an image, and no Dockerfile of this repository builds one.');
  }
  proposed.unknowns.push(...own.unknowns);
  addFile(
    proposed,
    own.path,
    before,
    { text: own.text, notes: [] },
    `deployment to ${chosen}, to be filled in`,
  );
}

async function exposedPort(world: World, dockerfile: string | null): Promise<number | null> {
  const read = dockerfile === null ? null : await world.files.read(dockerfile);
  const port = read?.ok ? /^[ \t]*EXPOSE[ \t]+(\d{1,5})\b/im.exec(read.text)?.[1] : undefined;
  return port === undefined ? null : Number(port);
}

function addFile(
  proposed: Proposed,
  path: string,
  before: string | null,
  { text, notes }: { readonly text: string; readonly notes: readonly string[] },
  purpose: string,
): void {
  proposed.files.push({ path, before, after: text, purpose });
  proposed.notes.push(...notes.map((note) => `${path} ${note}.`));
}

/** Said, or written before: what stands there is kept up to date. */
function isTerraformWanted(answer: string | null, paths: readonly string[]): boolean {
  if (answer !== null && !/^(yes|no|true|false)$/i.test(answer)) {
    throw new TaskFailure(
      `"${answer}" does not say whether the settings are written for Terraform: give yes or no, and a folder before --terraform.`,
    );
  }
  return answer === null
    ? paths.includes(`${SETTINGS_FOLDER}/terraform/github/main.tf`)
    : /^(yes|true)$/i.test(answer);
}

/** @throws TaskFailure where a name is none of the parts. */
function partsOf(text: string): readonly Part[] {
  const names = text
    .split(/[\s,;]+/)
    .map((name) => name.toLowerCase())
    .filter((name) => name !== '');
  const all = PARTS.map(({ value }) => value);
  const odd = names.filter((name) => !all.some((part) => part === name));
  if (odd.length > 0) {
    throw new TaskFailure(`There is no part "${odd.join(', ')}"; the parts are ${enumerated(all, 'and')}.`);
  }
  return names.length === 0 ? all : all.filter((part) => names.includes(part));
}

function summaryOf(parts: readonly Part[], files: readonly ProposedFile[], unchanged: number): string {
  const labels = PARTS.filter(({ value }) => parts.includes(value)).map(({ label }) => label);
  if (files.length === 0) return `Everything of ${enumerated(labels, 'and')} stands as it would be proposed.`;
  const made = files.filter(({ before }) => before === null).length;
  return `${enumerated(labels, 'and')}: ${counted(made, 'new file')}, ${files.length - made} extended, ${unchanged} as they are. Nothing is replaced, and nothing is sent to GitHub: the calls below do that.`;
}
