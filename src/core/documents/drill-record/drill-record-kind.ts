import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose } from '../shape/parts';
import type { DrillRecord } from './drill-record';
import source from './template.hbs';

/** What somebody practised, once and for all: a record is written by a person and not changed afterwards. */
export const drillRecordKind = defineKind<DrillRecord>({
  id: 'drill-record',
  title: 'Record of a drill',
  path: /(?:^|\/)records\/drill_[^/]+\.md$/,
  isSealed: true,
  source,
  sections: [
    {
      id: 'evidence',
      title: 'Evidence',
      isRequired: true,
      holds: 'list',
      needs: 'a path, an address or a commit that shows the drill',
    },
    { id: 'notes', title: 'Notes', isRequired: false, aliases: ['what happened'] },
  ],
  fields: {
    drill: frontMatter('drill'),
    environment: frontMatter('environment'),
    service: frontMatter('service'),
    versionFrom: frontMatter('version-from'),
    versionTo: frontMatter('version-to'),
    startedAt: frontMatter('started-at'),
    duration: frontMatter('duration'),
    outcome: frontMatter('outcome'),
    recordedBy: frontMatter('recorded-by'),
    evidence: inSection('evidence', list()),
    notes: inSection('notes', prose()),
  },
});
