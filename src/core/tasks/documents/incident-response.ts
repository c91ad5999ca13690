import type { IncidentResponse } from '../../documents/incident-response/incident-response';
import { incidentResponseKind } from '../../documents/incident-response/incident-response-kind';
import { markdownText } from '../../documents/markdown/write';
import { assembleIncidentResponse } from '../operations/assemble-incident-response';
import { gatherOperations } from '../operations/facts';
import type { DocumentSubject } from './document-task';

/** What is done when a deployment has failed, from the repository's means. */
export const incidentResponse: DocumentSubject<IncidentResponse> = {
  id: 'incident-response',
  kind: incidentResponseKind,
  title: 'Write the response to a failed deployment',
  reading: 'Reading what deploys the service, what watches it, and who owns it',
  inputs: [
    {
      name: 'constraints',
      question: 'What does everybody have to know who responds (access, contracts, who decides)?',
      isAsked: false,
    },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, claims }) {
    const facts = await gatherOperations(world, profile, run.signal);
    const { data, sources } = assembleIncidentResponse(facts, claims);
    return {
      path: `${world.configuration.operationsFolder}/INCIDENT_RESPONSE.md`,
      data,
      sources,
      summary: `Response to a failed deployment of ${markdownText(data.service)}: ${data.respond.length} steps up to the decision, ${data.recover.length} to recover, ${data.failedRollback.length} where that fails.`,
      next: [
        { task: 'rollback-runbook', label: 'Write the rollback runbook' },
        { task: 'check', label: 'Check the repository' },
      ],
    };
  },
};
