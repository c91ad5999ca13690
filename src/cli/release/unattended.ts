import type { UnattendedAnswers } from '../../adapters/release/request';
import type { Answer } from '../../core/release/events';
import type { Actor } from '../../core/release/run';
import type { ReleaseState } from '../../core/release/state';

/**
 * The answer to the open question of a run that nobody attends, from what a person laid down before; null where the
 * question has to expire or nothing is asked. No choice is made up: what was not laid down aborts.
 */
export function unattendedAnswer({ question, run }: ReleaseState, laid: UnattendedAnswers): Answer | null {
  if (!question || !run) return null;
  const by: Actor = { name: laid.approvedBy, via: 'file' };
  const answer = (choice: string, text: string): Answer => ({ question: question.id, choice, text, by });
  const has = (id: string): boolean => question.choices.some((choice) => choice.id === id);
  switch (question.kind) {
    case 'proceed':
      return has('proceed')
        ? answer('proceed', `approved in ${laid.approval}`)
        : answer('abort', 'the pre-release gate does not pass, and nobody is there to decide');
    case 'strategy':
      return has(laid.strategy)
        ? answer(laid.strategy, laid.strategyReason || `laid down in ${laid.file}`)
        : answer('abort', `the strategy "${laid.strategy}" of ${laid.file} is not possible here`);
    case 'start':
      return answer('start', question.phrase ?? '');
    case 'manual':
      return answer('failed', 'nobody is there to deploy by hand');
    case 'soft':
    case 'interrupted':
      return null;
    default:
      return question.kind satisfies never;
  }
}
