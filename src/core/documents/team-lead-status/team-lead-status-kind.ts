import { followUpColumns, measurementColumns } from '../markdown/report-columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose, table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { TeamLeadStatus } from './team-lead-status';
import source from './template.hbs';

/** Where a release stands, for whoever leads the team. */
export const teamLeadStatusKind = defineKind<TeamLeadStatus>({
  id: 'team-lead-status',
  title: 'Status for the team lead',
  path: /(?:^|\/)status\/STATUS_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'status',
      title: 'Status',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['summary', 'overview'],
      needs: 'what was deployed where and when, and whether it is well',
    },
    {
      id: 'execution',
      title: 'Execution',
      isRequired: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['execution time', 'duration'],
      needs: 'how long it took',
    },
    {
      id: 'measurements',
      title: 'Key metrics',
      isRequired: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['metrics'],
      holds: 'table',
      needs: 'numbers with their baselines',
    },
    {
      id: 'follow-ups',
      title: 'Follow-ups',
      isRequired: true,
      isInOrder: true,
      aliases: ['follow-up', 'follow-up actions', 'next steps'],
      holds: 'table',
      needs: 'what is still to be done, by whom and until when, or None.',
    },
    {
      id: 'risks',
      title: 'Risks to the next release',
      isRequired: true,
      isInOrder: true,
      aliases: ['risks'],
      holds: 'list',
      needs: 'what may hold up the next release, or None.',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    headline: inSection('status', prose()),
    status: inSection(
      'status',
      together({
        what: value('what', 'version'),
        where: value('where', 'environment'),
        when: value('when', 'time'),
        health: value('health', 'state'),
      }),
    ),
    executionTime: inSection('execution', value('execution time', 'duration', 'time taken')),
    measurements: inSection('measurements', table(measurementColumns)),
    followUps: inSection('follow-ups', table(followUpColumns)),
    risks: inSection('risks', list()),
    claims: toldClaims(),
  },
});
