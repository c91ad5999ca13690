import assert from 'node:assert/strict';
import { markedHtml } from '../../../src/vscode/preview/markdown-plugin';

describe('placeholders in the Markdown preview of VS Code', () => {
  it('are marked between tags, and nothing else is touched', () => {
    assert.equal(
      markedHtml(
        '<pre title="UNKNOWN(a)"><code>curl UNKNOWN(the &quot;host&quot; (by name)) | jq</code></pre>',
      ),
      '<pre title="UNKNOWN(a)"><code>curl <mark class="release-gate-placeholder">UNKNOWN(the &quot;host&quot; (by name))</mark> | jq</code></pre>',
    );
    for (const html of [
      '<code>UNKNOWN</code>',
      '<code>UNKNOWN(never closed</code>',
      '<code>MY_UNKNOWN(a)</code>',
    ]) {
      assert.equal(markedHtml(html), html);
    }
  });
});
