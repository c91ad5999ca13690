import { findingColumns, questionColumns } from '../pipeline-review/columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { prose, table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { InfrastructureReview } from './infrastructure-review';
import source from './template.hbs';

/** What one change does to the infrastructure, and whether it can be built again, taken back and trusted. */
export const infrastructureReviewKind = defineKind<InfrastructureReview>({
  id: 'infrastructure-review',
  title: 'Infrastructure change review',
  path: /(?:^|\/)(?:INFRASTRUCTURE|IAC)[_-](?:CHANGE[_-])?REVIEW(?:_[^/]+)?\.md$/i,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'scope'] },
    {
      id: 'files',
      title: 'Changed files',
      isRequired: true,
      isEssential: true,
      aliases: ['files', 'change', 'changes', 'what changed'],
      holds: 'table',
      needs: 'the files of the change',
    },
    {
      id: 'questions',
      title: 'Verdicts',
      isRequired: true,
      isEssential: true,
      aliases: ['checks', 'checklist', 'review', 'questions', 'results'],
      holds: 'table',
      needs:
        'reproducible, parity, least privilege, hard-coded, downtime, reversible, drift, each with a verdict',
    },
    {
      id: 'losses',
      title: 'What cannot be taken back',
      isRequired: true,
      aliases: ['irreversible changes', 'irreversible', 'reversibility', 'irreversible actions'],
      holds: 'table',
      needs: 'what the change destroys or cannot undo',
      isQuoted: true,
    },
    {
      id: 'access',
      title: 'Scaling, security groups and access rules',
      isRequired: false,
      aliases: ['scaling', 'security groups', 'access rules', 'network', 'access'],
      holds: 'table',
    },
    {
      id: 'findings',
      title: 'Findings',
      isRequired: false,
      aliases: ['issues', 'recommendations'],
      holds: 'table',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    base: frontMatter('base'),
    head: frontMatter('head'),
    summary: inSection('summary', prose()),
    files: inSection(
      'files',
      table({
        file: ['file', 'path'],
        status: ['change', 'status'],
        what: ['what', 'kind', 'type'],
      }),
    ),
    questions: inSection('questions', table(questionColumns)),
    losses: inSection(
      'losses',
      table({
        place: ['where', 'place', 'file'],
        what: ['what', 'statement', 'resource'],
        why: ['why', 'reason'],
        compensation: ['before it is applied', 'compensation', 'compensating action'],
      }),
    ),
    access: inSection(
      'access',
      table({
        kind: ['kind', 'type'],
        what: ['what', 'setting'],
        place: ['where', 'place', 'file'],
        reviewed: ['reviewed', 'reviewed by', 'verdict'],
      }),
    ),
    findings: inSection('findings', table(findingColumns)),
    claims: toldClaims(),
  },
});
