import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRuleChecker } from '../../src/adapters/promtool';
import { prometheusProgram } from '../release/world/prometheus';

const RULES =
  'groups:\n  - name: orders\n    rules:\n      - alert: Down\n        expr: up == 0\n        for: 5m\n';

describe('promtool', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'promtool-'));
    before = process.env.PATH;
  });
  afterEach(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Puts a program of that name and nothing else before the PATH's basic programs. */
  const installed = (text: string): void => {
    const file = path.join(folder, 'promtool');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    process.env.PATH = `${folder}${path.delimiter}${before ?? ''}`;
  };

  it('says where it is not installed', async () => {
    process.env.PATH = folder;
    assert.deepEqual(await createRuleChecker().check(RULES), {
      kind: 'not-asked',
      detail: 'promtool is not installed',
    });
  });

  it('is given the rules as a file, and its refusal is passed on without the temporary path', async function () {
    if (process.platform === 'win32') this.skip();
    installed('[ "$1 $2" = "check rules" ] && grep -q "up == 0" "$3"');
    assert.deepEqual(await createRuleChecker().check(RULES), { kind: 'sound' });
    installed('echo "Checking $3"; echo "  FAILED:" >&2; echo "$3: 5:15: unexpected end" >&2; exit 1');
    assert.deepEqual(await createRuleChecker().check(RULES), {
      kind: 'refused',
      detail: 'the rules: 5:15: unexpected end',
    });
  });

  it('agrees with the real one where it is here', async function () {
    const program = prometheusProgram();
    if (program === null) this.skip();
    process.env.PATH = `${path.dirname(program)}${path.delimiter}${before ?? ''}`;
    assert.deepEqual(await createRuleChecker().check(RULES), { kind: 'sound' });
    const answer = await createRuleChecker().check(RULES.replace('up == 0', 'up == == 0'));
    assert.equal(answer.kind, 'refused');
    assert.match(answer.kind === 'refused' ? answer.detail : '', /unexpected|parse error/);
  });
});
