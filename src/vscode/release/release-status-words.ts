import type { ReleaseState } from '../../core/release/state';

/** A run in the few words of a status bar; the icon adds nothing that the words do not say. */
export function statusOf(
  { run, phase, question, watches, rollback }: ReleaseState,
  isGone: boolean,
): { readonly icon: string; readonly text: string } {
  const what = run ? `${run.version} to ${run.environment}` : 'Release';
  if (isGone) return { icon: 'warning', text: `${what}: its process is gone` };
  if (question) return { icon: 'question', text: `${what}: asks you` };
  if (rollback && phase !== 'ended') return { icon: 'discard', text: `${what}: goes back` };
  const watch = watches.at(-1);
  if (phase === 'watch' && watch)
    return { icon: 'eye', text: `${what}: watched, ${watch.done} of ${watch.polls}` };
  return { icon: 'rocket', text: `${what}: ${phase}` };
}
