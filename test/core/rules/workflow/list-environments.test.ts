import assert from 'node:assert/strict';
import { applyFixes } from '../../../../src/core/gate/apply-fixes';
import { openConfiguration } from '../../../../src/core/gate/open-configuration';
import { applyEdits } from '../../../../src/core/text/edit';
import { memoryFiles } from '../../../support/world';
import { check, parsers } from '../rule-fixtures';

const CONFIGURATION = '.github/release-gate.yml';

const workflow = (environment: string): string => `name: Release
on:
  push:
    branches: [main]
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: ${environment}
    steps:
      - run: kubectl apply -f k8s/
`;

/** The configuration as the fixes of the finding would have it: as production, and as not. */
async function configured(
  text: string | null,
  more: Record<string, string> = {},
): Promise<readonly string[]> {
  const files = {
    '.github/workflows/a.yml': workflow('frankfurt'),
    '.github/workflows/b.yml': workflow('production'),
    ...(text === null ? {} : { [CONFIGURATION]: text }),
    ...more,
  };
  const opened = await openConfiguration(memoryFiles(files), CONFIGURATION, { isRequired: false });
  assert.ok(opened.ok);
  const { findings } = await check(files, opened.configuration);
  const finding = findings.find(({ rule }) => rule === 'deploy-target-unknown');
  assert.ok(finding);
  return [finding.fix, ...(finding.otherFixes ?? [])].map((fix) => {
    const [edited] = fix?.edits ?? [];
    assert.equal(edited?.path, CONFIGURATION);
    assert.equal(edited.isNew ?? false, text === null);
    return applyEdits(text ?? '', edited.edits);
  });
}

describe('telling the configuration what an environment is', () => {
  it('writes a new file, with what is production by its name beside the new one', async () => {
    assert.deepEqual(await configured(null), [
      'environments:\n  production:\n    - production\n    - frankfurt\n',
      'environments:\n  other:\n    - frankfurt\n',
    ]);
  });

  it('adds to what is there, in its form', async () => {
    for (const [before, production, other] of [
      [
        '# ours\r\nenvironments:\r\n  production: [production] # live\r\n',
        '# ours\r\nenvironments:\r\n  production: [production, frankfurt] # live\r\n',
        '# ours\r\nenvironments:\r\n  production: [production] # live\r\n  other:\r\n    - frankfurt\r\n',
      ],
      [
        'environments:\n  other:\n  - lab\nonline: false',
        'environments:\n  other:\n  - lab\n  production:\n  - production\n  - frankfurt\nonline: false',
        'environments:\n  other:\n  - lab\n  - frankfurt\nonline: false',
      ],
      [
        '# nothing yet',
        '# nothing yet\nenvironments:\n  production:\n    - production\n    - frankfurt\n',
        '# nothing yet\nenvironments:\n  other:\n    - frankfurt\n',
      ],
      [
        'environments:\n  production: live\n',
        // A list that is there leaves "production" open: that is asked by itself.
        'environments:\n  production:\n    - live\n    - frankfurt\n',
        'environments:\n  production: live\n  other:\n    - frankfurt\n',
      ],
    ] as const) {
      assert.deepEqual(await configured(before), [production, other]);
    }
  });

  it('takes along what a base says, which a list of this file replaces', async () => {
    const base = { 'base.yml': 'environments:\n  production: [live-eu]\n' };
    assert.deepEqual(
      (await configured('extends: base.yml\n', base))[0],
      ['extends: base.yml', 'environments:', '  production:', '    - live-eu', '    - frankfurt', ''].join(
        '\n',
      ),
    );
  });

  it('is applied before all others, which are then made for what it showed', async () => {
    const fixed = await applyFixes(
      {
        root: '.',
        files: memoryFiles({ '.github/workflows/a.yml': workflow('frankfurt') }),
        parsers,
        configuration: await openConfiguration(memoryFiles({}), CONFIGURATION, { isRequired: false }).then(
          (opened) => (opened.ok ? opened.configuration : assert.fail()),
        ),
        today: '2026-11-21',
      },
      { kinds: 'proposed' },
    );
    assert.equal(fixed.applied[0]?.rule, 'deploy-target-unknown');
    assert.equal(fixed.files.find(({ path }) => path === CONFIGURATION)?.before, null);
    const rules = fixed.after.findings.map(({ rule }) => rule);
    assert.ok(rules.includes('no-smoke-test') && !rules.includes('deploy-target-unknown'), rules.join());
  });
});
