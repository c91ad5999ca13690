import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createParsers } from '../../../../src/adapters/parsers';
import { documentTasks } from '../../../../src/core/tasks/documents/index';
import { TaskFailure, type Task, type TaskResult } from '../../../../src/core/tasks/task';
import { sampleNames, sampleRepository } from '../../../support/sample-repository';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();
const PATH = 'docs/templates/own.hbs';

function taskOf(id: string): Task {
  const task = documentTasks.find((each) => each.id === id);
  assert.ok(task);
  return task;
}

function builtIn(id: string): string {
  return readFileSync(`src/core/documents/${id}/template.hbs`, 'utf8');
}

function written(
  id: string,
  template: string | null,
  files: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  const [name = ''] = sampleNames();
  const repository = {
    ...sampleRepository(name),
    ...files,
    ...(template === null ? {} : { [PATH]: template }),
  };
  const documentTemplates = new Map([[id, PATH]]);
  return taskOf(id).run(memoryWorld(repository, parsers, { documentTemplates }), quietRun());
}

async function failureOf(template: string | null): Promise<string> {
  try {
    await written('environment-matrix', template);
  } catch (error) {
    assert.ok(error instanceof TaskFailure, String(error));
    return error.message;
  }
  assert.fail('it was written');
}

describe('a document by the template of its repository', () => {
  const own = `${builtIn('environment-matrix').replace('# Environment matrix:', '# Where we run:')}
## House rules

Ask in #platform before you change {{text service}}.
`;

  it('is written by it, says so, and stays the same when it is made anew', async () => {
    const result = await written('environment-matrix', own);
    const [file] = result.files;
    assert.ok(file);
    assert.match(file.after, /^# Where we run: /m);
    assert.match(file.after, /^Ask in #platform before you change \S/m);
    assert.deepEqual(result.sources[0], { kind: 'file', path: PATH, range: null });
    assert.equal(result.notes[0], `It is written by the template ${PATH} of this repository.`);
    assert.deepEqual(
      result.findings.filter(({ rule }) => rule !== 'unresolved-placeholder'),
      [],
    );
    const again = await written('environment-matrix', own, { [file.path]: file.after });
    assert.equal(again.files[0]?.after, file.after);
    const edited = file.after.replace('Ask in #platform', 'Never ask');
    const kept = await written('environment-matrix', own, { [file.path]: edited });
    assert.match(kept.files[0]?.after ?? '', /^Never ask/m);
  });

  it('is the built-in one for another kind', async () => {
    const result = await taskOf('environment-matrix').run(
      memoryWorld({ 'README.md': 'hello\n', [PATH]: 'x' }, parsers, {
        documentTemplates: new Map([['release-notes', PATH]]),
      }),
      quietRun(),
    );
    assert.match(result.files[0]?.after ?? '', /^# Environment matrix: /m);
  });

  it('is not written where the template lacks, loses or breaks something', async () => {
    const next =
      / Mend it, or take documents\.templates\.environment-matrix out of the configuration to write by the built-in template\.$/;
    const lacking = await failureOf(own.replace(/## Feature flags\n[^#]*/, ''));
    assert.match(
      lacking,
      new RegExp(`^The template ${PATH} does not fit the kind "environment-matrix": it `),
    );
    assert.match(lacking, /it loses flags, written as \{\{table flags "/);
    assert.match(lacking, next);
    const tag = await failureOf(own.replace('{{prose summary}}', '{{lookup this "__proto__"}}'));
    assert.match(tag, /: line 10: there is no helper "lookup"; the helpers are /);
    assert.match(await failureOf('{{#each'), /: line 1: /);
    assert.match(await failureOf(null), /^The template \S+ does not exist\. Mend it/);
  });

  it('is refused where a template makes more of it than anybody reads', async () => {
    const many = `${own}\n${'{{text service}}'.repeat(400)}\n`;
    const named = (name: string): Promise<TaskResult> =>
      taskOf('environment-matrix').run(
        memoryWorld({ 'package.json': JSON.stringify({ name }), [PATH]: many }, parsers, {
          documentTemplates: new Map([['environment-matrix', PATH]]),
        }),
        quietRun(),
      );
    assert.equal((await named('orders')).files.length, 1);
    await assert.rejects(
      named('x'.repeat(5_000)),
      (error) => error instanceof TaskFailure && /more than 1000000 characters\. Mend it/.test(error.message),
    );
  });
});
