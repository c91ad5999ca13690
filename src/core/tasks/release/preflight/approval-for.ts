import { releaseTags } from '../../../change/release-range';
import { assessRelease, type AssessedWorld } from '../../../readiness/assess-release';
import { approvalsAbout, whyNoApproval, type ApprovalFacts } from '../../../readiness/conditions/approved';
import type { RecordHistory } from '../../../records/record-history';
import { isSameVersion } from '../../../records/records-in';

/** The approval that a run rests on where nobody attends it, or why there is none: `detail` is a clause with what to do. */
export type ApprovalFor =
  | {
      readonly ok: true;
      /** The person who approved. */
      readonly by: string;
      readonly path: string;
      /** The commit that put it on record, before the run. */
      readonly recordedIn: string;
    }
  | { readonly ok: false; readonly detail: string };

/**
 * The approval of a version for an environment that names its person and was committed before: as it was committed first, of
 * this commit or of one since which only records changed, and of nobody who wrote the release where four eyes are asked for.
 */
export async function approvalFor(
  world: AssessedWorld,
  { version, environment }: { readonly version: string; readonly environment: string },
  signal: AbortSignal,
): Promise<ApprovalFor> {
  const state = await world.history.state(signal);
  if (state.kind !== 'git') {
    return { ok: false, detail: `nothing can be committed here: ${state.detail}` };
  }
  const tags = releaseTags(await world.history.tags(state.head, signal), world.configuration.tagPattern);
  const tag = tags.find(
    (each) => each.tag.name === version || (each.version !== null && isSameVersion(each.version, version)),
  );
  const assessed = await assessRelease(
    world,
    { base: null, head: tag?.tag.name ?? null, release: { version, environment } },
    { signal, report: () => undefined },
  );
  if (!assessed.ok) return { ok: false, detail: assessed.reason };
  const facts: ApprovalFacts = {
    ...assessed.release,
    asked: { version, environment },
    settings: world.configuration.readiness,
    configuration: world.configuration,
  };
  const next = `have a person record it with release-gate approval record --environment ${environment} --version ${version}, and commit it`;
  const refused: string[] = [];
  for (const approval of approvalsAbout(facts)) {
    const history = assessed.release.recordHistory.get(approval.path);
    const why = whyNoApproval(approval, facts);
    if (why !== null) refused.push(`that of ${approval.approver} ${why}`);
    else if (history?.kind !== 'as-committed') refused.push(`${approval.path} ${notCommitted(history)}`);
    else return { ok: true, by: approval.approver, path: approval.path, recordedIn: history.by.hash };
  }
  return {
    ok: false,
    detail:
      refused.length > 0
        ? `${refused.join('; ')}; ${next}`
        : `no record says that ${version} was approved for ${environment}; ${next}`,
  };
}

/** Completes "<path> …". */
function notCommitted(history: RecordHistory | undefined): string {
  switch (history?.kind) {
    case 'changed':
      return `was changed by commit ${history.by.hash.slice(0, 12)} after it was recorded`;
    case 'uncommitted':
      return history.isNew ? 'is not committed' : 'stands here otherwise than it was committed';
    default:
      return 'is in no commit that is read';
  }
}
