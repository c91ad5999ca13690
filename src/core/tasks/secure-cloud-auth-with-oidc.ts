import { fileSource, type Unknown } from '../evidence/fact';
import { judgeProposal } from '../gate/check';
import { cloudSetupSteps, type CloudTrust } from '../pipeline/oidc/cloud-setup';
import { grantCallers } from '../pipeline/oidc/grant-callers';
import { findStaticCredentials, secretsIn, type StaticCredential } from '../workflow/credential-uses';
import { secureWorkflow, type SecuredWorkflow, type WorkflowMeaning } from '../pipeline/oidc/secure-workflow';
import { describeSubject, subjectsOf } from '../pipeline/oidc/subjects';
import { needsOfToken } from '../rules/workflow/action-permissions';
import type { ProposedFile } from '../text/proposal';
import { enumerated } from '../text/words';
import type { Workflow } from '../workflow/model';
import { readWorkflow } from '../workflow/read';
import { understandWorkflows } from '../workflow/understand';
import { readWorkflows } from './read-workflows';
import { TaskFailure, type Task, type TaskResult, type World } from './task';

/**
 * Replaces static AWS, Azure and Google credentials of the existing workflows by OIDC logins, with the cloud side as
 * ordered commands. There is no document of it: the steps are done once, name accounts and keys, and would be stale the
 * day after.
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
  ],
  writes: ['.github/workflows'],
  async run(world, run): Promise<TaskResult> {
    const { workflows, notes, understand } = await readAll(world, run.signal);
    run.report(
      `Read ${workflows.length} ${workflows.length === 1 ? 'workflow' : 'workflows'}`,
      workflows.map((workflow) => fileSource(workflow.path)),
    );

    const found = workflows.flatMap((workflow) => {
      const meaning = understand(workflow.path, workflow.text);
      return findStaticCredentials(meaning.workflow, (job) => meaning.commandsOf(job)).map((credential) => ({
        workflow: meaning.workflow,
        credential,
      }));
    });
    if (found.length === 0) {
      throw new TaskFailure(
        workflows.length === 0 && notes.length === 0
          ? 'There are no workflows in .github/workflows. Generate a pipeline first; it logs in by OIDC where it needs a cloud.'
          : `No static AWS, Azure or Google credential was found in ${listed(workflows.map((workflow) => workflow.path))}: login inputs, environment variables and login commands were looked at.${notes.length > 0 ? ` ${notes.join(' ')}` : ''}`,
      );
    }
    const sources = found.map(({ workflow, credential }) =>
      fileSource(workflow.path, workflow.lines.rangeOf(credential.span)),
    );
    run.report(`Found ${found.length} static ${found.length === 1 ? 'credential' : 'credentials'}`, sources);

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
    const defaultBranch = await world.history.defaultBranch(run.signal);
    const trusts = trustsOf(secured, workflows, defaultBranch, after);
    const unusedSecrets = unused(
      logins.flatMap((login) => login.secrets),
      after,
    );
    const manualSteps =
      logins.length === 0
        ? []
        : cloudSetupSteps({
            repository: repositoryOf(await world.history.remoteUrl(run.signal)),
            trusts,
            unusedSecrets,
            workflows: files.map((file) => ({
              path: file.path,
              canDispatch:
                workflows
                  .find((workflow) => workflow.path === file.path)
                  ?.triggers.some((trigger) => trigger.event === 'workflow_dispatch') ?? false,
            })),
          });
    const findings = files.length > 0 ? await judgeProposal(world, files, run.signal) : [];
    const result: TaskResult = {
      task: 'secure-cloud-auth-with-oidc',
      summary: summaryOf(
        found.map(({ credential }) => credential),
        secured,
        files,
      ),
      sources,
      files,
      findings,
      unknowns: unknownsOf(manualSteps.map((step) => step.command ?? '')),
      manualSteps,
      notes: [
        ...left.map((one) => sentence(one.reason)),
        ...secured.flatMap((one) => one.notes).map(sentence),
        ...callers.notes.map(sentence),
        ...notes,
      ],
      next: [
        { task: 'check', label: 'Check the workflows' },
        { task: 'extract-reusable-workflows', label: 'Extract repeated jobs' },
      ],
      data: { credentials: found.map(dataOf), logins, left, trusts, unusedSecrets },
      prose: null,
    };
    return withProse(result);
  },
};

/** Reads every workflow; a broken one is noted and left, so that the good ones beside it are still helped. */
async function readAll(
  world: World,
  signal: AbortSignal,
): Promise<{
  readonly workflows: readonly Workflow[];
  readonly notes: readonly string[];
  readonly understand: (path: string, text: string) => WorkflowMeaning;
}> {
  const { workflows, leftAlone: notes } = await readWorkflows(world, signal);
  const shell = await world.parsers.shell();
  const { productionEnvironments, otherEnvironments } = world.configuration;
  const understand = (path: string, text: string): WorkflowMeaning => {
    const workflow = readWorkflow(path, text);
    const set = understandWorkflows([workflow], shell, { productionEnvironments, otherEnvironments });
    return {
      workflow,
      commandsOf: (job) => set.factsOf(workflow, job.id.value)?.commands ?? [],
      needsOf: (job) => {
        const facts = set.factsOf(workflow, job.id.value);
        return facts ? needsOfToken(facts) : { needed: new Map(), isSure: false };
      },
    };
  };
  return { workflows, notes, understand };
}

function trustsOf(
  secured: readonly SecuredWorkflow[],
  workflows: readonly Workflow[],
  defaultBranch: string | null,
  after: ReadonlyMap<string, string>,
): readonly CloudTrust[] {
  const trusts = new Map<string, CloudTrust>();
  for (const one of secured) {
    const workflow = workflows.find((other) => other.path === one.path);
    const needsRegion = (after.get(one.path) ?? '').includes('vars.AWS_REGION');
    for (const login of one.logins) {
      const job = workflow?.jobs.find((other) => other.id.value === login.job);
      if (!workflow || !job) continue;
      for (const subject of subjectsOf(workflow, job, defaultBranch)) {
        // One identity per environment; the branches of jobs without one share theirs, since its variables do too.
        const place = subject.kind === 'environment' ? subject.name : null;
        const key = JSON.stringify([login.cloud, place, Object.values(login.variables)]);
        const known = trusts.get(key)?.subjects ?? [];
        const isKnown = known.some((other) => describeSubject(other) === describeSubject(subject));
        trusts.set(key, {
          cloud: login.cloud,
          subjects: isKnown ? known : [...known, subject],
          variables: login.variables,
          needsRegion: login.cloud === 'aws' && needsRegion,
        });
      }
    }
  }
  return [...trusts.values()];
}

/** `owner/name` of a remote on github.com; null for another host, which has its own issuer. */
function repositoryOf(url: string | null): string | null {
  const match =
    /^(?:https?:\/\/|ssh:\/\/git@|git@)(?:[^/@]*@)?github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      url ?? '',
    );
  return match ? `${match[1] ?? ''}/${match[2] ?? ''}` : null;
}

/** Secrets that no workflow names after the change. */
function unused(secrets: readonly string[], after: ReadonlyMap<string, string>): readonly string[] {
  const used = new Set([...after.values()].flatMap((text) => secretsIn(text)));
  return [...new Set(secrets)].filter((secret) => !used.has(secret)).sort();
}

function summaryOf(
  credentials: readonly StaticCredential[],
  secured: readonly SecuredWorkflow[],
  files: readonly ProposedFile[],
): string {
  const jobs = new Set(secured.flatMap((one) => one.logins.map((login) => `${one.path} ${login.job}`)));
  const left = secured.flatMap((one) => one.left).length;
  const clouds = [...new Set(credentials.map((credential) => credential.cloud))].map(nameOf);
  const count = `${credentials.length} static ${credentials.length === 1 ? 'credential' : 'credentials'} for ${listed(clouds)}`;
  if (jobs.size === 0)
    return `Found ${count}; none can be replaced without a decision of yours, see the notes.`;
  const done = `${jobs.size} ${jobs.size === 1 ? 'job' : 'jobs'} in ${files.length} ${files.length === 1 ? 'workflow' : 'workflows'}`;
  return `Found ${count}. ${done} would log in by OIDC instead${left > 0 ? `; ${left} ${left === 1 ? 'place is' : 'places are'} left alone, see the notes` : ''}. Add the trust in the cloud before merging, and remove the old keys after.`;
}

function dataOf({ workflow, credential }: { workflow: Workflow; credential: StaticCredential }): unknown {
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

function nameOf(cloud: StaticCredential['cloud']): string {
  switch (cloud) {
    case 'aws':
      return 'AWS';
    case 'azure':
      return 'Azure';
    case 'google':
      return 'Google Cloud';
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
