import assert from 'node:assert/strict';
import { fileTreeOf } from '../../../src/vscode/chat/file-tree';

describe('the file tree of a reply', () => {
  it('puts files below their folders, in order', () => {
    assert.deepEqual(
      fileTreeOf(['docs/ops/RUNBOOK.md', '.github/workflows/ci.yml', 'docs/release/PLAN.md', 'a.md']),
      [
        {
          name: 'docs',
          children: [
            { name: 'ops', children: [{ name: 'RUNBOOK.md' }] },
            { name: 'release', children: [{ name: 'PLAN.md' }] },
          ],
        },
        { name: '.github', children: [{ name: 'workflows', children: [{ name: 'ci.yml' }] }] },
        { name: 'a.md' },
      ],
    );
    assert.deepEqual(fileTreeOf([]), []);
  });
});
