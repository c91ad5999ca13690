import { actionColumns, timelineColumns } from '../markdown/columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose, table, tableWithFlags } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { Postmortem } from './postmortem';
import source from './template.hbs';

const { verified, ...timelineTexts } = timelineColumns;

/** A postmortem, `docs/ops/postmortems/PM_<date>_<slug>.md`. */
export const postmortemKind = defineKind<Postmortem>({
  id: 'postmortem',
  title: 'Postmortem',
  path: /(?:^|\/)postmortems\/PM_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'summary',
      title: 'Summary',
      isRequired: true,
      aliases: ['overview', 'executive summary'],
      needs: 'what happened, in three sentences',
    },
    {
      id: 'impact',
      title: 'Impact',
      isRequired: true,
      aliases: ['customer impact', 'user impact'],
      holds: 'table',
      needs: 'who was affected, how much and for how long',
    },
    {
      id: 'timeline',
      title: 'Timeline',
      isRequired: true,
      aliases: ['incident timeline', 'chronology'],
      holds: 'timeline',
      needs: 'what happened when, with zone and source',
      isEssential: true,
      isQuoted: true,
    },
    {
      id: 'root-cause',
      title: 'Root cause',
      isRequired: true,
      aliases: ['cause', 'root causes', 'root cause analysis'],
      needs: 'the cause, with the evidence for it',
    },
    {
      id: 'factors',
      title: 'Contributing factors',
      isRequired: true,
      aliases: ['contributing causes', 'factors'],
      holds: 'list',
      needs: 'what made it likelier, longer or worse',
    },
    {
      id: 'actions',
      title: 'Action items',
      isRequired: true,
      aliases: ['actions', 'corrective actions', 'follow ups', 'follow up actions'],
      holds: 'actions',
      needs: 'each action with owner, due date and how it is verified',
      isEssential: true,
    },
    {
      id: 'lessons',
      title: 'Lessons learned',
      isRequired: true,
      aliases: ['lessons', 'what we learned'],
      holds: 'list',
      needs: 'what went well, what went badly, where luck helped',
    },
    toldSection,
  ],
  fields: {
    incident: frontMatter('incident'),
    service: frontMatter('service'),
    date: frontMatter('date'),
    summary: inSection('summary', prose()),
    impact: inSection(
      'impact',
      table({ aspect: ['aspect', 'what'], value: ['value', 'how much'], source: ['source', 'evidence'] }),
    ),
    timeline: inSection('timeline', tableWithFlags(timelineTexts, { isVerified: verified })),
    rootCause: inSection('root-cause', prose()),
    contributingFactors: inSection('factors', list()),
    actions: inSection('actions', table(actionColumns)),
    lessons: inSection('lessons', list()),
    claims: toldClaims(),
  },
});
