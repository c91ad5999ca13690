import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { documentKindOf } from '../../../../src/core/documents/index';
import { DOCUMENT_TASK_IDS } from '../../../../src/core/documents/document-task-ids';
import { documentTasks } from '../../../../src/core/tasks/documents/index';
import { TaskFailure, type Task, type TaskResult } from '../../../../src/core/tasks/task';
import { sampleNames, sampleRepository } from '../../../support/sample-repository';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

/** Null where the document says that it has nothing to be about here. */
async function written(task: Task, files: Readonly<Record<string, string>>): Promise<TaskResult | null> {
  try {
    return await task.run(memoryWorld(files, parsers), quietRun());
  } catch (error) {
    assert.ok(error instanceof TaskFailure, String(error));
    assert.match(error.message, /\.$/);
    return null;
  }
}

const repositories: readonly [string, Readonly<Record<string, string>>][] = [
  ['an empty repository', { 'README.md': 'hello\n' }],
  ...sampleNames().map((name): [string, Record<string, string>] => [name, sampleRepository(name)]),
];

describe('every document', () => {
  it('has one task, listed in the order of the ids', () => {
    assert.deepEqual(
      documentTasks.map(({ id }) => id),
      [...DOCUMENT_TASK_IDS],
    );
    for (const { id } of documentTasks) assert.ok(documentKindOf(id), `no kind ${id}`);
  });

  for (const task of documentTasks) {
    it(`${task.id} is clean under its rules but for what is unknown, and the same when it is made anew`, async () => {
      for (const [name, files] of repositories) {
        const result = await written(task, files);
        if (!result) continue;
        const [file, ...others] = result.files;
        assert.ok(file && others.length === 0, name);
        assert.ok(
          task.writes.some((folder) => file.path.startsWith(`${folder}/`) || file.path === folder),
          `${file.path} is not under ${task.writes.join(', ')}`,
        );
        const faults = result.findings.filter(({ rule }) => rule !== 'unresolved-placeholder');
        assert.deepEqual(
          faults.map(({ rule, message, range }) => `${name}:${range?.start.line ?? 0} ${rule}: ${message}`),
          [],
        );
        const kind = documentKindOf(task.id);
        assert.ok(kind?.recognises(file.path, { kind: task.id }) === true, file.path);
        if (kind.isSealed) {
          assert.equal(await written(task, { ...files, [file.path]: file.after }), null, name);
          continue;
        }
        const again = await written(task, { ...files, [file.path]: file.after });
        assert.equal(again?.files[0]?.after, file.after, `${name}: made anew it differs`);
        // An answer may be open and not marked as unknown.
        if (!/\| unknown \|/.test(file.after)) continue;
        const filled = file.after.replace(/UNKNOWN\((?:[^()]|\([^()]*\))*\)/g, 'answered');
        const answered = await written(task, { ...files, [file.path]: filled });
        if (!/\| unknown \|/.test(answered?.files[0]?.after ?? '')) continue;
        assert.doesNotMatch(answered?.summary ?? '', /Nothing in it is unknown/, name);
      }
    }).timeout(60_000);
  }
});
