import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { fileSource, type Source } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import { namesPerson } from '../../records/strict';
import type { RollbackCondition, RollbackEvidence } from './condition';
import { dayOf, drillOf } from './drilled';

const MAX_PATHS = 20;

/**
 * Whether the version before runs on the schema that this release leaves behind: shown by a drill of just this way back,
 * by SQL that only adds, or declared in the plan with something that shows it. A declaration alone is a claim.
 */
export function runsOnNewSchema(evidence: RollbackEvidence): RollbackCondition {
  const id = 'runs-on-new-schema';
  const { change, schema, plan, workflow } = evidence;
  const touched = change.touches.find((touch) => touch.kind === 'schema');
  if (!touched) return { id, status: 'pass', why: 'the change does not touch the schema', evidence: [] };
  const paths: readonly Source[] = touched.paths.slice(0, MAX_PATHS).map((path) => fileSource(path));
  const declared = plan?.data.rollback.declaration.runsOnNewSchema.trim().toLowerCase() ?? '';
  const isOpen = declared === '' || holdsPlaceholder(declared);
  const planSource: readonly Source[] = plan ? [fileSource(plan.path)] : [];
  if (/^no\b/.test(declared)) {
    return {
      id,
      status: 'fail',
      why: `${plan?.path ?? 'the plan'} says that the version before does not run on the new schema`,
      evidence: [...planSource, ...paths],
    };
  }
  if (schema?.kind === 'adds-only') {
    return {
      id,
      status: 'pass',
      why: `the change only adds to the schema (${schema.what}), which the version before does not see`,
      evidence: schema.sources,
    };
  }
  const drill = drillOf(evidence);
  if (
    drill.kind === 'counts' &&
    isSameVersion(drill.drill.versionFrom, evidence.version ?? null) &&
    isSameVersion(drill.drill.versionTo, change.range.previousVersion)
  ) {
    return {
      id,
      status: 'pass',
      why: `the drill of ${dayOf(drill.drill)} in ${drill.drill.environment} went from ${drill.drill.versionFrom} back to ${drill.drill.versionTo}, on the schema of this release`,
      evidence: [fileSource(drill.drill.path), ...paths],
    };
  }
  const noted = plan ? plan.data.rollback.declaration.runsOnNewSchemaEvidence : '';
  const reviewer = reviewerIn(noted);
  const isDeclared = !isOpen && /^yes\b/.test(declared);
  if (isDeclared && workflow?.oldOnNewSchema) {
    return {
      id,
      status: 'pass',
      why: `declared in ${plan?.path ?? 'the plan'}, and ${workflow.oldOnNewSchema.what}`,
      evidence: [...planSource, ...workflow.oldOnNewSchema.sources, ...paths],
    };
  }
  if (isDeclared && reviewer !== null) {
    return {
      id,
      status: 'pass',
      why: `declared in ${plan?.path ?? 'the plan'}, reviewed by ${reviewer}: ${noted}`,
      evidence: [...planSource, ...paths],
    };
  }
  const adds = schema?.kind === 'not-only' ? `${schema.why}, and ` : '';
  return {
    id,
    status: 'unknown',
    why: isDeclared
      ? `${plan?.path ?? 'the plan'} claims that the version before runs on the new schema, and names no test, drill or reviewer that shows it`
      : `the schema changes: ${adds}nothing shows that the version before was run on the new one`,
    evidence: [...(schema?.kind === 'not-only' ? schema.sources : []), ...planSource, ...paths],
  };
}

/** The person of "reviewed by Ada Byron on 2026-11-20". */
function reviewerIn(note: string): string | null {
  if (holdsPlaceholder(note)) return null;
  const name =
    /\breviewed\s+by:?\s+(@?[\p{L}][\p{L}\p{N}.'-]*(?:\s+(?!on\b|at\b|in\b)[\p{L}][\p{L}.'-]*){0,3})/iu.exec(
      note,
    )?.[1];
  return name !== undefined && namesPerson(name) ? name : null;
}
