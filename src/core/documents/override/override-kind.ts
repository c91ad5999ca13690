import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { prose } from '../shape/parts';
import type { OverrideRecord } from './override';
import source from './template.hbs';

/** A person's word that a release may go although a condition does not hold, until a day. */
export const overrideKind = defineKind<OverrideRecord>({
  id: 'override',
  title: 'Override',
  path: /(?:^|\/)records\/override_[^/]+\.md$/,
  isSealed: true,
  source,
  sections: [
    {
      id: 'reason',
      title: 'Reason',
      isRequired: true,
      aliases: ['why'],
      needs: 'why the release may go although the condition does not hold',
    },
  ],
  fields: {
    condition: frontMatter('condition'),
    environment: frontMatter('environment'),
    version: frontMatter('version'),
    name: frontMatter('name'),
    reason: inSection('reason', prose()),
    until: frontMatter('until'),
    recordedAt: frontMatter('recorded-at'),
    recordedBy: frontMatter('recorded-by'),
  },
});
