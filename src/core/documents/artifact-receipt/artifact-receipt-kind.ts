import { checkColumns } from '../markdown/report-columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { ArtifactReceipt } from './artifact-receipt';
import source from './template.hbs';

/** What operations received for one release, acknowledged with its timeline. */
export const artifactReceiptKind = defineKind<ArtifactReceipt>({
  id: 'artifact-receipt',
  title: 'Receipt of artifacts',
  path: /(?:^|\/)receipts\/RECEIPT_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'components',
      title: 'Components',
      isRequired: true,
      isEssential: true,
      aliases: ['component versions', 'versions'],
      holds: 'table',
      needs: 'each component with its version',
    },
    {
      id: 'artifacts',
      title: 'Artifacts',
      isRequired: true,
      isEssential: true,
      aliases: ['artefacts', 'images', 'packages'],
      holds: 'table',
      needs: 'each artifact with its digest',
    },
    {
      id: 'received',
      title: 'What came with it',
      isRequired: true,
      aliases: ['received', 'checks', 'contents'],
      holds: 'table',
      needs: 'integration tests and release notes',
    },
    {
      id: 'acknowledgement',
      title: 'Acknowledgement',
      isRequired: true,
      isEssential: true,
      aliases: ['acknowledgment', 'receipt', 'confirmation'],
      needs: 'who received it, when, and what is missing',
    },
    {
      id: 'timeline',
      title: 'Timeline',
      isRequired: true,
      aliases: ['schedule', 'planned deployment'],
      holds: 'table',
      needs: 'when it is deployed where',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    version: frontMatter('version'),
    commit: frontMatter('commit'),
    components: inSection(
      'components',
      table({
        component: ['component', 'name'],
        version: ['version'],
        source: ['source', 'shown by', 'manifest'],
      }),
    ),
    artifacts: inSection(
      'artifacts',
      table({
        artifact: ['artifact', 'artefact', 'image', 'package', 'name'],
        digest: ['digest', 'hash', 'sha256', 'checksum'],
        checked: ['checked', 'verified', 'status'],
      }),
    ),
    received: inSection('received', table(checkColumns)),
    acknowledgement: inSection(
      'acknowledgement',
      together({
        receivedBy: value('received by', 'acknowledged by', 'by'),
        receivedAt: value('received at', 'acknowledged at', 'at', 'date'),
        answer: value('answer', 'status', 'missing'),
      }),
    ),
    timeline: inSection(
      'timeline',
      table({
        stage: ['stage', 'step', 'environment', 'what'],
        when: ['when', 'time', 'planned', 'date'],
        owner: ['owner', 'who'],
      }),
    ),
    claims: toldClaims(),
  },
});
