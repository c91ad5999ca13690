import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { readRollbackScript, readScriptRollback } from '../../../src/core/change/deploy-script';
import type { ShellParser } from '../../../src/core/ports';

describe('whether a deploy script goes back', () => {
  let shell: ShellParser;
  before(async () => {
    shell = await createParsers().shell();
  });

  const HANDLED: Readonly<Record<string, string>> = {
    'a case':
      'case "$1" in\n  --rollback|-r) kubectl rollout undo deploy/x ;;\n  *) kubectl apply -f k8s ;;\nesac\n',
    'a case that remembers': [
      'MODE=deploy',
      'while [ $# -gt 0 ]; do case $1 in --rollback) MODE=rollback; shift;; *) shift;; esac; done',
      'if [ "$MODE" = rollback ]; then helm rollback api; else helm upgrade api .; fi',
    ].join('\n'),
    'a flag variable': [
      'ROLLBACK=false',
      'for a in "$@"; do case "$a" in --rollback) ROLLBACK=true;; esac; done',
      'if $ROLLBACK; then aws ecs update-service --task-definition "$OLD"; fi',
    ].join('\n'),
    'a function':
      'undo() { kubectl rollout undo deploy/x; }\nif [[ "$1" == "--rollback" ]]; then undo; exit; fi',
    'an elif': 'if [ "$1" = deploy ]; then ./up.sh; elif [ "$1" = rollback ]; then ./down.sh; fi',
  };
  for (const [name, script] of Object.entries(HANDLED)) {
    it(`sees ${name}`, () => {
      assert.equal(readScriptRollback(`#!/usr/bin/env bash\n${script}`, shell).kind, 'handled');
    });
  }

  const NOT_HANDLED: Readonly<Record<string, string>> = {
    'a comment': '# supports --rollback\nkubectl apply -f k8s\n',
    'a usage text':
      'usage() { echo "deploy.sh [--rollback]"; }\nif [ -z "$1" ]; then usage; fi\nkubectl apply -f k8s\n',
    'a branch that only talks':
      'case "$1" in --rollback) echo "not implemented yet"; exit 1;; esac\nkubectl apply -f k8s\n',
    'a function that only talks':
      'rollback() { echo soon; }\nif [ "$1" = --rollback ]; then rollback; fi\nkubectl apply -f k8s\n',
    'a negated test': 'if [ "$1" != "--rollback" ]; then kubectl apply -f x; fi\n',
    'a here-document': 'cat <<EOF\ncase "$1" in --rollback) kubectl rollout undo x ;; esac\nEOF\n',
    'an argument of another command': 'helm upgrade api . --rollback-on-failure\n',
  };
  for (const [name, script] of Object.entries(NOT_HANDLED)) {
    it(`is not taken in by ${name}`, () => {
      assert.equal(readScriptRollback(`#!/bin/sh\n${script}`, shell).kind, 'not-handled');
    });
  }

  it('says unknown of what it cannot read', () => {
    assert.deepEqual(readScriptRollback('#!/usr/bin/env python3\nif "--rollback" in argv: undo()\n', shell), {
      kind: 'unread',
      why: 'is no shell script (#!/usr/bin/env python3)',
    });
    assert.equal(readScriptRollback('#!/bin/sh\nif then (( --rollback\n', shell).kind, 'unread');
  });

  it('names the place', () => {
    const found = readScriptRollback('#!/bin/sh\n\ncase $1 in\n  rollback) ./undo.sh ;;\nesac\n', shell);
    assert.deepEqual(found, {
      kind: 'handled',
      range: { start: { line: 4, column: 3 }, end: { line: 4, column: 11 } },
      how: 'rollback: "./undo.sh"',
      asked: { words: [{ is: 'word', text: 'rollback' }], variables: [] },
    });
  });

  it('tells how it is asked, with what stands for environment and version', () => {
    const found = readScriptRollback(
      [
        '#!/bin/sh',
        'set -eu',
        'ENVIRONMENT="${1:?}"',
        'case "$2" in',
        '  --rollback) helm rollback "api-$ENVIRONMENT" ;;',
        '  *) helm upgrade "api-$ENVIRONMENT" . ;;',
        'esac',
        '',
      ].join('\n'),
      shell,
    );
    assert.ok(found.kind === 'handled' && found.asked);
    assert.deepEqual(
      found.asked.words.map((word) => (word.is === 'word' ? word.text : word.is)),
      ['environment', '--rollback'],
    );
  });

  it('takes a script for going back by what it runs', () => {
    assert.equal(readRollbackScript('#!/bin/sh\nset -e\nkubectl rollout undo x\n', shell).kind, 'handled');
    assert.equal(
      readRollbackScript('#!/bin/sh\necho "call the on-call"\nexit 1\n', shell).kind,
      'not-handled',
    );
  });
});
