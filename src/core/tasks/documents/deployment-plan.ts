import type { DeploymentPlan } from '../../documents/deployment-plan/deployment-plan';
import { deploymentPlanKind } from '../../documents/deployment-plan/deployment-plan-kind';
import { markdownText } from '../../documents/markdown/write';
import { assembleDeploymentPlan } from '../operations/assemble-deployment-plan';
import { gatherOperations } from '../operations/facts';
import type { DocumentSubject } from './document-task';

/** The plan of one deployment, from the release plan, the records and what deploys the service. */
export const deploymentPlan: DocumentSubject<DeploymentPlan> = {
  id: 'deployment-plan',
  kind: deploymentPlanKind,
  title: 'Write the plan of a deployment',
  reading: 'Reading the release plan, what deploys the service and which drills and approvals are on record',
  inputs: [
    { name: 'unit_id', question: 'Which unit is deployed (its id)?', isAsked: false },
    {
      name: 'version',
      question: 'Which version is deployed? (that of the release plan by default)',
      isAsked: false,
    },
    { name: 'environment', question: 'Where to? (production by default)', isAsked: false },
    { name: 'window_start', question: 'When does the deployment window begin (with zone)?', isAsked: true },
    { name: 'window_end', question: 'When does it end (with zone)?', isAsked: true },
    {
      name: 'rollback_deadline',
      question: 'Until when is it decided to go back (with zone)?',
      isAsked: true,
    },
    { name: 'lead', question: 'Who leads the deployment?', isAsked: false },
    { name: 'qa_report', question: 'Where is the quality report?', isAsked: false },
    { name: 'channels', question: 'In which channels are people told?', isAsked: false },
  ],
  writes: ['docs/release'],
  async assemble({ world, run, profile, told, claims }) {
    const facts = await gatherOperations(world, profile, run.signal);
    const { data, sources } = assembleDeploymentPlan(facts, told, claims);
    return {
      path: `${world.configuration.releaseFolder}/DEPLOYMENT_PLAN.md`,
      data,
      sources,
      summary: `Deployment plan of ${markdownText(data.service)} ${markdownText(data.overview.version)} to ${markdownText(data.overview.environment)}: ${data.deployment.length} steps, ${data.checks.length} checks before.`,
      next: [
        { task: 'rollback-runbook', label: 'Write the rollback runbook' },
        { task: 'check', label: 'Check the repository' },
      ],
    };
  },
};
