import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createParsers } from '../src/adapters/parsers';
import { checkInputOf, checkRepository } from '../src/core/gate/check';
import { CONFIGURATION_PATH } from '../src/core/gate/configuration';
import { openConfiguration } from '../src/core/gate/open-configuration';
import { generateGhActionsPipeline } from '../src/core/tasks/generate-gh-actions-pipeline';
import { remoteHistory } from './support/generated-pipeline';
import { memoryWorld, quietRun } from './support/world';

const ROOT = join(__dirname, '..');
/** What the profile is told from below the root; a test that fails here has forgotten one. */
const READ = [CONFIGURATION_PATH, 'scripts/package.mjs', 'test/host/scripted-model/package.json'];
const WORKFLOWS = join(ROOT, '.github', 'workflows');

describe("the project's own workflows", () => {
  it('are what its generator makes of it, and pass its gate', async () => {
    const files: Record<string, string> = {};
    const names = readdirSync(WORKFLOWS);
    for (const name of names)
      files[`.github/workflows/${name}`] = readFileSync(join(WORKFLOWS, name), 'utf8');
    for (const path of [...READ, ...readdirSync(ROOT).filter((name) => /\.(json|mjs|yml)$/.test(name))])
      files[path] = readFileSync(join(ROOT, path), 'utf8');
    const plain = memoryWorld(files, createParsers());
    const opened = await openConfiguration(plain.files, CONFIGURATION_PATH, { isRequired: true });
    assert.ok(opened.ok);
    const world = {
      ...plain,
      configuration: opened.configuration,
      history: remoteHistory('https://github.com/sample/release-gate'),
    };
    const result = await generateGhActionsPipeline.run(world, quietRun({}));
    assert.deepEqual(
      result.files.filter((file) => file.path.startsWith('.github/')).map((file) => file.path),
      [],
      'release-gate generate --write makes them anew',
    );
    const report = await checkRepository(checkInputOf(world));
    assert.deepEqual(
      report.findings
        .filter(({ severity }) => severity !== 'info')
        .map(({ rule, message }) => `${rule} ${message}`),
      [],
    );
  });
});
