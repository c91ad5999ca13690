import { describeDocumentFixtures } from './document-fixtures';

describeDocumentFixtures('script-not-found', () => ({
  paths: new Set([
    'Makefile',
    'package.json',
    'document.md',
    'scripts/deploy.sh',
    'scripts/smoke-test.sh',
    'tools/rotate.py',
    'services/orders/migrate.sh',
    'services/orders/package.json',
  ]),
  isEveryPathListed: true,
  runnable: new Map([
    ['Makefile', new Set(['deploy', 'rollback', '.PHONY'])],
    ['package.json', new Set(['build', 'smoke'])],
  ]),
}));
