import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list } from '../shape/parts';
import type { ApprovalRecord } from './approval';
import source from './template.hbs';

/** A person's word that one commit may go to one environment as one version. */
export const approvalKind = defineKind<ApprovalRecord>({
  id: 'approval',
  title: 'Approval',
  path: /(?:^|\/)records\/approval_[^/]+\.md$/,
  isSealed: true,
  source,
  sections: [
    {
      id: 'read',
      title: 'What was read',
      isRequired: true,
      aliases: ['read'],
      holds: 'list',
      needs: 'what the approver read before',
    },
    { id: 'evidence', title: 'Evidence', isRequired: false, holds: 'list' },
  ],
  fields: {
    environment: frontMatter('environment'),
    version: frontMatter('version'),
    commit: frontMatter('commit'),
    approver: frontMatter('approver'),
    role: frontMatter('role'),
    at: frontMatter('at'),
    recordedBy: frontMatter('recorded-by'),
    read: inSection('read', list()),
    evidence: inSection('evidence', list()),
  },
});
