import assert from 'node:assert/strict';
import { applyFixes, type FixedRepository, type FixKinds } from '../../../src/core/gate/apply-fixes';
import { defaultConfiguration, readConfiguration } from '../../../src/core/gate/configuration';
import { readYaml } from '../../../src/core/workflow/yaml-tree';
import { workflowRules } from '../../../src/core/rules/index';
import type { WorkflowRule } from '../../../src/core/rules/rule';
import { memoryFiles } from '../../support/world';
import { parsers } from '../rules/rule-fixtures';

const PATH = '.github/workflows/release.yml';

async function fix(
  files: Readonly<Record<string, string>>,
  kinds: FixKinds = 'safe',
  only?: readonly string[],
): Promise<FixedRepository> {
  const reading = readConfiguration('', files['.github/release-gate.yml'] ?? '');
  return applyFixes(
    {
      root: '.',
      files: memoryFiles(files),
      parsers,
      configuration: reading.ok ? reading.configuration : defaultConfiguration,
      today: '2026-11-21',
      ...(only ? { only: new Set(only) } : {}),
    },
    { kinds },
  );
}

const textOf = (fixed: FixedRepository, path = PATH): string =>
  fixed.files.find((file) => file.path === path)?.after ?? '';

const tests = `name: Release
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v7.0.1
      - run: npm test
`;

const release = `${tests}  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production
    concurrency:
      group: production
      cancel-in-progress: true # never wait
    steps:
      - run: kubectl apply -f k8s/
`;

describe('applying fixes', () => {
  it('applies safe fixes together, says which, and leaves every other byte', async () => {
    for (const form of [
      (text: string): string => text,
      (text: string): string => text.replaceAll('\n', '\r\n'),
      (text: string): string => `\uFEFF${text}`,
    ]) {
      const before = form(release);
      const fixed = await fix({ [PATH]: before });
      assert.deepEqual(fixed.applied.map(({ rule, kind }) => `${rule} ${kind}`).sort(), [
        'cancels-prod-deploy safe',
        'unpinned-action safe',
      ]);
      assert.deepEqual(fixed.refused, []);
      assert.equal(
        textOf(fixed),
        before
          .replace('checkout@v7.0.1', 'checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1')
          .replace(/(cancel-in-progress: )true( # never wait)(\r?\n)/, '$1false$2$3      queue: max$3'),
      );
      assert.equal(fixed.files[0]?.before, before);
      const left = new Set(fixed.after.findings.map(({ rule }) => rule));
      assert.ok(!left.has('unpinned-action') && !left.has('cancels-prod-deploy'));
    }
  });

  it('has nothing to do a second time', async () => {
    const first = await fix({ [PATH]: release }, 'proposed');
    assert.ok(first.applied.some(({ kind }) => kind === 'proposed'));
    const second = await fix({ [PATH]: textOf(first) }, 'proposed');
    assert.deepEqual([second.applied, second.files], [[], []]);
  });

  it('makes in a later round what touches an earlier fix', async () => {
    // Both the limit and the group go behind `runs-on`.
    const bare = release.replace(/ {4}concurrency:\n.*\n.*\n/, '');
    const fixed = await fix({ [PATH]: bare }, 'proposed');
    const rules = fixed.applied.map(({ rule }) => rule);
    assert.ok(rules.includes('no-deploy-timeout') && rules.includes('no-deploy-concurrency'), rules.join());
    assert.match(textOf(fixed), /^ {4}timeout-minutes: 30$/m);
    assert.match(textOf(fixed), /^ {6}queue: max$/m);
    assert.deepEqual(readYaml(textOf(fixed)).problems, []);
  });

  it('fixes only what is found in the files that are named, and reads the others all the same', async () => {
    const other = '.github/workflows/other.yml';
    const fixed = await fix({ [PATH]: release, [other]: release.replace('Release', 'Other') }, 'safe', [
      other,
    ]);
    assert.deepEqual(
      fixed.files.map(({ path }) => path),
      [other],
    );
    assert.ok(fixed.applied.length > 0 && fixed.applied.every(({ path }) => path === other));
    assert.ok(fixed.after.findings.every(({ path }) => path === other));
  });

  it('leaves what is waived', async () => {
    const waived = release.replace(
      '      - uses',
      '      # release-gate: ignore[unpinned-action] looked at (until 2027-01-01)\n      - uses',
    );
    const fixed = await fix({ [PATH]: waived });
    assert.deepEqual(
      fixed.applied.map(({ rule }) => rule),
      ['cancels-prod-deploy'],
    );
  });

  describe('with a rule whose fixes are wrong', () => {
    /** Each wants to change the name: into something that cannot be read, and into what it still finds. */
    const wrong: WorkflowRule = {
      subject: 'workflows',
      id: 'wrong-fixes',
      title: 'Only in this test',
      severity: 'warn',
      why: '',
      check: (set) =>
        set.workflows.flatMap(({ path, name, jobs }) =>
          [
            { span: name?.span, text: '[' },
            { span: jobs[0]?.id.span, text: 'renamed' },
          ].flatMap(({ span, text }) =>
            span
              ? [
                  {
                    path,
                    span,
                    status: 'fail' as const,
                    message: text,
                    fix: { kind: 'safe' as const, title: text, edits: [{ path, edits: [{ span, text }] }] },
                  },
                ]
              : [],
          ),
        ),
    };
    const registered = workflowRules as WorkflowRule[];
    before(() => void registered.push(wrong));
    after(() => void registered.splice(registered.indexOf(wrong), 1));

    it('takes these back, says why, and keeps the others', async () => {
      const fixed = await fix({ [PATH]: release });
      assert.deepEqual(fixed.applied.map(({ rule }) => rule).sort(), [
        'cancels-prod-deploy',
        'unpinned-action',
      ]);
      assert.deepEqual(
        fixed.refused.map(({ title, reason }) => `${title}: ${reason}`),
        [
          `[: it would add a finding of unreadable-file in ${PATH}`,
          `renamed: after it wrong-fixes still finds the same in ${PATH}`,
        ],
      );
      assert.ok(textOf(fixed).startsWith('name: Release\n'));
      assert.match(textOf(fixed), /^ {2}test:$/m);
    });
  });

  it('edits no file that may not be edited', async () => {
    const fixed = await applyFixes(
      {
        root: '.',
        files: memoryFiles({ [PATH]: release }),
        parsers,
        configuration: defaultConfiguration,
        today: '2026-11-21',
      },
      { kinds: 'safe', whyNotEdit: () => Promise.resolve('is a symbolic link') },
    );
    assert.deepEqual([fixed.files, fixed.applied], [[], []]);
    assert.equal(fixed.refused[0]?.reason, `${PATH} is a symbolic link`);
  });

  it('takes pins from the list that the repository keeps', async () => {
    const commit = 'abcdef0123'.repeat(4);
    const cache = `{ "version": 1, "pins": { "acme/deploy@v2": { "commit": "${commit}", "version": "v2.1.0" } } }`;
    const own = release.replace('actions/checkout@v7.0.1', 'Acme/deploy@v2');
    const fixed = await fix({ [PATH]: own, '.github/release-gate-pins.json': cache });
    assert.match(textOf(fixed), new RegExp(`uses: Acme/deploy@${commit} # v2\\.1\\.0$`, 'm'));
  });
});
