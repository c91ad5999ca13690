import type { DocumentKind, SectionShape } from '../document';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { readList, readProse } from '../markdown/parts';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import type { DrillRecord } from './drill-record';
import source from './template.hbs';

const sections: readonly SectionShape[] = [
  {
    id: 'evidence',
    title: 'Evidence',
    isRequired: true,
    holds: 'list',
    needs: 'a path, an address or a commit that shows the drill',
  },
  { id: 'notes', title: 'Notes', isRequired: false, aliases: ['what happened'] },
];

const write = markdownTemplate<DrillRecord>(source);

/** What somebody practised, once and for all: a record is written by a person and not changed afterwards. */
export const drillRecordKind: DocumentKind<DrillRecord> = {
  id: 'drill-record',
  title: 'Record of a drill',
  sections,
  recognises: (path, frontMatter) =>
    frontMatter['kind'] === 'drill-record' || /(?:^|\/)records\/drill_[^/]+\.md$/.test(path),
  render: (record) =>
    write({
      ...record,
      drill: plainText(record.drill),
      environment: plainText(record.environment),
      service: plainText(record.service),
      versionFrom: plainText(record.versionFrom),
      versionTo: plainText(record.versionTo),
      startedAt: plainText(record.startedAt),
      duration: plainText(record.duration),
      outcome: plainText(record.outcome),
      recordedBy: plainText(record.recordedBy),
    }),
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    const field = (key: string): string => frontMatterText(document, key);
    return {
      ...document,
      kind: 'drill-record',
      data: {
        drill: field('drill'),
        environment: field('environment'),
        service: field('service'),
        versionFrom: field('version-from'),
        versionTo: field('version-to'),
        startedAt: field('started-at'),
        duration: field('duration'),
        outcome: field('outcome'),
        recordedBy: field('recorded-by'),
        evidence: readList(blocksOf(document, 'evidence')),
        notes: readProse(blocksOf(document, 'notes')),
      },
    };
  },
};
