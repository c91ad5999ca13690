import assert from 'node:assert/strict';
import { waiverComment } from '../../../src/vscode/gate/waiver-comment';

const at = (line: number, path = '.github/workflows/deploy.yml') => ({
  path,
  rule: 'no-deploy-timeout',
  range: { start: { line, column: 1 }, end: { line, column: 2 } },
});

function inserted(text: string, finding: Parameters<typeof waiverComment>[1]): string {
  const { offset, before, after } = waiverComment(text, finding);
  return `${text.slice(0, offset)}${before}REASON${after}${text.slice(offset)}`;
}

describe('the comment of a waiver', () => {
  const workflow = [
    'on: push',
    'jobs:',
    '  deploy:',
    '    steps:',
    '      - name: Deploy',
    '        run: |',
    '          make build',
    '          make deploy',
    '',
  ];

  it('stands above the line, indented like it', () => {
    const result = inserted(workflow.join('\n'), at(3)).split('\n');
    assert.deepEqual(result.slice(1, 4), [
      'jobs:',
      '  # release-gate: ignore[no-deploy-timeout] REASON',
      '  deploy:',
    ]);
  });

  it('stands above the key that holds a script, never inside the script', () => {
    const result = inserted(workflow.join('\n'), at(8)).split('\n');
    assert.deepEqual(result.slice(4, 7), [
      '      - name: Deploy',
      '        # release-gate: ignore[no-deploy-timeout] REASON',
      '        run: |',
    ]);
  });

  it('keeps Windows line ends, and stands at the top for a finding about the file', () => {
    const result = inserted(workflow.join('\r\n'), { ...at(1), range: null });
    assert.ok(result.startsWith('# release-gate: ignore[no-deploy-timeout] REASON\r\non: push\r\n'));
  });

  it('stands below the heading of its section in a document, not in a table or a fence', () => {
    const text =
      '---\nkind: runbook\n---\n\n# Runbook\n\n```sh\n# not a heading\n```\n\n## Steps\n\n| a |\n| - |\n| b |\n';
    const result = inserted(text, at(15, 'docs/ops/RUNBOOK.md'));
    assert.ok(
      result.includes('## Steps\n<!-- release-gate: ignore[no-deploy-timeout] REASON -->\n\n\n| a |'),
      result,
    );
    const inFence = inserted(text, at(8, 'docs/ops/RUNBOOK.md'));
    assert.ok(inFence.includes('# Runbook\n<!-- release-gate'), inFence);
    const whole = inserted(text, { ...at(1, 'docs/ops/RUNBOOK.md'), range: null });
    assert.ok(whole.startsWith('---\nkind: runbook\n---\n<!-- release-gate'), whole);
  });
});
