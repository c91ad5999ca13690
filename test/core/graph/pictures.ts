import { graphOf } from '../../../src/core/graph/build';
import type { GraphScope, PathsGraph } from '../../../src/core/graph/graph';
import { createParsers } from '../../../src/adapters/parsers';
import { checkRepository, createReadingCache } from '../../../src/core/gate/check';
import { defaultConfiguration } from '../../../src/core/gate/configuration';
import { memoryFiles } from '../../support/world';

const parsers = createParsers();

/** The picture of workflows in memory, by the name of each file in `.github/workflows`. */
export async function pictureOf(
  workflows: Readonly<Record<string, string>>,
  scope: GraphScope = 'production',
): Promise<PathsGraph> {
  const files = Object.fromEntries(
    Object.entries(workflows).map(([name, text]) => [`.github/workflows/${name}`, text]),
  );
  const cache = createReadingCache();
  const report = await checkRepository({
    root: '.',
    files: memoryFiles(files),
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    cache,
  });
  return graphOf({ set: cache.understood?.set ?? null, findings: report.findings }, scope);
}

/** A release whose production job starts although the tests were cancelled or skipped. */
export const OPEN = `name: Deploy
on:
  push:
    tags: ['v*']
  workflow_dispatch:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm run lint && npm test
  staging:
    needs: test
    runs-on: ubuntu-latest
    environment: staging
    steps:
      - run: kubectl apply -f k8s/ && kubectl rollout status deployment/shop
  production:
    needs: [test, staging]
    if: always() && needs.test.result != 'failure'
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: kubectl apply -f k8s/
`;

/** The same, held. */
export const HELD = OPEN.replace("    if: always() && needs.test.result != 'failure'\n", '');
