import type { Change } from '../change/change';
import type { Source } from '../evidence/fact';
import type { ScriptRollback } from '../change/deploy-script';
import type { MachineTrigger } from './rollback-triggers';

/** The conditions of a credible rollback; every one has to hold. The ids are kept. */
export const CONDITION_IDS = [
  'target-exists',
  'script-handles-rollback',
  'actions-compensated',
  'runs-on-new-schema',
  'drilled',
  'within-rto',
  'triggers-machine-readable',
] as const;

export type ConditionId = (typeof CONDITION_IDS)[number];

/** One condition, judged. `why` is a sentence without a full stop: what holds, what does not, or what is needed. */
export interface RollbackCondition {
  readonly id: ConditionId;
  readonly status: 'pass' | 'fail' | 'unknown' | 'waived';
  readonly why: string;
  readonly evidence: readonly Source[];
}

/** Whether the rollback can be believed: not where any condition fails, unknown where any is unknown. */
export interface RollbackCredibility {
  readonly credible: boolean | 'unknown';
  readonly conditions: readonly RollbackCondition[];
}

/** What is known of the way back. */
export interface RollbackEvidence {
  readonly change: Change;
  /** The deploy or rollback script, analysed; null where the repository has none. */
  readonly script: { readonly path: string; readonly rollback: ScriptRollback } | null;
  /** A command of the deployment's platform that goes back (`kubectl rollout undo`), with its source. */
  readonly command: { readonly text: string; readonly sources: readonly Source[] } | null;
  readonly triggers: readonly MachineTrigger[];
}

/** Judges the rollback by what the repository shows. Drills, objectives and declarations are not read here: unknown. */
export function judgeRollback(evidence: RollbackEvidence): RollbackCredibility {
  const conditions: readonly RollbackCondition[] = [
    targetExists(evidence.change),
    scriptHandlesRollback(evidence),
    actionsCompensated(evidence.change),
    runsOnNewSchema(evidence.change),
    {
      id: 'drilled',
      status: 'unknown',
      why: 'no record says that the rollback was practised in a non-production environment',
      evidence: [],
    },
    {
      id: 'within-rto',
      status: 'unknown',
      why: 'neither how long the rollback takes nor the recovery time objective is written anywhere that is read',
      evidence: [],
    },
    triggersReadable(evidence.triggers),
  ];
  const held = (condition: RollbackCondition): boolean =>
    condition.status === 'pass' || condition.status === 'waived';
  return {
    credible: conditions.some((condition) => condition.status === 'fail')
      ? false
      : conditions.every(held)
        ? true
        : 'unknown',
    conditions,
  };
}

function targetExists(change: Change): RollbackCondition {
  const { baseTag, baseName, commits } = change.range;
  if (baseTag !== null && commits.base !== null) {
    return {
      id: 'target-exists',
      status: 'unknown',
      why: `the release ${baseTag} is tagged, but whether its artifact can still be deployed was not asked of the registry`,
      evidence: [{ kind: 'tag', name: baseTag, commit: commits.base }],
    };
  }
  if (commits.base !== null) {
    return {
      id: 'target-exists',
      status: 'unknown',
      why: `${baseName ?? commits.base.slice(0, 12)} carries no release tag, so whether it can be deployed is not known`,
      evidence: [],
    };
  }
  if (change.isShallow) {
    return {
      id: 'target-exists',
      status: 'unknown',
      why: 'the clone is shallow, so release tags before its edge are not seen',
      evidence: [],
    };
  }
  return {
    id: 'target-exists',
    status: 'fail',
    why: 'no release tag lies before this release, so there is no version to go back to',
    evidence: [],
  };
}

function scriptHandlesRollback({ script, command }: RollbackEvidence): RollbackCondition {
  if (script) {
    const { rollback, path } = script;
    const evidence: readonly Source[] = [
      { kind: 'file', path, range: rollback.kind === 'handled' ? rollback.range : null },
    ];
    switch (rollback.kind) {
      case 'handled':
        return {
          id: 'script-handles-rollback',
          status: 'pass',
          why: `${path} runs commands for the rollback (${rollback.how})`,
          evidence,
        };
      case 'not-handled':
        return { id: 'script-handles-rollback', status: 'fail', why: `${path} ${rollback.why}`, evidence };
      case 'unread':
        return {
          id: 'script-handles-rollback',
          status: 'unknown',
          why: `${path} ${rollback.why}`,
          evidence,
        };
      default:
        return rollback satisfies never;
    }
  }
  if (command) {
    return {
      id: 'script-handles-rollback',
      status: 'unknown',
      why: `no deploy script to read; the platform can go back by "${command.text}", and nothing shows that it was tried`,
      evidence: command.sources,
    };
  }
  return {
    id: 'script-handles-rollback',
    status: 'unknown',
    why: 'no deploy or rollback script was found',
    evidence: [],
  };
}

function actionsCompensated(change: Change): RollbackCondition {
  const open = change.irreversible;
  if (open.length === 0) {
    return {
      id: 'actions-compensated',
      status: 'pass',
      why: 'the change shows nothing that going back does not undo',
      evidence: [],
    };
  }
  const [first] = open;
  return {
    id: 'actions-compensated',
    status: 'fail',
    why: `${open.length === 1 ? 'one action' : `${open.length} actions`} cannot be undone or judged and nothing compensates ${open.length === 1 ? 'it' : 'them'}; first ${first?.path ?? ''}${first?.range ? `:${first.range.start.line}` : ''}`,
    evidence: open.map((action) => ({ kind: 'file', path: action.path, range: action.range })),
  };
}

function runsOnNewSchema(change: Change): RollbackCondition {
  const touchesSchema = change.touches.some((touch) => touch.kind === 'schema');
  return touchesSchema
    ? {
        id: 'runs-on-new-schema',
        status: 'unknown',
        why: 'the schema changes, and nothing shows that the version before was run on the new one',
        evidence: (change.touches.find((touch) => touch.kind === 'schema')?.paths ?? [])
          .slice(0, 20)
          .map((path) => ({ kind: 'file', path, range: null })),
      }
    : {
        id: 'runs-on-new-schema',
        status: 'pass',
        why: 'the change does not touch the schema',
        evidence: [],
      };
}

function triggersReadable(triggers: readonly MachineTrigger[]): RollbackCondition {
  const open = triggers.filter((trigger) => trigger.needsBaseline);
  return open.length === 0 && triggers.length > 0
    ? { id: 'triggers-machine-readable', status: 'pass', why: 'every trigger has its number', evidence: [] }
    : {
        id: 'triggers-machine-readable',
        status: 'unknown',
        why:
          triggers.length === 0
            ? 'no trigger is set'
            : `the baseline of ${[...new Set(open.map((trigger) => trigger.metric))].join(' and ')} is not measured, so a threshold relative to it cannot be compared`,
        evidence: [],
      };
}
