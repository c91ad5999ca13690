import { issueColumns, measurementColumns } from '../markdown/report-columns';
import { defineKind, frontMatter, inSection, type Field } from '../shape/define-kind';
import { table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { DeploymentReport } from './deployment-report';
import source from './template.hbs';

/** What was deployed, when, and how it ended; written once. */
export const deploymentReportKind = defineKind<DeploymentReport>({
  id: 'deployment-report',
  title: 'Deployment report',
  path: /(?:^01-Projects\/[^/]+\/Deployments|(?:^|\/)release\/deployments)\/Deploy-[^/]+\.md$/,
  isSealed: true,
  source,
  sections: [
    {
      id: 'summary',
      title: 'Summary',
      isRequired: true,
      isEssential: true,
      aliases: ['overview', 'deployment summary'],
      needs: 'status, environment, version, duration and deployer',
    },
    {
      id: 'before',
      title: 'Pre-Deployment State',
      isRequired: true,
      aliases: ['state before', 'before', 'pre-deployment'],
      needs: 'the version that ran before, and whether it was well',
    },
    {
      id: 'timeline',
      title: 'Deployment Timeline',
      isRequired: true,
      aliases: ['timeline'],
      holds: 'table',
      needs: 'what was done when, and how it ended',
    },
    {
      id: 'verification',
      title: 'Verification Results',
      isRequired: true,
      isEssential: true,
      isMeasured: true,
      aliases: ['verification', 'smoke test results'],
      holds: 'table',
      needs: 'what was checked, what was expected, and what was seen',
    },
    {
      id: 'after',
      title: 'Post-Deployment State',
      isRequired: true,
      isMeasured: true,
      aliases: ['state after', 'after', 'post-deployment'],
      needs: 'the version that runs now, whether it is well, and the metrics',
    },
    {
      id: 'issues',
      title: 'Issues Encountered',
      isRequired: true,
      aliases: ['issues', 'problems encountered'],
      holds: 'table',
      needs: 'what went wrong with its resolution and follow-up, or None.',
    },
    {
      id: 'rollback',
      title: 'Rollback Status',
      isRequired: true,
      aliases: ['rollback'],
      needs: 'whether it was gone back, and why',
    },
    toldSection,
  ],
  fields: {
    unitId: frontMatter('unit_id'),
    project: frontMatter('project'),
    status: frontMatter('status'),
    deployed: frontMatter('deployed'),
    qaReport: link('qa_report'),
    artifacts: link('artifacts'),
    summary: inSection(
      'summary',
      together({
        outcome: value('status', 'outcome', 'result'),
        environment: value('environment', 'target'),
        version: value('version'),
        duration: value('duration', 'time taken'),
        deployer: value('deployer', 'deployed by'),
      }),
    ),
    before: inSection(
      'before',
      together({ previousVersion: value('previous version', 'version'), health: value('health', 'status') }),
    ),
    timeline: inSection(
      'timeline',
      table({
        time: ['time', 'when', 'timestamp'],
        action: ['action', 'event', 'what'],
        status: ['status', 'result', 'outcome'],
      }),
    ),
    verification: inSection(
      'verification',
      table({
        check: ['check', 'what'],
        expected: ['expected', 'expected outcome'],
        actual: ['actual', 'seen', 'observed'],
        status: ['status', 'result', 'outcome'],
      }),
    ),
    after: inSection(
      'after',
      together({
        version: value('version', 'current version'),
        health: value('health', 'status'),
        measurements: table(measurementColumns),
      }),
    ),
    issues: inSection('issues', table(issueColumns)),
    rollback: inSection(
      'rollback',
      together({ isRequired: value('required', 'rollback required'), reason: value('reason', 'why') }),
    ),
    claims: toldClaims(),
  },
});

/** A text of the map `links` of the front matter. */
function link(key: string): Field<string> {
  return {
    form: { is: 'text' },
    section: null,
    name: `links.${key}`,
    read: ({ frontMatter: matter }) => {
      const links = matter['links'];
      const found =
        typeof links === 'object' && links !== null ? (links as Readonly<Record<string, unknown>>)[key] : '';
      return typeof found === 'string' ? found : '';
    },
  };
}
