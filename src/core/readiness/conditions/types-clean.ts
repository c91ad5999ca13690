import type { Language } from '../../evidence/profile';
import { doingOf, isTypeCheck } from '../check-evidence';
import type { Condition } from '../condition';
import { isProvided } from '../evidence-words';
import { judgeFaults } from '../fault-condition';
import type { ReadinessFacts } from '../facts';

/** Languages whose compiler checks types, so that a build or a test is the check. */
const COMPILED: readonly Language[] = ['go', 'java', 'rust', 'dotnet'];

/** S2-28: no error of types on the commit of the release. Where a compiler checks them, its job is the check. */
export const condition: Condition = {
  id: 'types-clean',
  title: 'The type checker finds no error on the commit of the release',
  weight: ({ evidence }) => (isProvided(evidence.types, evidence.checks) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) => {
    const isCompiled = facts.profile.stacks.some(({ language }) => COMPILED.includes(language));
    if (!isCompiled && !hasTypes(facts)) return null;
    return judgeFaults(facts, {
      kind: 'types',
      tool: 'type checker',
      next: 'run the type checker on the commit of the release, or save its checks with gh api repos/OWNER/NAME/commits/SHA/check-runs > check-runs.json',
      doing: (job) =>
        doingOf(
          job,
          (each) =>
            isTypeCheck(each) || (isCompiled && (each.purpose === 'build' || each.purpose === 'unit')),
        ),
    });
  },
};

/** Whether anything here checks types, or could: else there is nothing to ask for. */
function hasTypes({ profile, evidence, workflows, paths }: ReadinessFacts): boolean {
  return (
    isProvided(evidence.types) ||
    profile.stacks.some(({ commands }) => (commands['type-check'] ?? []).length > 0) ||
    [...paths].some((path) =>
      /(?:^|\/)(?:tsconfig[^/]*|pyrightconfig)\.json$|(?:^|\/)mypy\.ini$/.test(path),
    ) ||
    (workflows?.jobs.some((job) => doingOf(job, isTypeCheck) !== 'none') ?? false)
  );
}
