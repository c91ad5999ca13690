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
});
