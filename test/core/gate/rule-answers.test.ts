import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { checkRepository, createReadingCache, type ReadingCache } from '../../../src/core/gate/check';
import { defaultConfiguration } from '../../../src/core/gate/configuration';
import { generatedDocuments } from '../../../bench/documents';

const parsers = createParsers();

type Files = Readonly<Record<string, string>>;

async function check(files: Files, cache?: ReadingCache): Promise<unknown> {
  const { findings, notChecked, verdict } = await checkRepository({
    root: '.',
    files: {
      name: 'test',
      list: () => Promise.resolve({ paths: Object.keys(files).sort(), isComplete: true }),
      read: (path) => {
        const text = files[path];
        return Promise.resolve(
          text === undefined
            ? { ok: false, reason: 'missing', detail: 'does not exist' }
            : { ok: true, text },
        );
      },
    },
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    ...(cache ? { cache } : {}),
  });
  return { findings, notChecked, verdict };
}

const DEPLOY = `on: {workflow_dispatch: {}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: helm upgrade orders-0 ./chart --namespace production
`;

describe('answers that are kept between checks', () => {
  it('are those that a check without any memory gives, whatever changed before', async () => {
    const documents = generatedDocuments(6);
    const [first = '', second = ''] = Object.keys(documents);
    const states: Files[] = [documents];
    const then = (change: Files): void => {
      states.push({ ...states.at(-1), ...change });
    };
    const now = (path: string): string => states.at(-1)?.[path] ?? '';
    then({ [first]: now(first).replace('## Rollback', '## Backwards') });
    then({ [first]: now(first).replace('set image', 'set image <name>') });
    then({ [second]: `${now(second)}\nRun \`scripts/deploy.sh\` of workflow \`deploy.yml\`.\n` });
    then({ 'scripts/deploy.sh': '#!/bin/sh\nhelm upgrade orders .\n' });
    then({ '.github/workflows/deploy.yml': DEPLOY });
    then({ '.github/workflows/deploy.yml': DEPLOY.replace('production', 'staging') });
    then({ 'README.md': '---\ntitle: x\n---\n# No document of ours\n' });
    then({ 'README.md': `---\nkind: runbook\n---\n${now(first)}` });
    states.push(Object.fromEntries(Object.entries(states.at(-1) ?? {}).filter(([path]) => path !== first)));
    states.push(documents);
    const cache = createReadingCache();
    for (const files of states) assert.deepEqual(await check(files, cache), await check(files));
  });

  it('are not worked out again for documents that nothing changed', async () => {
    const documents = generatedDocuments(4);
    const [first = '', second = ''] = Object.keys(documents);
    const cache = createReadingCache();
    await check(documents, cache);
    const answersOf = (path: string): readonly unknown[] => {
      const document = cache.documents.get(path);
      assert.ok(document);
      return [...(cache.answers.bySubject.get(document) ?? [])].map(([, { answer }]) => answer);
    };
    const before = [answersOf(first), answersOf(second)];
    await check({ ...documents, [first]: `${documents[first] ?? ''}\nOne more line.\n` }, cache);
    const after = [answersOf(first), answersOf(second)];
    assert.ok((before[1]?.length ?? 0) > 5);
    assert.ok(before[1]?.every((answer, index) => answer === after[1]?.[index]));
    assert.ok(before[0]?.every((answer, index) => answer !== after[0]?.[index]));
  });
});
