import { gitUserName } from '../../adapters/git-identity';
import { writeProposal } from '../../adapters/file-writer';
import { runHook, tagRelease } from '../../adapters/release/follow-ups';
import { readRun } from '../../adapters/release/journal-store';
import type { Performers } from '../../adapters/release/runner';
import type { HookName } from '../../core/evidence/release-settings';
import type { FollowUp } from '../../core/release/run';
import type { ReleaseState } from '../../core/release/state';
import { afterRun, type AfterRunPart } from '../../core/tasks/release/records/after-run';
import type { RunParts } from './performers';

type Done = { readonly isDone: boolean; readonly detail: string };

/** Which program of the configuration does what is told to people or to other systems. */
const HOOK_OF = {
  'announce-start': 'announce',
  'announce-verdict': 'announce',
  'announce-rollback': 'announce',
  'tickets-released': 'tickets-released',
  'tickets-back': 'tickets-back',
  retrospective: 'retrospective',
  'incident-retrospective': 'incident-retrospective',
  state: 'state',
  tracker: 'tracker',
} as const satisfies Partial<Record<FollowUp, HookName>>;

/** What follows a verdict, or is told on the way. A failure is owed and told; it changes no verdict (C19). */
export function createFollowUps(
  parts: RunParts,
  maskOf: (state: ReleaseState) => Promise<(text: string) => string>,
): Performers['followUp'] {
  const { root, world, settings, run, record, lock } = parts;
  const written = async (part: AfterRunPart, state: ReleaseState, signal: AbortSignal): Promise<Done> => {
    const folder = state.settings?.paths.releaseFolder ?? '';
    const journal = await readRun(root, folder, run.id);
    if (!journal) return { isDone: false, detail: `${run.journal} cannot be read` };
    const gitName = await gitUserName(root, signal);
    const { files, notes } = await afterRun(part, journal.read.lines, { ...world, gitName }, signal);
    const outcome = await writeProposal(root, files);
    if (!outcome.ok) return { isDone: false, detail: `${outcome.path} ${outcome.detail}` };
    const paths = files.map(({ path }) => path);
    return { isDone: true, detail: [...(paths.length > 0 ? [paths.join(', ')] : []), ...notes].join('; ') };
  };
  const done = async (what: FollowUp, state: ReleaseState, signal: AbortSignal): Promise<Done> => {
    switch (what) {
      case 'record':
        await record.write();
        return { isDone: true, detail: run.record };
      case 'rollback-record':
        await record.writeRollback();
        return { isDone: true, detail: '' };
      case 'verification-report':
      case 'incident':
      case 'evidence':
        return written(what, state, signal);
      case 'tag':
        return tagRelease(root, settings, state, signal);
      case 'unlock':
        // The records are written once more: what followed the verdict is known now.
        if (state.rollback) await record.writeRollback();
        return lock.release();
      default:
        return runHook(root, settings, HOOK_OF[what], what, state, signal, { mask: await maskOf(state) });
    }
  };
  return async ({ what }, state, signal) => ({ what, ...(await done(what, state, signal)) });
}
