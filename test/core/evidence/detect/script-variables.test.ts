import assert from 'node:assert/strict';
import { reachesHosts, requiredVariables } from '../../../../src/core/evidence/detect/script-variables';

function required(...lines: readonly string[]): string[] {
  return requiredVariables('bin/deploy.sh', ['#!/usr/bin/env bash', ...lines, ''].join('\n'), (name) =>
    ['VERSION'].includes(name),
  ).map(({ value }) => `${value.isSecret ? 'secret' : 'variable'} ${value.name}: ${value.purpose}`);
}

describe('variables that a script takes from its environment', () => {
  it('are those that it ends without', () => {
    assert.deepEqual(
      required(
        'set -euo pipefail',
        ': "${DEPLOY_HOST:?the server, as user@name}"',
        'RELEASE="$VERSION"',
        'for NODE in a b; do echo "$NODE $RELEASE"; done',
        'curl --header "Authorization: $DEPLOY_TOKEN" "$HOOK" "${REGION:-eu}" "$HOME" "$GITHUB_SHA"',
      ),
      [
        'variable DEPLOY_HOST: the server, as user@name',
        'secret DEPLOY_TOKEN: what bin/deploy.sh takes from its environment',
        'variable HOOK: what bin/deploy.sh takes from its environment',
      ],
    );
  });

  it('are not those that may be empty, that another shell fills in, or that another file may set', () => {
    assert.deepEqual(required('echo "$COLOUR"'), []);
    assert.deepEqual(required('set -u', "ssh web 'echo $STAGE'"), []);
    assert.deepEqual(required('set -u', '. ./settings.sh', 'echo "$STAGE"'), []);
    assert.deepEqual(required('set -u', "ssh web '", '  echo $STAGE', "'"), []);
    assert.deepEqual(required('set -u', "ssh web <<'END'", 'echo $STAGE', 'END'), []);
    assert.deepEqual(required('set -u', '# needs $STAGE', '[ -n "${STAGE+x}" ] && echo "$STAGE"'), []);
  });
});

describe('scripts that reach hosts', () => {
  const reaches = (text: string): boolean => reachesHosts('deploy.sh', text) !== null;

  it('call ssh, or copy with it, and leave the key to their surroundings', () => {
    assert.ok(reaches('ssh "$DEPLOY_HOST" mkdir -p /srv\n'));
    assert.ok(reaches('rsync --archive ./ "${DEPLOY_HOST}:/srv/"\n'));
    assert.ok(!reaches('rsync --archive ./ /srv/app/\n'));
    assert.ok(!reaches('ssh -i key.pem web uptime\n'));
    assert.ok(!reaches('echo "then ssh to the host"\n'));
  });
});
