import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createParsers } from '../../../src/adapters/parsers';
import { extractReusableWorkflows } from '../../../src/core/tasks/extract-reusable-workflows';
import { TaskFailure } from '../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../support/world';

const FOLDER = '.github/workflows';
const parsers = createParsers();
const shop = path.join(__dirname, '../../fixtures/pipeline/extract/shop', FOLDER);

describe('extractReusableWorkflows', () => {
  it('proposes the new workflows and their callers, and tells what changes', async () => {
    const files = Object.fromEntries(
      readdirSync(shop).map((name) => [`${FOLDER}/${name}`, readFileSync(path.join(shop, name), 'utf8')]),
    );
    const result = await extractReusableWorkflows.run(
      memoryWorld({ ...files, [`${FOLDER}/broken.yml`]: 'jobs: [' }, parsers),
      quietRun(),
    );
    assert.deepEqual(
      result.files.map((file) => [file.path, file.before === null]),
      [
        [`${FOLDER}/reusable-build.yml`, true],
        [`${FOLDER}/reusable-test.yml`, true],
        [`${FOLDER}/reusable-deploy.yml`, true],
        [`${FOLDER}/deploy-production.yml`, false],
        [`${FOLDER}/deploy-staging.yml`, false],
      ],
    );
    assert.match(result.summary, /^6 jobs repeat and become 3 workflows/);
    assert.equal(result.sources.length, 6);
    assert.ok(result.sources.every((source) => source.kind === 'file' && source.range !== null));
    const notes = result.notes.join('\n');
    assert.match(notes, /"<caller> \/ deploy"/);
    assert.match(notes, /broken\.yml was left alone, since it cannot be read \(line 1\)/);
    assert.match(notes, /environment, whose secrets win/);
    assert.ok(result.findings.every((finding) => finding.rule !== 'unreadable-file'));
    assert.equal(result.manualSteps[0]?.title, 'Adjust required checks');
  });

  it('says so where nothing repeats', async () => {
    for (const files of [
      {},
      { [`${FOLDER}/ci.yml`]: 'on: push\njobs: { a: { runs-on: x, steps: [{ run: a }, { run: b }] } }\n' },
      { [`${FOLDER}/bad.yml`]: 'jobs: [' },
    ]) {
      await assert.rejects(
        extractReusableWorkflows.run(memoryWorld(files, parsers), quietRun()),
        TaskFailure,
      );
    }
  });
});
