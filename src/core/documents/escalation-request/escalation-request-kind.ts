import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table, words } from '../shape/parts';
import type { EscalationRequest } from './escalation-request';
import source from './template.hbs';

/** A call for help that can be acted on without asking back. */
export const escalationRequestKind = defineKind<EscalationRequest>({
  id: 'escalation-request',
  title: 'Escalation request',
  path: /(?:^|\/)incidents\/ESCALATION_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'issue',
      title: 'Issue',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['problem', 'summary'],
      needs: 'what is wrong, in one or two sentences',
    },
    {
      id: 'impact',
      title: 'Impact',
      isRequired: true,
      isInOrder: true,
      isMeasured: true,
      needs: 'who is affected, how much, since when',
    },
    {
      id: 'actions',
      title: 'Actions taken',
      isRequired: true,
      isInOrder: true,
      isQuoted: true,
      aliases: ['what was done', 'actions'],
      holds: 'table',
      needs: 'what was tried and what came of it',
    },
    {
      id: 'status',
      title: 'Current status',
      isRequired: true,
      isInOrder: true,
      aliases: ['status'],
      needs: 'what runs now, in which version',
    },
    {
      id: 'help',
      title: 'Help needed',
      isRequired: true,
      isEssential: true,
      isInOrder: true,
      aliases: ['help', 'what is needed', 'ask'],
      needs: 'what is asked, of whom',
    },
    {
      id: 'contacts',
      title: 'Contacts notified',
      isRequired: true,
      isInOrder: true,
      aliases: ['notified', 'contacts'],
      holds: 'table',
      needs: 'who was told, where and when',
    },
    {
      id: 'signals',
      title: 'Reasons to escalate',
      isRequired: false,
      aliases: ['signals'],
      holds: 'table',
    },
  ],
  fields: {
    incident: frontMatter('incident'),
    service: frontMatter('service'),
    agent: frontMatter('agent'),
    unitId: frontMatter('unit-id'),
    severity: frontMatter('severity'),
    at: frontMatter('at'),
    issue: inSection('issue', words()),
    impact: inSection('impact', words()),
    actionsTaken: inSection(
      'actions',
      table({ time: ['time', 'when'], action: ['action', 'what'], result: ['result', 'outcome'] }),
    ),
    currentStatus: inSection('status', words()),
    helpNeeded: inSection('help', words()),
    contactsNotified: inSection(
      'contacts',
      table({ contact: ['contact', 'who', 'name'], channel: ['channel', 'how'], at: ['time', 'when'] }),
    ),
    signals: inSection(
      'signals',
      table({
        condition: ['condition', 'reason'],
        state: ['state', 'signal'],
        evidence: ['evidence', 'shown by'],
      }),
    ),
  },
});
