import type { Finding } from '../../gate/report';
import type { ReadinessFacts } from '../facts';

/**
 * What a rule says of the plan of the release, without what is waived; null where the rule is off. The rule has judged: a
 * condition only takes it up.
 */
export function findingsOn(
  { check, plan, configuration }: Pick<ReadinessFacts, 'check' | 'plan' | 'configuration'>,
  rule: string,
): readonly Finding[] | null {
  if (configuration.severities[rule] === 'off') return null;
  return check.findings.filter(
    (finding) => finding.rule === rule && finding.path === plan?.path && finding.status !== 'waived',
  );
}
