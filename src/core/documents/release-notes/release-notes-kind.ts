import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose, table, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { ReleaseNotes } from './release-notes';
import source from './template.hbs';

/** The technical notes of one release: what was deployed, when, and how to verify it. */
export const releaseNotesKind = defineKind<ReleaseNotes>({
  id: 'release-notes',
  title: 'Release notes',
  path: /(?:^|\/)RELEASE_NOTES(?:_[^/]+)?\.md$/,
  source,
  sections: [
    {
      id: 'summary',
      title: 'Summary',
      isRequired: true,
      aliases: ['overview', 'highlights'],
      needs: 'what the release is about',
    },
    {
      id: 'changes',
      title: 'What changed',
      isRequired: true,
      isEssential: true,
      isQuoted: true,
      aliases: ['changes', 'changelog', 'what was deployed'],
      holds: 'table',
      needs: 'what was deployed',
    },
    {
      id: 'actions',
      title: 'What you have to do',
      isRequired: false,
      aliases: ['upgrade notes', 'migration notes', 'action required'],
      holds: 'list',
    },
    {
      id: 'operations',
      title: 'What operations should know',
      isRequired: false,
      aliases: ['operational notes'],
      holds: 'table',
    },
    {
      id: 'verification',
      title: 'How to verify',
      isRequired: true,
      isEssential: true,
      aliases: ['verification', 'how to verify it'],
      holds: 'table',
      needs: 'how somebody sees that this version runs as it should',
    },
    {
      id: 'rollback',
      title: 'How to go back',
      isRequired: true,
      aliases: ['rollback'],
      needs: 'where the way back stands',
    },
    { id: 'known-issues', title: 'Known issues', isRequired: false, holds: 'list' },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    version: frontMatter('version'),
    previousVersion: frontMatter('previous-version'),
    commit: frontMatter('commit'),
    environment: frontMatter('environment'),
    deployedAt: frontMatter('deployed-at'),
    deployedBy: frontMatter('deployed-by'),
    summary: inSection('summary', prose()),
    changes: inSection(
      'changes',
      table({
        group: ['kind', 'type', 'group'],
        change: ['change', 'what', 'description'],
        component: ['component', 'area'],
        commit: ['commit', 'id'],
      }),
    ),
    actions: inSection('actions', list()),
    operations: inSection(
      'operations',
      table({ area: ['area', 'what'], evidence: ['shown by', 'evidence'] }),
    ),
    verification: inSection(
      'verification',
      table({
        check: ['check', 'what'],
        command: ['command', 'how'],
        expected: ['expected', 'expected outcome'],
      }),
    ),
    rollback: inSection('rollback', value('procedure', 'reference')),
    knownIssues: inSection('known-issues', list()),
    claims: toldClaims(),
  },
});
