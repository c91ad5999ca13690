import { actionColumns, timelineColumns } from '../markdown/columns';
import { defineKind, inSection } from '../shape/define-kind';
import { list, table, tableWithFlags, words } from '../shape/parts';
import type { IncidentReport } from './incident-report';
import source from './template.hbs';

const { verified, ...timelineTexts } = timelineColumns;

/** What the issue form `08-incident-report.yml` makes of its answers. */
export const incidentReportKind = defineKind<IncidentReport>({
  id: 'incident-report',
  title: 'Incident report',
  path: /(?:^|\/)incidents\/INCIDENT_REPORT_[^/]+\.md$/,
  source,
  sections: [
    { id: 'severity', title: 'Severity', isRequired: false, needs: 'SEV1 to SEV4' },
    { id: 'version', title: 'Affected version', isRequired: false, aliases: ['version'] },
    { id: 'decision', title: 'Decision', isRequired: false },
    {
      id: 'timeline',
      title: 'Timeline',
      isRequired: true,
      isEssential: true,
      isQuoted: true,
      aliases: ['incident timeline'],
      holds: 'timeline',
      needs: 'what happened when, with zone and source',
    },
    {
      id: 'root-cause',
      title: 'Root Cause',
      isRequired: true,
      aliases: ['cause'],
      needs: 'the cause, with the evidence for it',
    },
    {
      id: 'impact',
      title: 'Impact',
      isRequired: true,
      isMeasured: true,
      needs: 'who was affected, how many, for how long',
    },
    {
      id: 'actions',
      title: 'Action Items',
      isRequired: true,
      isEssential: true,
      aliases: ['actions'],
      holds: 'actions',
      needs: 'each action with owner, due date and how it is verified',
    },
    {
      id: 'lessons',
      title: 'Lessons Learned',
      isRequired: true,
      aliases: ['lessons'],
      holds: 'list',
      needs: 'what went well, what went badly, where luck helped',
    },
  ],
  fields: {
    severity: inSection('severity', words()),
    version: inSection('version', words()),
    decision: inSection('decision', words()),
    timeline: inSection('timeline', tableWithFlags(timelineTexts, { isVerified: verified })),
    rootCause: inSection('root-cause', words()),
    impact: inSection('impact', words()),
    actions: inSection('actions', table(actionColumns)),
    lessons: inSection('lessons', list()),
  },
});
