import type { Source } from '../../evidence/fact';
import type { RollbackCondition, RollbackEvidence } from './condition';

/**
 * Whether what deploys also goes back. The script is judged where it is what deploys: where the workflows deploy without
 * it, their own way back counts.
 */
export function scriptHandlesRollback({ script, command, workflow }: RollbackEvidence): RollbackCondition {
  const id = 'script-handles-rollback';
  const wayBack = workflow?.wayBack ?? null;
  const isBesideScript = workflow?.deploys === true && !workflow.callsScript;
  if (script) {
    const { rollback, path } = script;
    const evidence: readonly Source[] = [
      {
        kind: 'file',
        path: rollback.path ?? path,
        range: rollback.kind === 'unread' ? null : (rollback.range ?? null),
      },
    ];
    if (rollback.kind === 'handled') {
      return {
        id,
        status: 'pass',
        why: `${path} runs commands for the rollback (${rollback.how})`,
        evidence,
      };
    }
    if (wayBack && (isBesideScript || rollback.kind === 'unread')) {
      return {
        id,
        status: 'pass',
        why: `${wayBack.what}; the workflows deploy ${isBesideScript ? `without ${path}` : 'by themselves'}, which ${rollback.why}`,
        evidence: [...wayBack.sources, ...evidence],
      };
    }
    const beside = wayBack ? `; ${wayBack.what}, but deploying runs ${path}` : '';
    return {
      id,
      status: rollback.kind === 'unread' ? 'unknown' : 'fail',
      why: `${path} ${rollback.why}${beside}`,
      evidence: [...evidence, ...(wayBack?.sources ?? [])],
    };
  }
  if (wayBack) return { id, status: 'pass', why: wayBack.what, evidence: wayBack.sources };
  if (command) {
    return {
      id,
      status: 'unknown',
      why: `no deploy script to read; the platform can go back by "${command.text}", and nothing shows that it was tried`,
      evidence: command.sources,
    };
  }
  return { id, status: 'unknown', why: 'no deploy or rollback script was found', evidence: [] };
}
