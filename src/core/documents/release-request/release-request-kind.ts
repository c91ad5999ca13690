import { defineKind, inSection } from '../shape/define-kind';
import { words } from '../shape/parts';
import type { ReleaseRequest } from './release-request';
import source from './template.hbs';

/** What the issue form `07-release-request.yml` makes of its answers. */
export const releaseRequestKind = defineKind<ReleaseRequest>({
  id: 'release-request',
  title: 'Release request',
  path: /(?:^|\/)requests\/RELEASE_REQUEST_[^/]+\.md$/,
  source,
  sections: [
    { id: 'version', title: 'Version', isRequired: true, isEssential: true, needs: 'version and commit' },
    { id: 'environment', title: 'Environment', isRequired: false, aliases: ['target environment'] },
    {
      id: 'strategy',
      title: 'Deployment Strategy',
      isRequired: true,
      aliases: ['strategy', 'rollout strategy'],
      needs: 'canary, blue-green, rolling, all-at-once or manual',
    },
    {
      id: 'changelog',
      title: 'Changelog',
      isRequired: true,
      isQuoted: true,
      aliases: ['changes', 'what changed'],
      needs: 'what changes',
    },
    {
      id: 'rollback-plan',
      title: 'Rollback Plan',
      isRequired: true,
      isEssential: true,
      aliases: ['rollback'],
      needs: 'the version that is gone back to and the command',
    },
    {
      id: 'monitoring',
      title: 'Monitoring',
      isRequired: true,
      isMeasured: true,
      aliases: ['monitoring plan'],
      needs: 'metrics with their triggers',
    },
  ],
  fields: {
    version: inSection('version', words()),
    environment: inSection('environment', words()),
    strategy: inSection('strategy', words()),
    changelog: inSection('changelog', words()),
    rollbackPlan: inSection('rollback-plan', words()),
    monitoring: inSection('monitoring', words()),
  },
});
