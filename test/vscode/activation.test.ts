import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(__dirname, '..', '..');

describe('what activation loads', () => {
  it('is the face alone: no package, and of the engine only what needs none', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: ['src/vscode/extension.ts'],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      external: ['vscode'],
      mainFields: ['main', 'module'],
      loader: { '.hbs': 'text', '.md': 'text' },
      logLevel: 'silent',
    });
    // Dynamic imports are what waits until somebody asks.
    const loaded = new Set<string>();
    const visit = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const each of metafile.inputs[file]?.imports ?? []) {
        if (!each.external && each.kind !== 'dynamic-import') visit(each.path);
      }
    };
    visit('src/vscode/extension.ts');
    assert.ok(loaded.has('src/vscode/chat/participant.ts'), 'the graph was not read');
    const allowed =
      /^src\/(vscode\/|core\/text\/|core\/tasks\/(model-tools|task)\.ts|core\/documents\/markdown\/placeholders\.ts)/;
    assert.deepEqual(
      [...loaded].filter((file) => !allowed.test(file)),
      [],
    );
  });
});
