import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { fileSource } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import { counted } from '../../text/words';
import { planPathOf } from '../assess-release';
import { fail, notKnown, pass, type Condition } from '../condition';

/** The plan of this release says what is gone back to and by which steps. */
export const condition: Condition = {
  id: 'rollback-documented',
  title: 'The plan says what is gone back to, and how',
  weight: 'block',
  criterion: 'documentation',
  judge: ({ plan, change, asked, configuration }) => {
    if (plan === null) {
      return notKnown(
        `there is no ${planPathOf(configuration)}, so what is gone back to is written nowhere that is read`,
        'write the plan with release-gate plan --write',
      );
    }
    const evidence = [fileSource(plan.path)];
    const { version, rollback } = plan.data;
    if (!isOpen(version) && !isSameVersion(version, asked.version)) {
      return fail(
        `${plan.path} is the plan of ${version}, not of ${asked.version}`,
        'write the plan of this release with release-gate plan --write',
        evidence,
      );
    }
    if (isOpen(rollback.target)) {
      return fail(
        `${plan.path} names no version to go back to under "Rollback plan"`,
        'write the version that is gone back to into the plan',
        evidence,
      );
    }
    const undone = rollback.steps.filter(({ command, action }) => isOpen(command) && isOpen(action));
    const [first] = undone;
    if (rollback.steps.length === 0 || first) {
      return fail(
        first
          ? `the step "${first.title}" of the rollback in ${plan.path} says not what to do`
          : `${plan.path} has no steps for going back to ${rollback.target}`,
        'write each step with its command or action into the plan',
        evidence,
      );
    }
    const before = [change?.range.baseTag ?? null, change?.range.previousVersion ?? null].filter(
      (name) => name !== null,
    );
    if (before.length > 0 && !before.some((name) => isSameVersion(name, rollback.target))) {
      return notKnown(
        `${plan.path} goes back to ${rollback.target}, and the release before this one is ${before[0] ?? ''}`,
        'say in the plan which of the two is right',
        evidence,
      );
    }
    return pass(
      `${plan.path} goes back to ${rollback.target} in ${counted(rollback.steps.length, 'step')}`,
      evidence,
    );
  },
};

function isOpen(text: string): boolean {
  return text.trim() === '' || holdsPlaceholder(text);
}
