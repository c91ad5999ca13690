import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { CONFIGURATION_PATH, readConfiguration } from '../../../../src/core/gate/configuration';
import { generateGhActionsPipeline } from '../../../../src/core/tasks/generate-gh-actions-pipeline';
import type { TaskResult } from '../../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

async function generate(
  files: Readonly<Record<string, string>>,
  configuration = '',
): Promise<{ readonly result: TaskResult; readonly text: string }> {
  const read = readConfiguration(CONFIGURATION_PATH, configuration);
  assert.ok(read.ok);
  const world = { ...memoryWorld(files, parsers), configuration: read.configuration };
  const result = await generateGhActionsPipeline.run(world, quietRun({ existing: 'beside' }));
  return {
    result,
    text: result.files
      .filter(({ path }) => path.startsWith('.github/workflows/'))
      .map(({ after }) => after)
      .join('\n'),
  };
}

const SERVICE = {
  'package.json':
    '{"name":"quotes","version":"1.0.0","private":true,"scripts":{"start":"node .","test":"node --test"}}',
  'package-lock.json': '{"name":"quotes","lockfileVersion":3}',
};

const CLUSTER_WORKFLOW = [
  'on: { push: { branches: [main] } }',
  'jobs:',
  '  deploy:',
  '    runs-on: ubuntu-24.04',
  '    environment: production',
  '    steps:',
  '      - run: kubectl set image deployment/quotes web=ghcr.io/larkmoor/quotes:1 -n quotes',
  '',
].join('\n');

describe('a pipeline for what the profile was told', () => {
  it('deploys by no file that only might mean a platform, and says how to say that it does', async () => {
    const { result, text } = await generate({ ...SERVICE, Procfile: 'web: node .\n' });
    assert.doesNotMatch(text, /heroku (?:rollback|container|releases)/i);
    assert.ok(
      result.notes.some((note) => /^Procfile may mean a deployment on heroku/.test(note)),
      result.notes.join('\n'),
    );
  });

  it('applies no workflow as if it were a manifest', async () => {
    const { text } = await generate({ ...SERVICE, '.github/workflows/old.yml': CLUSTER_WORKFLOW });
    assert.doesNotMatch(text, /kubectl apply[^\n]*\.github\/workflows/);
    assert.match(
      text,
      /UNKNOWN\(what is deployed on Kubernetes: only \.github\/workflows\/old\.yml says that it is\)/,
    );
  });

  it('goes by the corrections of the configuration', async () => {
    const files = { ...SERVICE, 'scripts/deploy.sh': '#!/bin/bash\necho "$1"\n' };
    const none = await generate(files, 'profile: { deploy: none }\n');
    assert.doesNotMatch(none.text, /scripts\/deploy\.sh/);
    const told = await generate(
      files,
      'profile:\n  stacks: { package.json: { commands: { unit: npm run quick } } }\n  deploy: { command: make ship }\n',
    );
    assert.match(told.text, /run: npm run quick\n/);
    assert.match(told.text, /make ship/);
    assert.doesNotMatch(told.text, /run: npm test\n/);
  });
});
