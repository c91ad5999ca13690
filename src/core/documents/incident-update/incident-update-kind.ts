import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table, value, words } from '../shape/parts';
import type { IncidentUpdate } from './incident-update';
import source from './template.hbs';

/** What happened, what is being done, when it is expected to be over: no more, and nothing that is only believed. */
export const incidentUpdateKind = defineKind<IncidentUpdate>({
  id: 'incident-update',
  title: 'Incident update',
  path: /(?:^|\/)incidents\/UPDATE_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'facts',
      title: 'What happened',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      isQuoted: true,
      aliases: ['what we know', 'facts', 'summary', 'current situation'],
      holds: 'table',
      needs: 'what is known, each with its time and source',
    },
    {
      id: 'impact',
      title: 'Impact',
      isRequired: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['customer impact', 'user impact'],
      needs: 'who is affected, how, since when',
    },
    {
      id: 'actions',
      title: 'What is being done',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['actions', 'current actions', 'what we are doing'],
      holds: 'table',
      needs: 'who does what now',
    },
    {
      id: 'expected',
      title: 'Expected resolution',
      isRequired: true,
      isInOrder: true,
      isMeasured: true,
      aliases: ['eta', 'expected time to resolution', 'next steps'],
      needs: 'a time with zone and what it rests on',
    },
  ],
  fields: {
    incident: frontMatter('incident'),
    service: frontMatter('service'),
    severity: frontMatter('severity'),
    status: frontMatter('status'),
    at: frontMatter('at'),
    nextUpdateAt: frontMatter('next-update-at'),
    author: frontMatter('author'),
    facts: inSection(
      'facts',
      table({
        time: ['time', 'when'],
        fact: ['fact', 'what', 'event'],
        source: ['source', 'evidence', 'shown by'],
      }),
    ),
    impact: inSection('impact', words()),
    actions: inSection(
      'actions',
      table({ action: ['action', 'what'], owner: ['owner', 'who'], state: ['state', 'status'] }),
    ),
    expectedResolution: inSection('expected', value('expected', 'resolution', 'eta')),
  },
});
