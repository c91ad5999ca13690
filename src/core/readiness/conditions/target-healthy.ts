import type { Source } from '../../evidence/fact';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition, type ConditionAnswer } from '../condition';

/** Whether the target is well before anything is deployed there. */
export const condition: Condition = {
  id: 'target-healthy',
  title: 'The target is healthy before the release',
  // Without an address or command nobody asked for it.
  weight: ({ live }) => (live.health.length > 0 || live.healthCommand ? 'block' : 'warn'),
  criterion: 'health',
  judge: ({ live, asked }) => {
    const { health, healthCommand } = live;
    if (health.length === 0 && !healthCommand) {
      return notKnown(
        `nothing tells how ${asked.environment} is asked whether it is well`,
        'name its addresses under readiness.health.urls, or a command under readiness.health.command',
      );
    }
    const evidence: Source[] = [];
    const open: ConditionAnswer[] = [];
    for (const { url, expected, answer } of health) {
      if (answer === null) {
        open.push(notKnown(`${url} was not asked`, 'run it with --online'));
      } else if (answer.kind === 'unknown') {
        open.push(notKnown(answer.detail, 'ask again, from where the target can be reached'));
      } else {
        evidence.push({
          kind: 'answer',
          from: url,
          what: `status ${answer.status} after ${answer.milliseconds} ms`,
          url,
        });
        if (answer.status !== expected) {
          return fail(
            `${url} answers with status ${answer.status}, not ${expected}`,
            'find out what is wrong there before you release onto it',
            evidence,
          );
        }
      }
    }
    if (healthCommand) {
      const { argv, result } = healthCommand;
      const shown = `"${argv.join(' ')}"`;
      if (!result) open.push(notKnown(`${shown} was not run`, 'run it with --run-commands'));
      else if (result.kind === 'failed') {
        open.push(notKnown(`${shown} ${result.detail}`, 'mend the command under readiness.health.command'));
      } else {
        evidence.push({ kind: 'answer', from: argv.join(' '), what: `status ${result.status}`, url: null });
        if (result.status === 1) {
          return fail(
            `${shown} says that the target is not well`,
            'find out what is wrong there before you release onto it',
            evidence,
          );
        }
        if (result.status !== 0) {
          open.push(
            notKnown(
              `${shown} ended with status ${result.status}, which says neither`,
              'mend the command under readiness.health.command',
            ),
          );
        }
      }
    }
    const [first] = open;
    if (first) return { ...first, evidence };
    const asks = [
      ...(health.length > 0
        ? [`${counted(health.length, 'address')} ${health.length === 1 ? 'answers' : 'answer'} as expected`]
        : []),
      ...(healthCommand ? [`"${healthCommand.argv.join(' ')}" says that it is well`] : []),
    ];
    return pass(asks.join(', and '), evidence);
  },
};
