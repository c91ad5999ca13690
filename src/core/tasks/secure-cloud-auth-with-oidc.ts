import { fileSource, type Unknown } from '../evidence/fact';
import { isForeign } from '../evidence/detect/reading';
import { judgeProposal } from '../gate/check';
import { isTestData } from '../gate/test-data';
import { readTrustFiles } from '../gate/trust-files';
import { cloudSetupSteps, type CloudTrust } from '../pipeline/oidc/cloud-setup';
import { grantCallers } from '../pipeline/oidc/grant-callers';
import { needsOfJob } from '../pipeline/oidc/needs/index';
import { together } from '../pipeline/oidc/needs/needs';
import { mayNameSecrets, secretUsesOf, type SecretUses } from '../pipeline/oidc/secret-uses';
import { secureWorkflow, type SecuredWorkflow, type WorkflowMeaning } from '../pipeline/oidc/secure-workflow';
import { describeSubject, subjectsOf } from '../pipeline/oidc/subjects';
import { TERRAFORM_PATH, terraformOf } from '../pipeline/oidc/terraform';
import { needsOfToken } from '../rules/workflow/action-permissions';
import { credentialKinds, NO_OTHER_LOGIN } from '../rules/workflow/deploy-credentials';
import { credentialsOf } from '../rules/workflow/long-lived-deploy-credential';
import type { GateFacts } from '../rules/rule';
import { rule as oidcTrustTooWide } from '../rules/trust/oidc-trust-too-wide';
import { hasPurpose } from '../rules/workflow/production-path';
import type { ProposedFile } from '../text/proposal';
import { counted, enumerated } from '../text/words';
import { secretsIn, type Provider } from '../workflow/credential-uses';
import { findLongLivedCredentials, type LongLivedCredential } from '../workflow/long-lived-credentials';
import { readLocalActions, stepsRunBy, usesLocalAction } from '../workflow/local-actions';
import type { Job, Workflow } from '../workflow/model';
import { readWorkflow } from '../workflow/read';
import type { JobFacts } from '../workflow/understanding';
import { understandWorkflows } from '../workflow/understand';
import { valueOf } from '../workflow/yaml-tree';
import {
  newMigration,
  readMigration,
  updatedMigration,
  type MigrationRead,
  type SwitchedJob,
} from './oidc/migration-document';
import { readWorkflows } from './read-workflows';
import { TaskFailure, type Task, type TaskResult, type World } from './task';

/**
 * Replaces the long-lived credentials of the existing workflows by OIDC logins, with the other side as ordered commands or
 * Terraform, and a checklist on which a later run ticks what is done.
 */
export const secureCloudAuthWithOidc: Task = {
  id: 'secure-cloud-auth-with-oidc',
  subcommand: 'oidc',
  title: 'Secure cloud logins with OIDC',
  inputs: [
    {
      name: 'repo_context',
      question: 'Which accounts, subscriptions or projects are in use?',
      isAsked: false,
    },
    { name: 'environments', question: 'Which environments log in to which cloud?', isAsked: false },
    { name: 'constraints', question: 'Who may change the identity settings of the cloud?', isAsked: false },
    {
      name: 'terraform',
      question: `Should the cloud side be Terraform, and in which file (${TERRAFORM_PATH} where only yes is said)?`,
      isAsked: false,
      alone: 'yes',
    },
  ],
  writes: ['.github/workflows', 'docs/ops', 'infra'],
  async run(world, run): Promise<TaskResult> {
    const terraformPath = terraformPathOf(run.inputs['terraform']);
    const repo = await readAll(world, run.signal);
    const { workflows, notes, understand } = repo;
    run.report(
      `Read ${counted(workflows.length, 'workflow')}`,
      workflows.map((workflow) => fileSource(workflow.path)),
    );

    const found = workflows.flatMap((workflow) => {
      const meaning = understand(workflow.path, workflow.text);
      return findLongLivedCredentials(meaning.workflow, (job) => meaning.commandsOf(job)).map(
        (credential) => ({ workflow: meaning.workflow, credential }),
      );
    });
    const checklistPath = `${world.configuration.operationsFolder}/OIDC_MIGRATION.md`;
    const checklist = repo.paths.includes(checklistPath) ? await world.files.read(checklistPath) : null;
    const before = checklist?.ok === true ? checklist.text : null;
    let known = before === null ? null : readMigration(before);
    const others = [...othersOf(repo, found), ...(await inLocalActions(world, repo, found))];
    const tooWide = await trustsTooWide(world, repo, run.signal);
    if (found.length === 0 && known === null && others.length + tooWide.length === 0) {
      throw new TaskFailure(
        workflows.length === 0 && notes.length === 0
          ? 'There are no workflows in .github/workflows. Generate a pipeline first; it logs in by OIDC where it needs a cloud.'
          : `No static credential of AWS, Azure, Google Cloud, Vault, npm or PyPI was found in ${listed(workflows.map((workflow) => workflow.path))}: login inputs, environment variables and commands were looked at.${notes.length > 0 ? ` ${notes.join(' ')}` : ''}`,
      );
    }
    const sources = found.map(({ workflow, credential }) =>
      fileSource(workflow.path, workflow.lines.rangeOf(credential.span)),
    );
    run.report(`Found ${counted(found.length, 'static credential')}`, sources);

    const secured: SecuredWorkflow[] = [];
    for (const path of new Set(found.map(({ workflow }) => workflow.path))) {
      run.signal.throwIfAborted();
      const workflow = workflows.find((other) => other.path === path);
      if (workflow) secured.push(secureWorkflow(path, workflow.text, understand));
    }
    const after = new Map(workflows.map((workflow) => [workflow.path, workflow.text]));
    for (const one of secured) after.set(one.path, one.after);
    const callers = grantCallers(
      secured.filter((one) => one.logins.length > 0).map((one) => one.path),
      after,
      understand,
    );
    for (const [path, text] of callers.texts) after.set(path, text);

    const files: ProposedFile[] = workflows.flatMap((workflow) => {
      const text = after.get(workflow.path) ?? workflow.text;
      if (text === workflow.text) return [];
      const clouds = [
        ...new Set(secured.find((one) => one.path === workflow.path)?.logins.map((login) => login.cloud)),
      ];
      return [
        {
          path: workflow.path,
          before: workflow.text,
          after: text,
          purpose:
            clouds.length > 0
              ? `OIDC login to ${listed(clouds.map(nameOf))}`
              : 'passes the permission for OIDC on',
        },
      ];
    });

    const logins = secured.flatMap((one) => one.logins);
    const left = secured.flatMap((one) => one.left);
    const repository = repositoryOf(await world.history.remoteUrl(run.signal));
    const trusts = await trustsOf(world, repo, secured, after, run.signal);
    const names = [
      ...secured.flatMap((one) =>
        one.logins.flatMap(({ secrets: own }) => own.flatMap((name) => storedAs(name, one.path, workflows))),
      ),
      ...(known?.secrets ?? []),
    ];
    const secrets = await usesOf(world, repo.paths, names, after, run.signal);
    const terraform = terraformPath === null ? null : terraformOf(trusts, repository);
    if (terraformPath !== null && terraform !== null) {
      const present = repo.paths.includes(terraformPath) ? await world.files.read(terraformPath) : null;
      if (present !== null && !(present.ok && present.text.includes(TERRAFORM_MARK))) {
        throw new TaskFailure(
          `${terraformPath} is there already and was not written by this command: name another file with --terraform.`,
        );
      }
      files.push({
        path: terraformPath,
        before: present?.ok === true ? present.text : null,
        after: terraform,
        purpose: 'trust, identities and roles as Terraform',
      });
    }
    const steps =
      logins.length === 0 && known === null
        ? []
        : cloudSetupSteps({
            repository,
            trusts,
            secrets,
            workflows: files
              .filter((file) => file.path.startsWith('.github/workflows/'))
              .map((file) => ({
                path: file.path,
                canDispatch:
                  workflows
                    .find((workflow) => workflow.path === file.path)
                    ?.triggers.some((trigger) => trigger.event === 'workflow_dispatch') ?? false,
              })),
            terraform: terraform === null ? null : terraformPath,
          });
    const jobs = switchedJobs(secured, known, found);
    // What has nothing left to switch has nothing to verify or merge either: the checklist keeps those steps.
    const manualSteps = logins.length > 0 ? steps : steps.filter(({ phase }) => phase === 'remove');
    if (logins.length > 0 || known !== null) {
      const migration = { steps: manualSteps, jobs, secrets };
      const text = before === null ? newMigration(migration) : updatedMigration(before, migration);
      if (known !== null) known = readMigration(text);
      if (text !== before) {
        files.push({
          path: checklistPath,
          before,
          after: text,
          purpose: before === null ? 'the order of the migration, as a checklist' : 'what is done by now',
        });
      }
    }
    const findings = files.length > 0 ? await judgeProposal(world, files, run.signal) : [];
    const result: TaskResult = {
      task: 'secure-cloud-auth-with-oidc',
      summary: summaryOf(
        found.map(({ credential }) => credential),
        secured,
        known,
        jobs,
        secrets,
        { others: others.length, tooWide: tooWide.length },
      ),
      sources,
      files,
      findings,
      unknowns: unknownsOf([
        ...manualSteps.flatMap((step) => [step.title, step.why, step.command ?? '']),
        terraform ?? '',
      ]),
      manualSteps: manualSteps.map(({ title, why, command }) => ({ title, why, command })),
      notes: [
        ...left.map((one) => sentence(one.reason)),
        ...secured.flatMap((one) => one.notes).map(sentence),
        ...callers.notes.map(sentence),
        ...others.map(sentence),
        ...tooWide.map(sentence),
        ...progressOf(known, jobs, secrets),
        ...notes,
      ],
      next: [
        { task: 'check', label: 'Check the workflows' },
        { task: 'extract-reusable-workflows', label: 'Extract repeated jobs' },
      ],
      data: {
        credentials: found.map(dataOf),
        logins,
        left,
        trusts,
        secrets,
        unusedSecrets: secrets.filter(isFree).map(({ name }) => name),
        checklist: steps.map(({ id, phase, title }) => ({ id, phase, title })),
        switched: jobs,
      },
      prose: null,
    };
    return withProse(result);
  },
};

/** Written at the top of our Terraform. */
const TERRAFORM_MARK = 'Written by release-gate oidc';

/** Where the Terraform goes; null where none is wanted. */
function terraformPathOf(told: string | undefined): string | null {
  const text = told?.trim() ?? '';
  if (text === '' || /^(?:no|false|off)$/i.test(text)) return null;
  if (/^(?:yes|true|on|terraform)$/i.test(text)) return TERRAFORM_PATH;
  const parts = text.split('/');
  if (!/^infra\/[\w./-]+\.tf$/.test(text) || parts.includes('..') || parts.includes('.')) {
    throw new TaskFailure(
      `"${text}" is no file for the Terraform: name one that ends in .tf in a folder below infra/, such as ${TERRAFORM_PATH}.`,
    );
  }
  return text;
}

/** The workflows of a repository, and how they are understood. */
interface Repository {
  readonly paths: readonly string[];
  readonly workflows: readonly Workflow[];
  readonly notes: readonly string[];
  readonly understand: (path: string, text: string) => WorkflowMeaning;
  readonly factsOf: (workflow: Workflow, job: Job) => JobFacts | null;
}

/** Reads every workflow; a broken one is noted and left, so that the good ones beside it are still helped. */
async function readAll(world: World, signal: AbortSignal): Promise<Repository> {
  const { paths, workflows, leftAlone: notes } = await readWorkflows(world, signal);
  const shell = await world.parsers.shell();
  const { productionEnvironments, otherEnvironments } = world.configuration;
  const setOf = (workflow: Workflow) =>
    understandWorkflows([workflow], shell, { productionEnvironments, otherEnvironments });
  const production = productionEnvironments.find((name) => /^[\w.-]+$/.test(name)) ?? 'production';
  const understand = (path: string, text: string): WorkflowMeaning => {
    const workflow = readWorkflow(path, text);
    const set = setOf(workflow);
    const factsOf = (job: Job): JobFacts | null => set.factsOf(workflow, job.id.value) ?? null;
    return {
      workflow,
      commandsOf: (job) => factsOf(job)?.commands ?? [],
      needsOf: (job) => {
        const facts = factsOf(job);
        return facts ? needsOfToken(facts) : { needed: new Map(), isSure: false };
      },
      environmentFor: (job) => {
        const facts = factsOf(job);
        if (!facts || job.uses || isOfPullRequests(workflow)) return null;
        if (facts.target?.kind === 'production') return production;
        return facts.target === null && hasPurpose(facts, 'publish') ? 'release' : null;
      },
    };
  };
  return {
    paths,
    workflows,
    notes,
    understand,
    factsOf: (workflow, job) => setOf(workflow).factsOf(workflow, job.id.value) ?? null,
  };
}

/** The token of such a run names no environment's deployment that anybody approves. */
function isOfPullRequests(workflow: Workflow): boolean {
  return (
    workflow.triggers.length > 0 && workflow.triggers.every(({ event }) => event.startsWith('pull_request'))
  );
}

async function trustsOf(
  world: World,
  repo: Repository,
  secured: readonly SecuredWorkflow[],
  after: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly CloudTrust[]> {
  const defaultBranch = await world.history.defaultBranch(signal);
  const packages = await packagesOf(world, repo.paths);
  const trusts = new Map<string, CloudTrust>();
  for (const one of secured) {
    const meaning = repo.understand(one.path, after.get(one.path) ?? one.after);
    const { workflow } = meaning;
    const needsRegion = workflow.text.includes('vars.AWS_REGION');
    // Logins that bring variables first: those without any share an identity that is there by then.
    const logins = [...one.logins].sort(
      (a, b) => Number(Object.keys(b.variables).length > 0) - Number(Object.keys(a.variables).length > 0),
    );
    for (const login of logins) {
      const job = workflow.jobs.find((other) => other.id.value === login.job);
      if (!job) continue;
      const needs = needsOfJob(login.cloud, workflow, job, meaning.commandsOf(job));
      const isCalled =
        workflow.triggers.length > 0 && workflow.triggers.every(({ event }) => event === 'workflow_call');
      const place = { path: one.path, job: login.job, isCalled };
      for (const subject of subjectsOf(workflow, job, defaultBranch)) {
        // One identity per environment; the branches of jobs without one share theirs, since its variables do too.
        const where = subject.kind === 'environment' ? subject.name : null;
        const values = Object.values(login.variables);
        const own = [...trusts.keys()].find((key) => {
          const [cloud, other, known] = JSON.parse(key) as [Provider, string | null, readonly string[]];
          return (
            cloud === login.cloud &&
            other === where &&
            (JSON.stringify(known) === JSON.stringify(values) ||
              (values.length === 0 && hasJob(trusts.get(key), place)))
          );
        });
        const key = own ?? JSON.stringify([login.cloud, where, values]);
        const known = trusts.get(key);
        const subjects = known?.subjects ?? [];
        const isKnown = subjects.some((other) => describeSubject(other) === describeSubject(subject));
        trusts.set(key, {
          cloud: login.cloud,
          subjects: isKnown ? subjects : [...subjects, subject],
          variables: known?.variables ?? login.variables,
          needsRegion: login.cloud === 'aws' && needsRegion,
          forms: [...new Set([...(known?.forms ?? []), login.form])],
          // A login that shares the identity of an earlier one says nothing of how that came to be.
          isNewIdentity:
            known && values.length === 0
              ? known.isNewIdentity
              : (known?.isNewIdentity ?? true) && login.isNewIdentity,
          needs: together([...(known ? [known.needs] : []), needs]),
          jobs: hasJob(known, place) ? (known?.jobs ?? []) : [...(known?.jobs ?? []), place],
          package: login.cloud === 'npm' ? packages.npm : login.cloud === 'pypi' ? packages.pypi : null,
        });
      }
    }
  }
  return [...trusts.values()];
}

function hasJob(
  trust: CloudTrust | undefined,
  place: { readonly path: string; readonly job: string },
): boolean {
  return trust?.jobs.some(({ path, job }) => path === place.path && job === place.job) ?? false;
}

/** The names under which the repository publishes, where its root says so. */
async function packagesOf(
  world: World,
  paths: readonly string[],
): Promise<{ readonly npm: string | null; readonly pypi: string | null }> {
  const read = async (path: string): Promise<string> => {
    const text = paths.includes(path) ? await world.files.read(path) : null;
    return text?.ok === true ? text.text : '';
  };
  const manifest = await read('package.json');
  const project = /^\[project\]\s*$([^]*?)(?=^\[|(?![^]))/m.exec(await read('pyproject.toml'))?.[1] ?? '';
  return {
    npm: npmName(manifest),
    pypi: /^name\s*=\s*["']([A-Za-z0-9][\w.-]{0,100})["']/m.exec(project)?.[1] ?? null,
  };
}

function npmName(manifest: string): string | null {
  try {
    const data: unknown = JSON.parse(manifest);
    const name = typeof data === 'object' && data !== null && 'name' in data ? data.name : null;
    return typeof name === 'string' && /^(?:@[\w.-]+\/)?[\w.-]{1,214}$/.test(name) ? name : null;
  } catch {
    return null;
  }
}

/** More files than this are not read for the names of secrets; the answer then says that it is not whole. */
const MAX_FILES = 3_000;

/** A larger file was made by a program. */
const MAX_CHARACTERS = 1_000_000;

/** Who still uses the secrets after the change. */
async function usesOf(
  world: World,
  paths: readonly string[],
  names: readonly string[],
  after: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly SecretUses[]> {
  if (names.length === 0) return [];
  const texts = new Map(after);
  let isComplete = true;
  const candidates = paths.filter(
    (path) => mayNameSecrets(path) && !after.has(path) && !isForeign(path) && !isTestData(path),
  );
  if (candidates.length > MAX_FILES) isComplete = false;
  for (const path of candidates.slice(0, MAX_FILES)) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (read.ok && read.text.length <= MAX_CHARACTERS) texts.set(path, read.text);
    else isComplete = false;
  }
  const workflows = [...after].map(([path, text]) => readWorkflow(path, text));
  return secretUsesOf(names, texts, workflows, isComplete);
}

function isFree({ uses, mentions, hidden, isComplete }: SecretUses): boolean {
  return isComplete && [...uses, ...mentions, ...hidden].length === 0;
}

/** The jobs of this run and of the checklist, with whether their files show the switch. */
function switchedJobs(
  secured: readonly SecuredWorkflow[],
  known: MigrationRead | null,
  found: readonly { readonly workflow: Workflow; readonly credential: LongLivedCredential }[],
): readonly SwitchedJob[] {
  const jobs = new Map<string, SwitchedJob>();
  const add = (provider: string, path: string, job: string): void => {
    const isDone = !found.some(
      ({ workflow, credential }) =>
        workflow.path === path &&
        nameOf(credential.cloud) === provider &&
        (credential.job === null || credential.job.id.value === job),
    );
    jobs.set(JSON.stringify([provider, path, job]), { provider, path, job, isDone });
  };
  for (const { provider, path, job } of known?.jobs ?? []) add(provider, path, job);
  for (const one of secured) for (const { cloud, job } of one.logins) add(nameOf(cloud), one.path, job);
  return [...jobs.values()];
}

/**
 * The stored secrets behind a name in a workflow that others call: what its callers in the repository pass under it, since
 * a name that it declares is a parameter of its own. The name itself where they hand all of theirs on.
 */
function storedAs(name: string, path: string, workflows: readonly Workflow[]): readonly string[] {
  const declares = workflows
    .find((workflow) => workflow.path === path)
    ?.triggers.some(({ event, raw }) => {
      const declared = event === 'workflow_call' ? valueOf(raw, 'secrets') : null;
      return declared?.kind === 'map' && declared.entries.some(({ key }) => isSameName(key.text, name));
    });
  if (declares !== true) return [name];
  const jobs = workflows.flatMap((workflow) =>
    workflow.jobs.filter((job) => job.uses?.value.trim() === `./${path}`),
  );
  return jobs.flatMap(({ secrets }) => {
    if (secrets?.isInherited === true) return [name];
    return (secrets?.entries ?? []).flatMap((entry) =>
      isSameName(entry.name.value, name) ? secretsIn(entry.value.text) : [],
    );
  });
}

/** GitHub's names of secrets know no case. */
function isSameName(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

/** Credentials that composite actions of the repository are given and log in with. */
async function inLocalActions(
  world: World,
  repo: Repository,
  found: readonly { readonly workflow: Workflow; readonly credential: LongLivedCredential }[],
): Promise<readonly string[]> {
  const actions = await readLocalActions(repo.workflows, new Set(repo.paths), world.files);
  if (actions.size === 0) return [];
  const told = new Set(found.flatMap(({ credential: { step } }) => (step ? [step] : [])));
  return repo.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) =>
      job.steps.flatMap((step) => {
        if (told.has(step) || !usesLocalAction(step, actions)) return [];
        const inner = { ...job, steps: stepsRunBy(step, actions).map((each, index) => ({ ...each, index })) };
        const logins = findLongLivedCredentials(
          { ...workflow, env: [], jobs: [{ ...inner, env: [] }] },
          () => [],
        );
        return logins
          .filter(({ secrets }) => secrets.length > 0)
          .map(
            ({ message, secrets }) =>
              `${workflow.path}: job "${job.id.value}" uses "${step.uses?.value ?? ''}", which ${message} from \`secrets.${secrets.join('`, `secrets.')}\`: let the action log in by OIDC, and take the input out`,
          );
      }),
    ),
  );
}

/** Stored credentials of services besides, with what their makers offer instead. */
function othersOf(
  repo: Repository,
  found: readonly { readonly workflow: Workflow; readonly credential: LongLivedCredential }[],
): readonly string[] {
  const told = new Set(
    found.flatMap(({ workflow, credential }) =>
      credential.secrets.map((secret) => `${workflow.path} ${secret}`),
    ),
  );
  return repo.workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => {
      const facts = repo.factsOf(workflow, job);
      const seen = new Set<string>();
      return (facts ? credentialsOf(facts) : []).flatMap(({ kind, says, secret }) => {
        if (told.has(`${workflow.path} ${secret}`) || seen.has(secret)) return [];
        seen.add(secret);
        const { what, instead } = credentialKinds[kind];
        return [
          `${workflow.path}: job "${job.id.value}" ${says(`${what} that is kept as \`secrets.${secret}\``)}: ${instead ?? NO_OTHER_LOGIN}`,
        ];
      });
    }),
  );
}

/** Trusts that stand in the repository already and let too many in: a new login is worth no more than the trust behind it. */
async function trustsTooWide(
  world: World,
  repo: Repository,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const trustFiles = await readTrustFiles(
    world.files,
    world.parsers,
    repo.paths,
    undefined,
    new Map(),
    signal,
  );
  const facts: GateFacts = {
    paths: new Set(repo.paths),
    profile: null,
    pins: new Map(),
    environments: { production: [], other: [] },
    trustFiles,
  };
  return trustFiles.flatMap((file) =>
    oidcTrustTooWide
      .check(file, facts)
      .filter(({ severity }) => severity !== 'info')
      .map(({ path, span, message }) => {
        const line = span ? `:${file.lines.positionAt(span.start).line}` : '';
        return `${path}${line}: ${message}`;
      }),
  );
}

/** What a later run has to say of the checklist. */
function progressOf(
  known: MigrationRead | null,
  jobs: readonly SwitchedJob[],
  secrets: readonly SecretUses[],
): readonly string[] {
  if (known === null) return [];
  const done = jobs.filter(({ isDone }) => isDone);
  const open = jobs.filter(({ isDone }) => !isDone);
  const free = secrets.filter(isFree).map(({ name }) => name);
  const used = secrets.filter(({ uses }) => uses.length > 0);
  return [
    ...(done.length > 0
      ? [`Done: ${listed(done.map(({ path, job }) => `${job} of ${path}`))} by OIDC.`]
      : []),
    ...(open.length > 0
      ? [`Left: ${listed(open.map(({ path, job }) => `${job} of ${path}`))} still with a stored credential.`]
      : []),
    ...(free.length > 0 ? [`Free to be removed: ${listed(free)}.`] : []),
    ...used.map(
      ({ name, uses }) =>
        `Still used: ${name} in ${listed(uses.map(({ path, line }) => `${path}:${line}`))}.`,
    ),
    ...(known.left.length > 0 ? [`Not ticked on the checklist: ${listed(known.left)}.`] : []),
  ];
}

/** `owner/name` of a remote on github.com; null for another host, which has its own issuer. */
function repositoryOf(url: string | null): string | null {
  const match =
    /^(?:https?:\/\/|ssh:\/\/git@|git@)(?:[^/@]*@)?github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      url ?? '',
    );
  return match ? `${match[1] ?? ''}/${match[2] ?? ''}` : null;
}

function summaryOf(
  credentials: readonly LongLivedCredential[],
  secured: readonly SecuredWorkflow[],
  known: MigrationRead | null,
  switched: readonly SwitchedJob[],
  secrets: readonly SecretUses[],
  besides: { readonly others: number; readonly tooWide: number },
): string {
  if (credentials.length === 0 && known === null) {
    const { others, tooWide } = besides;
    const noted = [
      ...(others > 0 ? [`${counted(others, 'stored credential')} of other services`] : []),
      ...(tooWide > 0
        ? [`${counted(tooWide, 'trust')} that ${tooWide === 1 ? 'lets' : 'let'} too many in`]
        : []),
    ];
    return `No static credential of AWS, Azure, Google Cloud, Vault, npm or PyPI was found, but ${listed(noted)}: see the notes.`;
  }
  if (credentials.length === 0 && known !== null) {
    const free = secrets.filter(isFree).length;
    return `No static credential is left in the workflows: ${counted(switched.length, 'job')} of the checklist ${switched.length === 1 ? 'logs' : 'log'} in by OIDC. ${free} of ${counted(secrets.length, 'secret')} ${free === 1 ? 'is' : 'are'} used by nothing any more; ${counted(known.left.length, 'step')} of the checklist ${known.left.length === 1 ? 'is' : 'are'} not ticked.`;
  }
  const jobs = new Set(secured.flatMap((one) => one.logins.map((login) => `${one.path} ${login.job}`)));
  const left = secured.flatMap((one) => one.left).length;
  const clouds = [...new Set(credentials.map((credential) => credential.cloud))].map(nameOf);
  const count = `${counted(credentials.length, 'static credential')} for ${listed(clouds)}`;
  if (jobs.size === 0)
    return `Found ${count}; none can be replaced without a decision of yours, see the notes.`;
  const changed = secured.filter((one) => one.logins.length > 0).length;
  const done = `${counted(jobs.size, 'job')} in ${counted(changed, 'workflow')}`;
  return `Found ${count}. ${done} would log in by OIDC instead${left > 0 ? `; ${counted(left, 'place')} ${left === 1 ? 'is' : 'are'} left alone, see the notes` : ''}. Add the trust on the other side before merging, and remove the old credentials after.`;
}

function dataOf({ workflow, credential }: { workflow: Workflow; credential: LongLivedCredential }): unknown {
  return {
    path: workflow.path,
    range: workflow.lines.rangeOf(credential.span),
    cloud: credential.cloud,
    form: credential.form,
    job: credential.job?.id.value ?? null,
    secrets: credential.secrets,
    isLiteral: credential.isLiteral,
    message: credential.message,
  };
}

function unknownsOf(texts: readonly string[]): readonly Unknown[] {
  const needed = new Set<string>();
  for (const text of texts) {
    for (const match of text.matchAll(/UNKNOWN\(([^()\n]{1,200})\)/g)) needed.add(match[1] ?? '');
  }
  return [...needed].map((unknown) => ({ unknown }));
}

function withProse(result: TaskResult): TaskResult {
  return {
    ...result,
    prose: {
      slots: [
        {
          id: 'summary',
          text: result.summary,
          purpose:
            'One or two sentences on which static credentials are replaced, and what must happen before merging.',
        },
      ],
      with: (texts) =>
        Promise.resolve(withProse({ ...result, summary: texts.get('summary') ?? result.summary })),
    },
  };
}

function nameOf(provider: Provider): string {
  switch (provider) {
    case 'aws':
      return 'AWS';
    case 'azure':
      return 'Azure';
    case 'google':
      return 'Google Cloud';
    case 'vault':
      return 'Vault';
    case 'npm':
      return 'npm';
    case 'pypi':
      return 'PyPI';
  }
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 8);
  const rest = items.length - shown.length;
  return enumerated(rest > 0 ? [...shown, `${rest} more`] : shown, 'and') || 'no file';
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed}.`;
}
