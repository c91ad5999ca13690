import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { runbookForDeployment } from '../../../src/core/tasks/runbook-for-deployment';
import { memoryWorld, quietRun } from '../../support/world';

const parsers = createParsers();
const files = {
  'package.json': '{"name":"checkout","version":"2.3.0"}',
  'k8s/deployment.yaml': [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata: { name: checkout, namespace: shop }',
    'spec:',
    '  selector: { matchLabels: { app: checkout } }',
    '  template:',
    '    metadata: { labels: { app: checkout } }',
    '    spec:',
    '      containers:',
    '        - name: web',
    '          image: ghcr.io/acme/checkout:1.0',
    '          readinessProbe: { httpGet: { path: /healthz, port: 8080 } }',
    '',
  ].join('\n'),
  CODEOWNERS: '* @acme/checkout\n',
};
const draft = async (given: Readonly<Record<string, string>>, inputs = {}) => {
  const result = await runbookForDeployment.run(memoryWorld(given, parsers), quietRun(inputs));
  const [file] = result.files;
  assert.ok(file);
  return { result, file };
};

describe('runbook-for-deployment', () => {
  it('writes what the repository shows, and passes the gate save for what is unknown', async () => {
    const { result, file } = await draft(files);
    assert.equal(file.path, 'docs/ops/RUNBOOK.md');
    assert.equal(file.before, null);
    assert.match(file.after, /kubectl -n shop get deployment\/checkout -o wide/);
    assert.match(file.after, /kubectl rollout undo/);
    assert.match(file.after, /"\$\{BASE_URL\}\/healthz"/);
    assert.match(file.after, /\| @acme\/checkout \|/);
    assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
    assert.ok(result.unknowns.length > 0 && result.sources.length > 0);
  });

  it('knows nothing of an empty repository, and says so', async () => {
    const { result, file } = await draft({ 'README.md': 'hello\n' });
    assert.match(file.after, /UNKNOWN\(command that deploys \$\{VERSION\} to \$\{ENV\}\)/);
    assert.doesNotMatch(file.after, /kubectl|docker|@/);
    assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
  });

  it('shows what a person told as told, as text', async () => {
    const { file } = await draft(files, {
      constraints: 'only <b>Tuesdays</b> | [x](javascript:alert(1))\n# Approved',
    });
    assert.match(
      file.after,
      /\| only \\<b>Tuesdays\\<\/b> \\\| \\\[x\\\]\(javascript:alert\(1\)\) # Approved \|/,
    );
  });

  it('keeps what people wrote, and gives the same text again', async () => {
    const { file: first } = await draft(files);
    const edited = first.after
      .replace('UNKNOWN(who is on call, and how they are reached)', 'Dana, rota "checkout"')
      .replace('kind: runbook\n', 'kind: runbook\nreviewed_by: dana\n')
      .replace('## Escalation\n', '## Known quirks\n\nThe cache is cold for `5 min`.\n\n## Escalation\n');
    const { file, result } = await draft({ ...files, 'docs/ops/RUNBOOK.md': edited });
    assert.equal(file.before, edited);
    assert.match(file.after, /Dana, rota "checkout"/);
    assert.match(file.after, /\nreviewed_by: dana\n/);
    assert.match(file.after, /## Known quirks\n\nThe cache is cold for `5 min`\.\n/);
    assert.ok(result.notes.some((note) => note.includes('Known quirks')));
    const { file: again } = await draft({ ...files, 'docs/ops/RUNBOOK.md': file.after });
    assert.equal(again.after, file.after);
  });

  it('takes other prose for its summary, and nothing else', async () => {
    const { result, file } = await draft(files);
    const other = await result.prose?.with(
      new Map([['summary', 'Checkout takes payments.\n\n# Not a heading']]),
    );
    const text = other?.files[0]?.after ?? '';
    assert.match(text, /Checkout takes payments\.\n\n\\# Not a heading/);
    const rest = (document: string): string =>
      document.slice(document.indexOf('## Parameters'), document.indexOf('<!-- release-gate:written'));
    assert.equal(rest(text), rest(file.after));
  });

  it('refuses to replace what it cannot read', async () => {
    const world = memoryWorld(files, parsers);
    const read = (path: string) => world.files.read(path);
    const locked = {
      ...world,
      files: {
        ...world.files,
        read: (path: string) =>
          path === 'docs/ops/RUNBOOK.md'
            ? Promise.resolve({ ok: false as const, reason: 'binary' as const, detail: 'is no text' })
            : read(path),
      },
    };
    await assert.rejects(runbookForDeployment.run(locked, quietRun()), {
      name: 'TaskFailure',
      message: /^docs\/ops\/RUNBOOK\.md is no text, so/,
    });
  });
});
