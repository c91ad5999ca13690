import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('link-does-not-resolve', () => ({
  paths: new Set([
    'document.md',
    'README.md',
    'docs/ops/dashboards.md',
    'docs/ops/on call.md',
    'docs/architecture/README.md',
    'scripts/deploy.sh',
  ]),
  isEveryPathListed: true,
  anchors: new Map([['docs/ops/dashboards.md', new Set(['latency', 'error-rate', 'error-rate-1'])]]),
}));
