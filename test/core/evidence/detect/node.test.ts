import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { told } from '../../../support/told-profile';

describe('outputs of Node builds', () => {
  it('stand where the framework that serves them has Vite write', async () => {
    const outputs = async (plugin: string): Promise<readonly string[] | undefined> => {
      const manifest = { scripts: { build: 'vite build' }, devDependencies: { vite: '^6', [plugin]: '^1' } };
      return (await profileOf({ 'package.json': JSON.stringify(manifest) })).stacks[0]?.outputs?.map(told);
    };
    assert.deepEqual(await outputs('laravel-vite-plugin'), ['public/build @ package.json:1']);
    assert.deepEqual(await outputs('vite-plugin-ruby'), ['public/vite @ package.json:1']);
    assert.deepEqual(await outputs('vite-plugin-pwa'), ['dist @ package.json:1']);
  });

  it('stand where the script has a bundler write, as a folder or as a file in one', async () => {
    const outputs = async (build: string): Promise<readonly string[] | undefined> =>
      (await profileOf({ 'package.json': JSON.stringify({ scripts: { build } }) })).stacks[0]?.outputs?.map(
        told,
      );
    assert.deepEqual(await outputs('esbuild src/handler.ts --bundle --outfile=dist/handler.js'), [
      'dist @ package.json:1',
    ]);
    assert.deepEqual(await outputs('esbuild src/*.ts --bundle --outdir=out/functions'), [
      'out/functions @ package.json:1',
    ]);
    assert.deepEqual(await outputs('rollup src/index.js -o build/cjs/index.js && echo done'), [
      'build/cjs @ package.json:1',
    ]);
    assert.equal(await outputs('docker build --file docker/Dockerfile .'), undefined);
    // A file beside the sources is no folder that could be handed on, and one outside is refused.
    assert.equal(await outputs('esbuild src/handler.ts --bundle --outfile=handler.js'), undefined);
    assert.equal(await outputs('esbuild src/handler.ts --bundle --outfile=../dist/handler.js'), undefined);
  });
});
