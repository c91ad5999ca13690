import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { EscalationRequest } from '../../../../src/core/documents/escalation-request/escalation-request';
import type { IncidentUpdate } from '../../../../src/core/documents/incident-update/incident-update';
import type { ReleaseRequest } from '../../../../src/core/documents/release-request/release-request';
import { documents, taskById } from '../../../../src/core/tasks/index';
import type { TaskResult } from '../../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

const leaking = [
  'on: { push: { branches: [main] } }',
  'jobs:',
  '  deploy:',
  '    runs-on: ubuntu-latest',
  '    environment: production',
  '    steps:',
  '      - run: |',
  '          echo "${{ secrets.DEPLOY_TOKEN }}" | base64',
  '          kubectl apply -f k8s',
  '',
].join('\n');

async function run(
  id: string,
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  const task = taskById(id);
  assert.ok(task);
  return task.run(memoryWorld(files, parsers), quietRun(inputs));
}

describe('the documents of an incident', () => {
  it('are offered with all the others', () => {
    const kinds = documents.map(({ kind }) => kind);
    for (const kind of [
      'incident-update',
      'escalation-request',
      'incident-report',
      'release-request',
      'issue-forms',
    ])
      assert.ok(kinds.includes(kind), kind);
  });

  it('take what a person says as told, and nothing else for a fact', async () => {
    const result = await run(
      'incident-update',
      { 'README.md': 'x\n' },
      { incident: 'Checkout answers 502', what_happened: '40 % of requests fail', severity: 'SEV2' },
    );
    const [file] = result.files;
    assert.equal(file?.path, 'docs/ops/incidents/UPDATE_checkout-answers-502_2026-11-21T1000Z.md');
    const update = result.data as IncidentUpdate;
    assert.deepEqual(update.facts, [
      { time: '2026-11-21T10:00Z', fact: '40 % of requests fail', source: 'told by a person' },
    ]);
    assert.equal(update.severity, 'SEV2');
    assert.match(update.expectedResolution, /^UNKNOWN\(/);
  });

  it('say which reasons to escalate the engine sees, and which a person raises', async () => {
    const result = await run('escalation-request', { '.github/workflows/deploy.yml': leaking });
    const { signals } = result.data as EscalationRequest;
    const stateOf = (words: string) => signals.find(({ condition }) => condition.includes(words));
    assert.equal(stateOf('a secret was exposed')?.state, 'raised');
    assert.match(
      stateOf('a secret was exposed')?.evidence ?? '',
      /secret-in-log at \.github\/workflows\/deploy\.yml:8/,
    );
    assert.equal(stateOf('what it costs')?.state, "a person's to raise");
    assert.equal(stateOf('drifted')?.state, 'not known');
    const quiet = await run('escalation-request', { 'README.md': 'x\n' });
    const { signals: none } = quiet.data as EscalationRequest;
    assert.equal(none.find(({ condition }) => condition.includes('a secret was exposed'))?.state, 'not seen');
  });

  it('judge the conditions of a release that is named', async () => {
    const result = await run('escalation-request', { 'README.md': 'x\n' }, { version: '2.4.0' });
    const { signals } = result.data as EscalationRequest;
    const audit = signals.find(({ condition }) => condition.includes('who deployed what'));
    assert.ok(audit && audit.state !== 'not seen', JSON.stringify(audit));
  });

  it('ask for a release in the words of its form', async () => {
    const result = await run('release-request', { 'README.md': 'x\n' }, { version: "2.4.0'; rm -rf" });
    const request = result.data as ReleaseRequest;
    assert.equal(request.version, "2.4.0'; rm -rf");
    assert.match(request.rollbackPlan, /UNKNOWN\(the version that is gone back to\)/);
    const [step] = result.manualSteps;
    assert.match(step?.command ?? '', /^gh issue create --title 'Release: 2\.4\.0'\\''; rm -rf' /);
  });

  it('set up the two forms, and nothing where they stand', async () => {
    const first = await run('issue-forms', {});
    assert.deepEqual(
      first.files.map(({ path }) => path),
      ['.github/ISSUE_TEMPLATE/07-release-request.yml', '.github/ISSUE_TEMPLATE/08-incident-report.yml'],
    );
    const files = Object.fromEntries(first.files.map(({ path, after }) => [path, after]));
    const again = await run('issue-forms', files);
    assert.ok(again.files.every(({ before, after }) => before === after));
  });
});
