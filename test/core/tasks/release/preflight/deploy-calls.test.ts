import assert from 'node:assert/strict';
import { createParsers } from '../../../../../src/adapters/parsers';
import { defaultRelease, type ReleaseSettings } from '../../../../../src/core/evidence/release-settings';
import {
  readDeployCalls,
  type DeployCalls,
} from '../../../../../src/core/tasks/release/preflight/deploy-calls';
import { memoryFiles } from '../../../../support/world';

const SCRIPT = 'scripts/deploy.sh';

function callsOf(
  text: string,
  deploy: Partial<ReleaseSettings['deploy']> = {},
  parts: Partial<ReleaseSettings> = {},
): Promise<DeployCalls> {
  const settings = { ...defaultRelease, ...parts, deploy: { ...defaultRelease.deploy, ...deploy } };
  return readDeployCalls(
    { files: memoryFiles({ [SCRIPT]: text }), parsers: createParsers() },
    SCRIPT,
    settings,
    'production',
  );
}

const ORDERS = `#!/bin/sh
set -eu
case "\${1:-}" in
  --rollback)
    target=\${2:?which version}
    platform rollback "$target"
    ;;
  '' | -*) echo usage >&2; exit 64 ;;
  *)
    version=$1
    shift
    share=100%
    while [ $# -gt 0 ]; do
      case "$1" in
        --canary) share=\${2:?which share}; shift 2 ;;
        --rolling) shift ;;
        *) exit 64 ;;
      esac
    done
    platform deploy "$version" "$share"
    ;;
esac
`;

describe('the calls of a deploy script', () => {
  it('are followed through its branches', async () => {
    const calls = await callsOf(ORDERS, { arguments: ['{version}'] });
    assert.equal(calls.forward.outcome, 'handled');
    assert.equal(calls.back.outcome, 'handled');
    assert.match(calls.back.why, /platform rollback \{target\}/);
    assert.deepEqual(calls.strategies, ['all-at-once', 'canary', 'manual']);
    assert.match(calls.refused.rolling ?? '', /takes --rolling and does what it does without it/);
    assert.match(calls.refused['blue-green'] ?? '', /does nothing when it is called with --blue-green/);
    assert.deepEqual(
      [calls.rollbackArguments, calls.rollbackArgumentsFrom],
      [['--rollback', '{target}'], 'default'],
    );
  });

  it('say when the configured arguments do nothing', async () => {
    const calls = await callsOf(ORDERS);
    assert.equal(calls.forward.outcome, 'not-handled');
    assert.match(
      calls.forward.why,
      /does nothing when it is called with no arguments, and does something with "\{version\}"/,
    );
  });

  it('offer what a person configured', async () => {
    const calls = await callsOf(
      ORDERS,
      { arguments: ['{version}'] },
      { strategies: { 'blue-green': [{ name: 'switch', arguments: ['--slot', 'green'], watchMs: 0 }] } },
    );
    assert.ok(calls.strategies.includes('blue-green'));
  });

  it('take the arguments that go back from the script where it asks for others', async () => {
    const calls = await callsOf(
      '#!/bin/sh\ncase "$1" in\n  rollback) helm rollback orders --namespace "$2" ;;\n  *) helm upgrade orders ./chart --namespace "$1" ;;\nesac\n',
      { arguments: ['{environment}'] },
    );
    assert.equal(calls.rollback.kind, 'handled');
    assert.equal(calls.rollbackArgumentsFrom, 'script');
    assert.equal(calls.rollbackArguments[0], 'rollback');
    assert.equal(calls.back.outcome, 'handled');
  });

  it('do not go back by a branch that does nothing, or the same', async () => {
    const nothing = await callsOf(
      '#!/bin/sh\nif [ "$1" = --rollback ]; then echo "going back"; exit 0; fi\nkubectl apply -f k8s\n',
    );
    assert.equal(nothing.back.outcome, 'not-handled');
    const same = await callsOf('#!/bin/sh\nkubectl apply -f k8s\n');
    assert.equal(same.back.outcome, 'not-handled');
    assert.match(same.refused.canary ?? '', /has no branch for --canary/);
    assert.deepEqual(same.strategies, ['all-at-once', 'manual']);
  });

  it('are not known of a program in another language', async () => {
    const calls = await callsOf('#!/usr/bin/env python3\nimport sys\n');
    assert.equal(calls.forward.outcome, 'unread');
    assert.deepEqual(calls.strategies, ['all-at-once', 'manual']);
    assert.match(calls.refused.canary ?? '', /not known/);
  });

  it('are not told by a word that is only passed on', async () => {
    const calls = await callsOf('#!/bin/sh\nset -eu\nkubectl --context "orders-$1" apply -f k8s\n', {
      arguments: ['{environment}'],
    });
    assert.equal(calls.back.outcome, 'not-handled');
    assert.deepEqual(calls.strategies, ['all-at-once', 'manual']);
    assert.equal(calls.forward.misses, undefined);
    const without = await callsOf('#!/bin/sh\nset -eu\nkubectl --context "orders-$1" apply -f k8s\n');
    assert.match(without.forward.misses ?? '', /uses a further argument/);
    assert.equal(without.back.outcome, 'not-handled');
    assert.deepEqual(without.strategies, ['all-at-once', 'manual']);
  });
});
