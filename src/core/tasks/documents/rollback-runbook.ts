import { markdownText } from '../../documents/markdown/write';
import type { RollbackRunbook } from '../../documents/rollback-runbook/rollback-runbook';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import { assembleRollback } from '../operations/assemble-rollback';
import { gatherOperations } from '../operations/facts';
import type { DocumentSubject } from './document-task';

/** How a service goes back, from the deployment that exists: script, workflow or platform. */
export const rollbackRunbook: DocumentSubject<RollbackRunbook> = {
  id: 'rollback-runbook',
  kind: rollbackRunbookKind,
  title: 'Write the rollback runbook',
  reading: 'Reading what deploys the service, what migrates its schema and which rollbacks are on record',
  inputs: [
    {
      name: 'constraints',
      question: 'What limits a rollback (data, contracts, windows)?',
      isAsked: false,
    },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, claims }) {
    const facts = await gatherOperations(world, profile, run.signal);
    const { data, sources } = assembleRollback(facts, claims);
    return {
      path: `${world.configuration.operationsFolder}/ROLLBACK.md`,
      data,
      sources,
      summary: `Rollback runbook of ${markdownText(data.service)} by ${markdownText(data.strategy.name)}: ${data.preparation.length} steps before, ${data.execution.length} to go back, ${data.verification.length} to verify.`,
      next: [
        { task: 'incident-response', label: 'Write the response to a failed deployment' },
        { task: 'check', label: 'Check the repository' },
      ],
    };
  },
};
