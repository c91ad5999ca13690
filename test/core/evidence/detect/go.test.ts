import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold } from '../../../support/told-profile';

describe('profile of a Go repository', () => {
  it('takes a module whose programs only work on itself for what others import', async () => {
    const profile = await profileOf({
      'go.mod': 'module example.org/router\n\ngo 1.24\n',
      'router.go': 'package router\n',
      '_examples/rest/main.go': 'package main\n',
      'internal/gen/main.go': 'package main\n',
      'hack/release/main.go': 'package main\n',
    });
    assert.equal(profile.stacks[0]?.isPublished, true);
    assert.equal(profile.stacks[0].commands.build?.[0]?.value, 'go build ./...');
    const tool = await profileOf({ 'go.mod': 'module x\n\ngo 1.24\n', 'cmd/gen/main.go': 'package main\n' });
    assert.equal(tool.stacks[0]?.isPublished, false, 'what stands under cmd is what the module is for');
  });

  it('lints by the action where a target only calls golangci-lint, and by the target where it does more', async () => {
    const files = {
      'go.mod': 'module example.org/router\n\ngo 1.24\n',
      'router.go': 'package router\n',
      '.golangci.yml': '',
    };
    const lint = async (recipe: string): Promise<string[] | undefined> =>
      commandsTold((await profileOf({ ...files, Makefile: `lint:\n\t${recipe}\n` })).stacks[0])['lint'];
    assert.deepEqual(await lint('@golangci-lint run ./...'), ['golangci-lint run @ .golangci.yml']);
    assert.deepEqual(await lint('bin/golangci-lint run && ./scripts/vet.sh'), ['make lint @ Makefile:1']);
  });
});
