import { productionPathOf } from '../../rules/workflow/production-path';
import type { Condition } from '../condition';
import { judgeDrill } from '../recorded-drill';

/** A disaster recovery that was practised; only where something is deployed. */
export const condition: Condition = {
  id: 'disaster-recovery-drilled',
  title: 'Recovering from a disaster was practised',
  weight: 'warn',
  criterion: 'reversibility',
  judge: (facts) => {
    const { profile, workflows, settings } = facts;
    const deploys =
      profile.deployTargets.length > 0 ||
      (workflows !== null && productionPathOf(workflows).deploying.length > 0);
    return deploys
      ? judgeDrill(
          facts,
          'disaster-recovery',
          'recovering from a disaster',
          settings.drills.disasterRecoveryMaxAgeDays,
        )
      : null;
  },
};
