import {
  checkColumns,
  deviationColumns,
  healthCheckColumns,
  issueColumns,
  measurementColumns,
} from '../markdown/report-columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { VerificationReport } from './verification-report';
import source from './template.hbs';

/** What one deployment came to, in six sections in their order; written once. */
export const verificationReportKind = defineKind<VerificationReport>({
  id: 'verification-report',
  title: 'Deployment verification report',
  path: /(?:^|\/)VERIFICATION_[^/]+_\d{4}-\d{2}-\d{2}-\d{4}\.md$/,
  isSealed: true,
  source,
  sections: [
    {
      id: 'summary',
      title: 'Deployment Summary',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['summary', 'overview'],
      needs: 'version, commit, deploying engineer, time and environment',
    },
    {
      id: 'checks-before',
      title: 'Pre-Deployment Checks',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['pre-deployment', 'checks before the deployment', 'pre-deploy checks', 'pre-checks'],
      holds: 'table',
      needs:
        'whether the pipeline was green, the artifact verified, migrations reviewed and flags configured',
    },
    {
      id: 'execution',
      title: 'Deployment Execution',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['execution', 'deployment steps'],
      holds: 'table',
      needs: 'the steps that were done, what differed from the runbook, and how long it took',
    },
    {
      id: 'health',
      title: 'Health Check Results',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['health checks', 'health', 'health check'],
      holds: 'table',
      needs: 'numbers with their baselines: response times, error rates, business metrics',
    },
    {
      id: 'sign-off',
      title: 'Verification Sign-Off',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['sign-off', 'sign off', 'verification sign off', 'acceptance'],
      needs: 'who verified it, and whether it is accepted',
    },
    {
      id: 'issues',
      title: 'Issues Encountered',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['issues', 'problems encountered', 'issues and follow-ups'],
      holds: 'table',
      needs: 'what went wrong with its resolution and follow-up, or None.',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    completedAt: frontMatter('completed-at'),
    createdAt: frontMatter('created-at'),
    summary: inSection(
      'summary',
      together({
        version: value('version', 'release version'),
        commit: value('commit', 'commit sha', 'commit id', 'sha'),
        deployedBy: value('deploying engineer', 'deployed by', 'deployer', 'engineer'),
        deployedAt: value('deployed at', 'timestamp', 'time', 'date', 'started at'),
        environment: value('environment', 'target environment', 'target'),
        pipelineLog: value('pipeline log', 'pipeline run', 'pipeline', 'build log'),
        releaseNotes: value('release notes'),
        runbook: value('runbook', 'runbook version'),
      }),
    ),
    checksBefore: inSection('checks-before', table(checkColumns)),
    execution: inSection(
      'execution',
      together({
        timeTaken: value('time taken', 'duration', 'total time', 'took'),
        steps: table({
          step: ['step', 'what', 'action'],
          done: ['done', 'result', 'status'],
          took: ['took', 'time taken', 'duration', 'time'],
        }),
        deviations: table(deviationColumns),
      }),
    ),
    health: inSection(
      'health',
      together({ checks: table(healthCheckColumns), measurements: table(measurementColumns) }),
    ),
    signOff: inSection(
      'sign-off',
      together({
        verifiedBy: value('verified by', 'verifying engineer', 'verifier', 'signed off by', 'name'),
        acceptance: value('acceptance', 'accepted', 'status', 'result', 'decision'),
        signedAt: value('signed at', 'at', 'date', 'time'),
      }),
    ),
    issues: inSection('issues', table(issueColumns)),
    claims: toldClaims(),
  },
});
