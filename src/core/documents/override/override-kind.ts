import type { DocumentKind, SectionShape } from '../document';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { readProse } from '../markdown/parts';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import type { OverrideRecord } from './override';
import source from './template.hbs';

const sections: readonly SectionShape[] = [
  {
    id: 'reason',
    title: 'Reason',
    isRequired: true,
    aliases: ['why'],
    needs: 'why the release may go although the condition does not hold',
  },
];

const write = markdownTemplate<OverrideRecord>(source);

/** A person's word that a release may go although a condition does not hold, until a day. */
export const overrideKind: DocumentKind<OverrideRecord> = {
  id: 'override',
  title: 'Override',
  sections,
  recognises: (path, frontMatter) =>
    frontMatter['kind'] === 'override' || /(?:^|\/)records\/override_[^/]+\.md$/.test(path),
  render: (record) =>
    write({
      ...record,
      condition: plainText(record.condition),
      environment: plainText(record.environment),
      version: plainText(record.version),
      name: plainText(record.name),
      until: plainText(record.until),
      recordedAt: plainText(record.recordedAt),
      recordedBy: plainText(record.recordedBy),
    }),
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    const field = (key: string): string => frontMatterText(document, key);
    return {
      ...document,
      kind: 'override',
      data: {
        condition: field('condition'),
        environment: field('environment'),
        version: field('version'),
        name: field('name'),
        reason: readProse(blocksOf(document, 'reason')),
        until: field('until'),
        recordedAt: field('recorded-at'),
        recordedBy: field('recorded-by'),
      },
    };
  },
};
