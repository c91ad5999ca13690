import type { DocumentKind, SectionShape } from '../document';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { readList } from '../markdown/parts';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import type { ApprovalRecord } from './approval';
import source from './template.hbs';

const sections: readonly SectionShape[] = [
  {
    id: 'read',
    title: 'What was read',
    isRequired: true,
    aliases: ['read'],
    holds: 'list',
    needs: 'what the approver read before',
  },
  { id: 'evidence', title: 'Evidence', isRequired: false, holds: 'list' },
];

const write = markdownTemplate<ApprovalRecord>(source);

/** A person's word that one commit may go to one environment as one version. */
export const approvalKind: DocumentKind<ApprovalRecord> = {
  id: 'approval',
  title: 'Approval',
  sections,
  recognises: (path, frontMatter) =>
    frontMatter['kind'] === 'approval' || /(?:^|\/)records\/approval_[^/]+\.md$/.test(path),
  render: (record) =>
    write({
      ...record,
      environment: plainText(record.environment),
      version: plainText(record.version),
      commit: plainText(record.commit),
      approver: plainText(record.approver),
      role: plainText(record.role),
      at: plainText(record.at),
      recordedBy: plainText(record.recordedBy),
    }),
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    const field = (key: string): string => frontMatterText(document, key);
    return {
      ...document,
      kind: 'approval',
      data: {
        environment: field('environment'),
        version: field('version'),
        commit: field('commit'),
        approver: field('approver'),
        role: field('role'),
        at: field('at'),
        recordedBy: field('recorded-by'),
        read: readList(blocksOf(document, 'read')),
        evidence: readList(blocksOf(document, 'evidence')),
      },
    };
  },
};
