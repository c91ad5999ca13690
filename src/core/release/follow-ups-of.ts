import { isUnknownState, type FollowUp } from './run';
import type { ReleaseState } from './state';

/** What follows a verdict, in its order (C19): the record first and again at the end, when all else is known. */
export function releasedFollowUps({ verdict, settings, run }: ReleaseState): readonly FollowUp[] {
  if (!verdict || !settings || !run) return [];
  const has = (hook: string): boolean => settings.hooks.includes(hook);
  const when = (isMeant: boolean, ...what: readonly FollowUp[]): readonly FollowUp[] => (isMeant ? what : []);
  const isReal = run.mode !== 'drill';
  const isReleased = verdict.verdict === 'Released';
  const isBack = verdict.verdict === 'Rolled-Back';
  const isTouched = verdict.liveSystem !== 'unchanged';
  return [
    'record',
    ...when(isBack, 'rollback-record'),
    ...when(isReleased && settings.tag !== null && run.commit !== null, 'tag'),
    ...when(isReleased && has('tickets-released'), 'tickets-released'),
    ...when(isBack && isReal && has('tickets-back'), 'tickets-back'),
    ...when(has('announce'), 'announce-verdict'),
    ...when(isTouched, 'verification-report'),
    ...when(isReal && (isBack || isUnknownState(verdict) || verdict.override !== null), 'incident'),
    ...when(isTouched, 'evidence'),
    ...when(isReleased && has('retrospective'), 'retrospective'),
    ...when(
      isReal && (isBack || verdict.override !== null) && has('incident-retrospective'),
      'incident-retrospective',
    ),
    ...when(has('state'), 'state'),
    // An abort moves no ticket (S4-53).
    ...when(isReal && verdict.verdict !== 'Aborted' && has('tracker'), 'tracker'),
    'unlock',
  ];
}
