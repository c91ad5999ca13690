import { fileSource } from '../../evidence/fact';
import { rule } from '../../rules/document/big-bang-unjustified';
import { RISK_LEVELS } from '../../risk/weights';
import { fail, notKnown, pass, type Condition } from '../condition';
import { findingsOn } from './plan-findings';

/** The rollout of the plan fits its risk, and one that reaches all at once has its reason in writing. */
export const condition: Condition = {
  id: 'rollout-justified',
  title: 'The rollout fits the risk, and has its reason in writing',
  weight: 'block',
  criterion: 'stability',
  judge: (facts) => {
    const { plan, register } = facts;
    if (plan === null) {
      return notKnown(
        'there is no plan, so no rollout is decided',
        'write the plan with release-gate plan --write',
      );
    }
    const { risk, rollout } = plan.data;
    const evidence = [fileSource(plan.path)];
    // The rule reads the level from the plan: one that was written down lower would let everything through.
    const written = RISK_LEVELS.findIndex((level) => level === risk.level);
    if (register !== null && written < RISK_LEVELS.indexOf(register.level)) {
      return fail(
        `${plan.path} says that the risk is ${risk.level}, and the change shows ${register.level}: ${register.why}`,
        'make the plan anew with release-gate plan --write; what people wrote into it stays',
        evidence,
      );
    }
    const findings = findingsOn(facts, rule.id);
    if (findings === null)
      return notKnown(`the rule ${rule.id} is off`, 'switch it on in the configuration', evidence);
    const [first] = findings;
    if (!first) return pass(`${rollout.strategy}: ${rollout.why}`, evidence);
    const end = first.message.lastIndexOf(': ');
    const why = first.message.slice(0, end);
    const next = first.message.slice(end + 2);
    return (findings.some(({ status }) => status === 'fail') ? fail : notKnown)(
      why,
      next,
      findings.map(({ path, range }) => fileSource(path, range)),
    );
  },
};
