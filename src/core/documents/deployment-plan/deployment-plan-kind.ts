import { triggerColumns } from '../markdown/columns';
import { escalationColumns, parameterColumns } from '../runbook/columns';
import { totalDuration } from '../runbook/runbook-kind';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { runbookSteps, table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { DeploymentPlan } from './deployment-plan';
import source from './template.hbs';

/** One deployment: when, what is checked before, how it is done, how it is seen, how it goes back, who is called. */
export const deploymentPlanKind = defineKind<DeploymentPlan>({
  id: 'deployment-plan',
  title: 'Deployment plan',
  isParameterised: true,
  source,
  path: /(?:^|\/)DEPLOYMENT_PLAN\.md$/,
  sections: [
    {
      id: 'overview',
      title: 'Overview',
      isRequired: true,
      aliases: ['summary', 'deployment overview'],
      needs: 'target environment, deploy window and rollback deadline',
      isMeasured: true,
    },
    {
      id: 'parameters',
      title: 'Parameters',
      isRequired: false,
      aliases: ['variables', 'environment variables'],
      holds: 'table',
      needs: 'what ENV and VERSION stand for',
    },
    {
      id: 'checks',
      title: 'Pre-deployment checklist',
      isRequired: true,
      aliases: ['pre deployment checks', 'pre deployment', 'before deployment', 'prerequisites', 'checklist'],
      holds: 'table',
      needs: 'quality report, artifact version, environment check, tested rollback, who was told',
      isInOrder: true,
    },
    {
      id: 'deployment',
      title: 'Deployment steps',
      isRequired: true,
      aliases: ['deployment', 'deploy', 'steps', 'deployment procedure'],
      holds: 'steps',
      needs: 'the commands that deploy',
      isEssential: true,
      isTimed: true,
      saysOnFailure: true,
      isInOrder: true,
    },
    {
      id: 'verification',
      title: 'Verification steps',
      isRequired: true,
      aliases: ['verification', 'verify', 'post deployment verification', 'post deployment checks'],
      holds: 'steps',
      needs: 'health, smoke and metric checks',
      isTimed: true,
      saysOnFailure: true,
      isMeasured: true,
      isInOrder: true,
    },
    {
      id: 'rollback',
      title: 'Rollback steps',
      isRequired: true,
      aliases: ['rollback', 'rollback plan', 'rollback procedure', 'roll back'],
      holds: 'steps-and-triggers',
      needs: 'the commands that go back, when to run them, and how it is seen that they worked',
      isEssential: true,
      isTimed: true,
      saysOnFailure: true,
      isInOrder: true,
    },
    {
      id: 'escalation',
      title: 'Escalation contacts',
      isRequired: true,
      aliases: ['escalation', 'contacts', 'on call'],
      holds: 'table',
      needs: 'a primary and a secondary contact',
    },
    toldSection,
  ],
  fields: {
    unit: frontMatter('unit_id'),
    service: frontMatter('service'),
    overview: inSection(
      'overview',
      together({
        environment: value('target environment', 'environment'),
        version: value('version', 'artifact version'),
        windowStart: value('deploy window start', 'window start', 'start'),
        windowEnd: value('deploy window end', 'window end', 'end'),
        rollbackDeadline: value('rollback deadline', 'deadline for rollback'),
        lead: value('lead', 'owner', 'deployer'),
      }),
    ),
    parameters: inSection('parameters', table(parameterColumns)),
    checks: inSection(
      'checks',
      table({
        check: ['check', 'item', 'what'],
        seenBy: ['seen by', 'how', 'command', 'evidence', 'link'],
        state: ['state', 'status', 'result', 'done'],
      }),
    ),
    deployment: inSection('deployment', runbookSteps()),
    verification: inSection('verification', runbookSteps()),
    triggers: inSection('rollback', table(triggerColumns)),
    rollback: inSection('rollback', runbookSteps()),
    escalation: inSection('escalation', table(escalationColumns)),
    claims: toldClaims(),
  },
  derived: ({ deployment }) => ({ total: totalDuration(deployment) }),
});
