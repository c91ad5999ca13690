import { unwrapCommand } from '../../shell/wrappers';
import { actionOf, fileWrittenBy, findStaticCredentials } from '../../workflow/credential-uses';
import type { Job, NamedScalar, Step } from '../../workflow/model';
import {
  ALL_SECRETS,
  JOB_TOKEN,
  secretsGivenBy,
  secretsInText,
  secretVariablesOf,
  type SecretVariables,
} from '../../workflow/secret-flow';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { Span } from '../../text/position';
import type { RuleFinding, WorkflowRule } from '../rule';
import { inputOf } from './action-permissions';
import {
  credentialFiles,
  credentialInputs,
  credentialInputsOfCommands,
  credentialKinds,
  credentialOptions,
  credentialVariables,
  credentialWords,
  kindOfRegistry,
  NO_OTHER_LOGIN,
  type CredentialKindName,
  type CredentialUse,
} from './deploy-credentials';
import { hasPurpose, quoted } from './production-path';
import { mentionsSecrets } from './secret-in-argument';

/**
 * A stored credential that changes production or publishes: an SSH key, a kubeconfig, a token of a platform, a password
 * of a registry (Definition 17). The three clouds have rules of their own.
 * https://docs.github.com/actions/concepts/security/openid-connect
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'long-lived-deploy-credential',
  title: 'A deployment uses a long-lived credential',
  severity: 'warn',
  why: 'Whoever holds it can deploy or publish from anywhere, past every test and approval of the workflow, until somebody changes it.',
  check: (set) => set.jobs.flatMap((facts) => (mentionsSecrets(facts.workflow) ? judge(set, facts) : [])),
};

/** One place where a job is given such a credential. */
export interface CredentialPlace {
  readonly kind: CredentialKindName;
  /** Completes "<job> …", with the credential in words. */
  readonly says: (credential: string) => string;
  readonly secret: string;
  readonly span: Span;
}

function judge(set: WorkflowSet, facts: JobFacts): readonly RuleFinding[] {
  const { workflow, job } = facts;
  const told = secretsToldElsewhere(set, facts);
  const uses = credentialsOf(facts).filter(({ secret }) => !told.has(secret));
  const byKind = new Map<CredentialKindName, CredentialPlace[]>();
  for (const use of uses) {
    byKind.set(use.kind, [...(byKind.get(use.kind) ?? []), use]);
  }
  return [...byKind].flatMap(([name, [first, ...others]]) => {
    if (!first) return [];
    const kind = credentialKinds[name];
    return [
      {
        path: workflow.path,
        span: first.span,
        status: 'fail' as const,
        message: `${quoted(job)} ${first.says(`${kind.what} that is kept as \`secrets.${first.secret}\``)}: ${kind.instead ?? NO_OTHER_LOGIN}`,
        ...(others.length > 0
          ? {
              evidence: others.slice(0, 5).map((use) => ({
                message: `and here it ${use.says(`\`secrets.${use.secret}\``)}`,
                path: workflow.path,
                span: use.span,
              })),
            }
          : {}),
      },
    ];
  });
}

/** Where a job is given a stored credential to deploy or publish with, in the order of the file. */
export function credentialsOf(facts: JobFacts): readonly CredentialPlace[] {
  if (!mentionsSecrets(facts.workflow)) return [];
  return [...inActions(facts), ...inCommands(facts), ...inVariables(facts)].sort(
    (a, b) => a.span.start - b.span.start,
  );
}

/** The rules for the clouds' keys tell of these. */
function secretsToldElsewhere(set: WorkflowSet, facts: JobFacts): ReadonlySet<string> {
  const commandsOf = (job: Job): readonly StepCommand[] =>
    set.factsOf(facts.workflow, job.id.value)?.commands ?? [];
  const found = findStaticCredentials(facts.workflow, commandsOf);
  return new Set(found.flatMap((use) => (use.job === null || use.job === facts.job ? use.secrets : [])));
}

/** The first stored secret that a text gives; the job's own token ends with the job. */
function storedSecret(text: string, variables: SecretVariables): string | null {
  const secret = secretsGivenBy(text, variables).find(({ name }) => isStored(name));
  return secret?.name ?? null;
}

function isStored(name: string): boolean {
  return name !== ALL_SECRETS && name.toUpperCase() !== JOB_TOKEN;
}

function inActions(facts: JobFacts): readonly CredentialPlace[] {
  const { workflow, job } = facts;
  return job.steps.flatMap((step) => {
    const action = actionOf(step);
    const rows = credentialInputs.filter(([name]) => name === action);
    if (rows.length === 0) return [];
    const variables = secretVariablesOf(workflow, job, step);
    return rows.flatMap(([, name, kind, use = 'always']): CredentialPlace[] => {
      const input = inputOf(step, name);
      const secret = input && storedSecret(input.value.text, variables);
      if (!input || !secret || !counts(use, facts)) return [];
      return [
        {
          kind: kind === 'docker-hub' ? kindOfRegistry(inputOf(step, 'registry')?.value.text ?? null) : kind,
          says: (credential) =>
            `gives "${(step.uses?.value ?? '').split('@', 1)[0] ?? ''}" \`${input.name.value}\`, ${credential}`,
          secret,
          span: { start: input.name.span.start, end: input.value.span.end },
        },
      ];
    });
  });
}

function inCommands(facts: JobFacts): readonly CredentialPlace[] {
  const { workflow, job } = facts;
  return facts.commands.flatMap((command): CredentialPlace[] => {
    const words = unwrapCommand(command.words);
    const line = words.join(' ');
    const found = usesOf(line, words, command, facts);
    if (found.length === 0) return [];
    const variables = secretVariablesOf(workflow, job, command.step);
    return found.flatMap(({ kind, text, by, says, use }): CredentialPlace[] => {
      const secret = secretsInText(text, by, variables).find(({ name }) => isStored(name));
      return secret && counts(use, facts) ? [{ kind, says, secret: secret.name, span: command.span }] : [];
    });
  });
}

interface CommandUse {
  readonly kind: CredentialKindName;
  /** What holds the credential, and the command in which it stands. */
  readonly text: string;
  readonly by: StepCommand;
  readonly says: CredentialPlace['says'];
  readonly use: CredentialUse;
}

function usesOf(
  line: string,
  words: readonly string[],
  command: StepCommand,
  facts: JobFacts,
): readonly CommandUse[] {
  const found: CommandUse[] = [];
  const program = words.slice(0, 2).join(' ');
  const registry = (kind: CredentialKindName): CredentialKindName =>
    kind === 'docker-hub' ? kindOfRegistry(registryOf(words)) : kind;
  for (const [begins, option, kind, use = 'always'] of credentialOptions) {
    if (!begins.test(line)) continue;
    const text = optionValue(words, option);
    if (text !== null) {
      found.push({
        kind: registry(kind),
        text,
        by: command,
        says: (credential) => `gives "${program}" ${credential}`,
        use,
      });
    }
  }
  for (const [begins, kind, use = 'always'] of credentialWords) {
    if (begins.test(line))
      found.push({
        kind,
        text: line,
        by: command,
        says: (credential) => `gives "${program}" ${credential}`,
        use,
      });
  }
  for (const [begins, kind, use] of credentialInputsOfCommands) {
    if (!begins.test(line)) continue;
    const { input } = command;
    const source =
      input && facts.commands.find((other) => other.span.start === input.start && other !== command);
    const text = command.hereText ?? source?.words.join(' ') ?? null;
    if (text !== null) {
      const by = command.hereText === null && source ? source : command;
      found.push({
        kind: registry(kind),
        text,
        by,
        says: (credential) => `hands "${program}" ${credential}`,
        use,
      });
    }
  }
  const file = fileWrittenBy(command);
  if (file !== null && /^(echo|printf|cat|tee)$/.test(words[0] ?? '')) {
    for (const [name, kind, use] of credentialFiles) {
      if (!name.test(file)) continue;
      const text = command.hereText ?? line;
      found.push({ kind, text, by: command, says: (credential) => `writes ${credential} to "${file}"`, use });
    }
  }
  return found;
}

/** The value of an option, as its next word, after `=`, or right behind a short one. */
function optionValue(words: readonly string[], option: RegExp): string | null {
  for (const [index, word] of words.entries()) {
    if (index === 0) continue;
    if (option.test(word)) return words[index + 1] ?? null;
    const equals = word.indexOf('=');
    if (equals > 0 && option.test(word.slice(0, equals))) return word.slice(equals + 1);
    if (/^-[a-zA-Z]\S/.test(word) && option.test(word.slice(0, 2))) return word.slice(2);
  }
  return null;
}

/** The registry that a `login` names: its last word, which is no option's value. */
function registryOf(words: readonly string[]): string | null {
  const last = words[words.length - 1] ?? '';
  const before = words[words.length - 2] ?? '';
  const isValue = /^(-[up]|--username|--password)$/.test(before);
  return words.length > 2 && !last.startsWith('-') && !isValue ? last : null;
}

function inVariables(facts: JobFacts): readonly CredentialPlace[] {
  const { workflow, job } = facts;
  const scopes: readonly { readonly env: readonly NamedScalar[]; readonly steps: readonly Step[] }[] = [
    { env: workflow.env, steps: job.steps },
    { env: job.env, steps: job.steps },
    ...job.steps.map((step) => ({ env: step.env, steps: [step] })),
  ];
  return scopes.flatMap(({ env, steps }) =>
    env.flatMap((entry) => {
      const rows = credentialVariables.filter(([name]) => name === entry.name.value);
      const secret = rows.length > 0 ? storedSecret(entry.value.text, new Map()) : null;
      if (secret === null) return [];
      const row = rows.find(([, , takenBy]) => steps.some((step) => takes(facts, step, takenBy)));
      const span = { start: entry.name.span.start, end: entry.value.span.end };
      return row
        ? [
            {
              kind: row[1],
              says: (credential: string) => `has ${entry.name.value}, ${credential}`,
              secret,
              span,
            },
          ]
        : [];
    }),
  );
}

/** Whether a step uses an action, or runs a command, that takes a variable by itself. */
function takes(facts: JobFacts, step: Step, takenBy: RegExp): boolean {
  const action = actionOf(step);
  if (action !== null) return takenBy.test(action);
  return facts.commands.some(
    (command) => command.step === step && takenBy.test(unwrapCommand(command.words).join(' ')),
  );
}

const PUSHES =
  /^(docker|podman|buildah|nerdctl) (compose )?(push|manifest push|buildx imagetools create)\b|^docker (buildx )?(build|bake)\b.*--push\b|^(skopeo|crane|oras|regctl) (copy|push|cp|image copy)\b|^helm push\b|^ko (build|apply|publish)\b|^(jib|.*gradlew?.* jib)\b|^docker-compose push\b/;

const REACHES_HOST = /^(ssh|scp|sftp|rsync|ansible-playbook|cap|mina|dep|kamal|dokku|sshpass|pm2 deploy)\b/;

/** Whether a job is seen to do what the credential is for; a key to read code with is none (Definition 17). */
function counts(use: CredentialUse, facts: JobFacts): boolean {
  const runs = (pattern: RegExp): boolean =>
    facts.commands.some((command) => pattern.test(unwrapCommand(command.words).join(' ')));
  switch (use) {
    case 'always':
      return true;
    case 'deploys':
      return hasPurpose(facts, 'deploy') || hasPurpose(facts, 'rollback');
    case 'publishes':
      return hasPurpose(facts, 'publish') || runs(/\b(publish|upload|push)\b/);
    case 'reaches-host':
      return hasPurpose(facts, 'deploy') || hasPurpose(facts, 'rollback') || runs(REACHES_HOST);
    case 'pushes':
      return runs(PUSHES) || facts.job.steps.some(pushesImage);
  }
}

function pushesImage(step: Step): boolean {
  const action = actionOf(step) ?? '';
  if (!/^(docker\/(build-push|bake)-action|depot\/(build-push|bake)-action)$/.test(action)) {
    return action === 'redhat-actions/push-to-registry';
  }
  const push = inputOf(step, 'push')?.value.text.trim() ?? '';
  const outputs = inputOf(step, 'outputs')?.value.text ?? '';
  return (push !== '' && push !== 'false') || /\bpush=true\b|type=registry/.test(outputs);
}
