import type { RollbackCall } from '../../change/deploy-script';
import type { RunbookStep } from '../../documents/markdown/steps';
import { shellWord } from '../../evidence/detect/shell-text';
import { fileSource, isKnown, type Source } from '../../evidence/fact';
import { platforms, type PlatformProcedure } from '../../evidence/platforms';
import type { DeployTarget } from '../../evidence/profile';
import { platformTargetOf, type OperationsFacts } from './facts';
import { step, stepOfAct } from './steps';
import { rollbackCall, type WorkflowCall } from './workflow-calls';

/** The title under which each of the five steps of a rollback stands. */
export const PARTS = {
  stop: 'Stop traffic',
  deploy: 'Deploy previous',
  migrate: 'Migration rollback',
  verify: 'Verify',
  restore: 'Restore traffic',
} as const;

/** How the service goes back: the platform that it runs on, and what puts the version before there. */
export interface WayBack {
  /** Null where the repository does not show what the service runs on. */
  readonly target: DeployTarget | null;
  readonly procedure: PlatformProcedure;
  readonly strategy: string;
  readonly rationale: string;
  readonly deployPrevious: readonly RunbookStep[];
  /** The other ways back that the repository has, a clause each. */
  readonly others: readonly string[];
  /** Whether it goes back by a script or workflow of the repository, which is told the version by its tag. */
  readonly isOwn: boolean;
  /** The workflow by which it goes back, which must not be switched off meanwhile. */
  readonly workflow: string | null;
  readonly documentation: readonly string[];
  readonly sources: readonly Source[];
}

interface OwnWay {
  readonly says: string;
  readonly rationale: string;
  readonly steps: readonly RunbookStep[];
  readonly workflow: string | null;
  readonly sources: readonly Source[];
}

/**
 * The repository's own means come first, a script before a workflow, since its people know them and have drilled them;
 * the commands of the platform stand beside them, and alone where there are no others.
 */
export function wayBackOf(facts: OperationsFacts): WayBack {
  const target = platformTargetOf(facts.profile);
  const platform = platforms[target?.kind ?? 'other'];
  const procedure = platform.procedure(target ?? NO_TARGET);
  const script = scriptWay(facts);
  const call = facts.set ? rollbackCall(facts.set) : null;
  const workflow = call ? workflowWay(call) : null;
  const own = [script, workflow].filter((way): way is OwnWay => way !== null);
  const [first, ...rest] = own;
  const hasPlatform = target !== null && target.kind !== 'script' && target.kind !== 'other';
  const others = [
    ...rest.map(({ says }) => says),
    ...(first && hasPlatform
      ? procedure.deployPrevious.flatMap(({ command }) =>
          command === '' ? [] : [`${platform.title}: ${command.replace(/\n/g, '; ')}`],
        )
      : []),
  ];
  return {
    target,
    procedure,
    strategy: procedure.strategy,
    rationale: first ? first.rationale : procedure.rationale,
    deployPrevious: first?.steps ?? procedure.deployPrevious.map((act) => stepOfAct(act, PARTS.deploy)),
    others,
    isOwn: first !== undefined,
    workflow: first?.workflow ?? null,
    documentation: hasPlatform ? platform.documentation : [],
    sources: [...(target?.path.sources ?? []), ...own.flatMap(({ sources }) => sources)],
  };
}

const NO_TARGET: DeployTarget = {
  kind: 'other',
  path: { value: '.', sources: [] },
  deployCommand: { unknown: 'how it is deployed' },
  rollbackCommand: { unknown: 'how it is rolled back' },
};

/** A rollback script with its call, or the deploy script where its branches go back when it is asked to. */
function scriptWay({ profile, script }: OperationsFacts): OwnWay | null {
  if (script?.rollback.kind !== 'handled') return null;
  const { path, rollback } = script;
  const own = profile.deployTargets.find(
    ({ kind, rollbackCommand }) => kind === 'script' && isKnown(rollbackCommand),
  )?.rollbackCommand;
  const command =
    path === profile.rollbackScript?.value
      ? own && isKnown(own)
        ? own.value.replaceAll('${VERSION}', '${PREVIOUS_VERSION}')
        : null
      : rollback.asked
        ? callText(path, rollback.asked, '"${PREVIOUS_VERSION}"')
        : null;
  if (command === null) return null;
  return {
    says: `the script ${path}: ${command}`,
    rationale: `${path} goes back when it is asked to (${rollback.how})`,
    steps: [
      step(
        `${PARTS.deploy}: put the version before back with ${path}`,
        command,
        '${ENV} runs ${PREVIOUS_VERSION}, and every instance is ready',
        'Stop here: read what it printed last, then take one of the other ways back (Strategy), if there is one, or go to Escalation',
      ),
    ],
    workflow: null,
    sources: [fileSource(rollback.path ?? path, rollback.range)],
  };
}

/** A call that goes back as shell, with `"${ENV}"` and the word for the version where the script takes them. */
export function callText(path: string, { words, variables }: RollbackCall, version: string): string {
  return [
    ...variables.map(([name, value]) => `${name}=${shellWord(value)}`),
    `bash ${shellWord(path)}`,
    ...words.map((word) =>
      word.is === 'word'
        ? /^-{1,2}[\w-]+$/.test(word.text)
          ? word.text
          : shellWord(word.text)
        : word.is === 'environment'
          ? '"${ENV}"'
          : version,
    ),
  ].join(' ');
}

function workflowWay(call: WorkflowCall): OwnWay {
  return {
    says: `the workflow ${call.path}: ${call.command}`,
    rationale: `${call.path} puts an earlier version back (job ${call.job}), with the credentials and approvals of the pipeline`,
    steps: [
      step(
        `${PARTS.deploy}: start ${call.path}`,
        call.command,
        'GitHub lists a new run of the workflow, waiting or running',
        'Take one of the other ways back (Strategy), if there is one, or go to Escalation',
      ),
      step(
        `${PARTS.deploy}: wait for its run`,
        call.watch,
        'The run that it shows was started just now, and it ends with success',
        'Read the log of the failed job (gh run view, --log-failed), then take one of the other ways back (Strategy), if there is one, or go to Escalation',
      ),
    ],
    workflow: call.path,
    sources: call.sources,
  };
}
