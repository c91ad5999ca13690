import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { createParsers } from '../../../src/adapters/parsers';
import {
  askRule,
  checkRepository,
  createReadingCache,
  isWorkflowPath,
  judgeProposal,
} from '../../../src/core/gate/check';
import { defaultConfiguration, type Configuration } from '../../../src/core/gate/configuration';
import { overlayFiles } from '../../../src/core/gate/overlay';
import type { RootReport } from '../../../src/core/gate/report';
import type { RepositoryFiles } from '../../../src/core/ports';
import { partsOfGitHub, rules, rulesOfGitHub, rulesOfRelease } from '../../../src/core/rules/index';
import { memoryFiles, memoryWorld } from '../../support/world';

const parsers = createParsers();
const deploy = '.github/workflows/deploy.yml';

const good = `name: Deploy
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm ci && npm run lint && npm test && npm run test:e2e && npm audit
  staging:
    needs: test
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: staging
    concurrency: deploy-staging
    steps:
      - run: kubectl apply -f k8s/
      - run: curl --fail --retry 5 https://staging.shop.example.org/healthz
  deploy:
    needs: staging
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: production
    concurrency: { group: deploy-production, queue: max }
    steps:
      - run: kubectl apply -f k8s/
      - run: curl --fail --retry 5 https://shop.example.org/healthz
  rollback:
    needs: deploy
    if: failure()
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: production
    concurrency: { group: deploy-production, queue: max }
    steps:
      - run: kubectl rollout undo deployment/shop
      - run: gh issue create --title "Deployment failed" --body "$GITHUB_RUN_ID"
`;

function check(
  files: Readonly<Record<string, string>> | RepositoryFiles,
  more: Partial<Parameters<typeof checkRepository>[0]> = {},
): Promise<RootReport> {
  return checkRepository({
    root: '.',
    files:
      typeof files['list'] === 'function'
        ? (files as RepositoryFiles)
        : memoryFiles(files as Record<string, string>),
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    ...more,
  });
}

function configured(more: Partial<Configuration>): { configuration: Configuration } {
  return { configuration: { ...defaultConfiguration, ...more } };
}

const found = (report: RootReport): string[] =>
  report.findings.map((finding) => `${finding.rule} ${finding.severity} ${finding.status}`);

describe('checking a repository', () => {
  it('passes what is in order, and names what only the API could tell', async () => {
    const report = await check({ [deploy]: good });
    assert.deepEqual(found(report), []);
    assert.equal(report.verdict, 'pass');
    assert.equal(report.checkedFiles, 1);
    assert.deepEqual(
      report.notChecked.map((entry) => entry.rule),
      [...rulesOfGitHub, ...partsOfGitHub, ...rulesOfRelease].map((rule) => rule.id),
    );
  });

  it('passes an empty repository', async () => {
    const report = await check({});
    assert.deepEqual([report.verdict, report.findings.length, report.checkedFiles], ['pass', 0, 0]);
  });

  it('fails what is not, with ranges from 1', async () => {
    const report = await check({ [deploy]: good.replace('    needs: test\n', '') });
    assert.equal(report.verdict, 'fail');
    const finding = report.findings.find((candidate) => candidate.rule === 'prod-without-tests');
    assert.equal(finding?.severity, 'block');
    assert.deepEqual(finding?.range, { start: { line: 20, column: 3 }, end: { line: 20, column: 9 } });
    assert.ok((finding?.counterexample?.steps.length ?? 0) >= 2);
    assert.ok(report.sources?.has(deploy));
  });

  it('reports a broken workflow as unknown and judges the others', async () => {
    const report = await check({
      [deploy]: good.replace('    needs: test\n', ''),
      '.github/workflows/broken.yml': 'jobs: [\n',
      '.github/workflows/list.yaml': '- a\n',
      '.github/workflows/empty.yml': '',
    });
    assert.equal(report.verdict, 'fail');
    const unreadable = report.findings.filter((finding) => finding.rule === 'unreadable-file');
    assert.deepEqual(
      unreadable.map(({ path, severity, status }) => [path, severity, status]),
      [
        ['.github/workflows/broken.yml', 'block', 'unknown'],
        ['.github/workflows/empty.yml', 'block', 'unknown'],
        ['.github/workflows/list.yaml', 'block', 'unknown'],
      ],
    );
    assert.ok(report.findings.some((finding) => finding.path === deploy));
    const alone = await check({ '.github/workflows/broken.yml': 'jobs: [\n' });
    assert.equal(alone.verdict, 'unknown');
  });

  it('reports a workflow and a document that cannot be had', async () => {
    const base = memoryFiles({ [deploy]: good, 'docs/ops/RUNBOOK.md': '', 'pictures/a.md': '' });
    const report = await check({
      ...base,
      list: () =>
        Promise.resolve({ paths: [deploy, 'docs/ops/RUNBOOK.md', 'pictures/a.md'], isComplete: false }),
      read: () => Promise.resolve({ ok: false, reason: 'binary', detail: 'is binary' }),
    });
    assert.deepEqual(
      report.findings.map(({ rule, path, severity, status }) => [rule, path, severity, status]),
      [
        ['unreadable-file', '.', 'warn', 'unknown'],
        ['unreadable-file', deploy, 'block', 'unknown'],
        ['unreadable-file', 'docs/ops/RUNBOOK.md', 'warn', 'unknown'],
      ],
    );
    assert.equal(report.verdict, 'unknown');
    assert.match(report.findings[1]?.message ?? '', /^This file is binary, so nothing is known of it/);
  });

  it('takes only the folder that GitHub takes', () => {
    for (const path of [deploy, '.github/workflows/a.yaml']) assert.ok(isWorkflowPath(path));
    for (const path of [
      '.github/workflows/x/a.yml',
      'x/.github/workflows/a.yml',
      '.github/workflows/a.txt',
    ]) {
      assert.ok(!isWorkflowPath(path));
    }
  });

  it('reads everything but lists only what was asked for', async () => {
    const files = { [deploy]: good.replace('    needs: test\n', ''), '.github/workflows/z.yml': 'a: [\n' };
    const report = await check(files, { only: new Set(['.github/workflows/z.yml']) });
    assert.deepEqual(found(report), ['unreadable-file block unknown']);
    assert.equal(report.verdict, 'unknown');
  });

  it('weighs rules as the configuration says, and says which are off', async () => {
    const files = {
      [deploy]: good.replace(
        '    timeout-minutes: 20\n    environment: production\n    concurrency: { group: deploy-production, queue: max }\n    steps:\n      - run: kubectl apply',
        '    environment: production\n    concurrency: { group: deploy-production, queue: max }\n    steps:\n      - run: kubectl apply',
      ),
    };
    assert.deepEqual(found(await check(files)), ['no-deploy-timeout warn fail']);
    const strict = await check(files, configured({ severities: { 'no-deploy-timeout': 'block' } }));
    assert.deepEqual([strict.verdict, ...found(strict)], ['fail', 'no-deploy-timeout block fail']);
    const off = await check(
      files,
      configured({ severities: { 'no-deploy-timeout': 'off', 'no-wait-timer': 'off' } }),
    );
    assert.deepEqual(found(off), []);
    assert.ok(off.notChecked.some((entry) => entry.rule === 'no-deploy-timeout'));
    assert.ok(!off.notChecked.some((entry) => entry.rule === 'no-wait-timer'));
  });

  it('keeps a lesser weight of the place when a rule is made stricter', async () => {
    const ci =
      'on: push\npermissions: {}\njobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n';
    const report = await check(
      { '.github/workflows/ci.yml': ci },
      configured({ severities: { 'unpinned-action': 'block' } }),
    );
    assert.deepEqual(found(report), ['unpinned-action warn fail']);
    const softer = await check(
      { '.github/workflows/ci.yml': ci },
      configured({ severities: { 'unpinned-action': 'info' } }),
    );
    assert.deepEqual(found(softer), ['unpinned-action info fail']);
  });

  it('sets waived findings aside, inline and by the configuration, and keeps showing them', async () => {
    const faulty = good.replace(
      '    concurrency: { group: deploy-production, queue: max }\n    steps:\n      - run: kubectl apply',
      '    steps:\n      - run: kubectl apply',
    );
    assert.deepEqual(found(await check({ [deploy]: faulty })), ['no-deploy-concurrency block fail']);
    const inline = await check({
      [deploy]: faulty.replace(
        '  deploy:\n',
        '  # release-gate: ignore[no-deploy-concurrency] one at a time by hand (until 2027-03-01)\n  deploy:\n',
      ),
    });
    assert.deepEqual([inline.verdict, ...found(inline)], ['pass', 'no-deploy-concurrency block waived']);
    assert.equal(inline.findings[0]?.waiver?.reason, 'one at a time by hand');
    const waiver = {
      rule: 'no-deploy-concurrency',
      path: '.github/workflows/*.yml',
      reason: 'r',
      until: '2027-03-01',
      line: 4,
    };
    const byFile = await check({ [deploy]: faulty }, configured({ waivers: [{ ...waiver, job: 'deploy' }] }));
    assert.deepEqual([byFile.verdict, ...found(byFile)], ['pass', 'no-deploy-concurrency block waived']);
    assert.deepEqual(byFile.findings[0]?.waiver?.range?.start, { line: 4, column: 1 });
    const other = await check({ [deploy]: faulty }, configured({ waivers: [{ ...waiver, job: 'test' }] }));
    assert.deepEqual(found(other), ['waiver-unused warn fail', 'no-deploy-concurrency block fail']);
    const expired = await check(
      { [deploy]: faulty },
      { ...configured({ waivers: [{ ...waiver, job: null }] }), today: '2027-03-02' },
    );
    assert.deepEqual(found(expired), ['waiver-expired warn fail', 'no-deploy-concurrency block fail']);
  });

  it('takes environments from the configuration', async () => {
    const files = {
      [deploy]: good
        .replaceAll('environment: production', 'environment: frankfurt')
        .replace('    needs: test\n', ''),
    };
    assert.equal((await check(files)).verdict, 'unknown');
    assert.equal((await check(files, configured({ productionEnvironments: ['frankfurt'] }))).verdict, 'fail');
    assert.equal((await check(files, configured({ otherEnvironments: ['frankfurt'] }))).verdict, 'pass');
  });

  it('lists nothing of what the configuration leaves out, says so, and reads it all the same', async () => {
    const called = '.github/workflows/called.yml';
    const files = {
      [deploy]: good.replace('    needs: test\n', ''),
      [called]: 'on: workflow_call\njobs: {}\n',
      '.github/workflows/broken.yml': 'jobs: [\n',
    };
    const left = await check(
      files,
      configured({ judgedPaths: { include: null, exclude: ['.github/workflows/{deploy,broken}.yml'] } }),
    );
    assert.deepEqual([left.verdict, left.findings.length, left.checkedFiles], ['pass', 0, 1]);
    assert.deepEqual(left.leftOut, ['.github/workflows/broken.yml', deploy]);
    const only = await check(files, configured({ judgedPaths: { include: [called], exclude: [] } }));
    assert.deepEqual([only.checkedFiles, only.leftOut?.length], [1, 2]);
    const named = await check(files, {
      only: new Set([deploy]),
      ...configured({ judgedPaths: { include: null, exclude: ['.github/workflows/*.yml'] } }),
    });
    assert.deepEqual([named.leftOut, named.notJudged], [[deploy], []]);
  });

  it('goes by what the configuration says that actions and commands do', async () => {
    const taught = good
      .replaceAll('kubectl apply -f k8s/', 'bash ops/ship.sh eu')
      .replace('    needs: test\n', '')
      .replaceAll('environment: production', 'environment: production # x');
    const ids = async (more: Partial<Configuration>): Promise<readonly string[]> =>
      (await check({ [deploy]: taught }, configured(more))).findings.map((finding) => finding.rule);
    assert.ok(!(await ids({})).includes('prod-without-tests'));
    assert.ok(
      (await ids({ knownCommands: new Map([['./ops/ship.sh', ['deploy']]]) })).includes('prod-without-tests'),
    );
    assert.ok(
      !(await ids({ knownCommands: new Map([['ops/ship.sh us', ['deploy']]]) })).includes(
        'prod-without-tests',
      ),
    );
    const cache = createReadingCache();
    const byAction = { [deploy]: taught.replaceAll('run: bash ops/ship.sh eu', 'uses: Acme/Ship@v1') };
    const rulesWith = async (more: Partial<Configuration>): Promise<readonly string[]> =>
      (await check(byAction, { ...configured(more), cache })).findings.map((finding) => finding.rule);
    assert.ok(!(await rulesWith({})).includes('prod-without-tests'));
    assert.ok(
      (await rulesWith({ knownActions: new Map([['acme/ship', ['deploy']]]) })).includes(
        'prod-without-tests',
      ),
    );
    const untaught = await check(
      { [deploy]: good.replace('    needs: test\n', '') },
      configured({ knownCommands: new Map([['kubectl apply', []]]) }),
    );
    assert.ok(!untaught.findings.some((finding) => finding.rule === 'prod-without-tests'));
  });

  it('gives a deployment the time limit of the configuration', async () => {
    const files = { [deploy]: good.replaceAll('    timeout-minutes: 20\n', '') };
    const report = await check(files, configured({ limits: { deployTimeoutMinutes: 45 } }));
    const finding = report.findings.find(({ rule }) => rule === 'no-deploy-timeout');
    assert.equal(finding?.fix?.title, 'End the job after 45 minutes');
    assert.match(JSON.stringify(finding?.fix?.edits), /timeout-minutes: 45/);
  });

  it('gives the same report twice, with a cache and without, and reads only what changed', async () => {
    const files = {
      [deploy]: good.replace('    needs: test\n', ''),
      '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
    };
    const cache = createReadingCache();
    const first = await check(files, { cache });
    const kept = cache.workflows.get('.github/workflows/ci.yml');
    assert.deepEqual(await check(files, { cache }), first);
    assert.deepEqual(await check(files), first);
    await check({ ...files, [deploy]: good }, { cache });
    assert.equal(cache.workflows.get('.github/workflows/ci.yml'), kept);
    assert.equal(cache.workflows.get(deploy)?.text, good);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await assert.rejects(check({ [deploy]: good }, { signal: controller.signal }), /enough/);
  });

  it('judges lines in any order, and lines left out or doubled, without a rule failing', async () => {
    const lines = good.split('\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: lines.length - 1 }), { minLength: 5, maxLength: lines.length }),
        async (picks) => {
          const ordered = picks.length % 2 === 0 ? picks : [...picks].sort((a, b) => a - b);
          const report = await check({ [deploy]: ordered.map((line) => lines[line]).join('\n') });
          for (const finding of report.findings) assert.doesNotMatch(finding.message, /failed on this input/);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('survives every cut of a workflow, with any line end', async () => {
    for (let end = 0; end < good.length; end += 23) {
      const report = await check({ [deploy]: good.slice(0, end).replaceAll('\n', '\r\n') });
      for (const finding of report.findings) {
        assert.doesNotMatch(finding.message, /failed on this input/);
        if (finding.range) assert.ok(finding.range.start.line >= 1 && finding.range.start.column >= 1);
      }
    }
  });
});

describe('checking named files', () => {
  const elsewhere = 'templates/deploy.yml';
  const named = (files: Record<string, string>, ...paths: string[]): Promise<RootReport> =>
    check(files, { only: new Set(paths) });

  it('judges a workflow that stands elsewhere, broken or not', async () => {
    const faulty = good.replace('    needs: test\n', '');
    const report = await named({ [elsewhere]: faulty }, elsewhere);
    assert.deepEqual([report.verdict, report.checkedFiles], ['fail', 1]);
    const broken = await named({ [elsewhere]: `${good}\n  x: [` }, elsewhere);
    assert.deepEqual(
      [broken.verdict, broken.findings.map((finding) => finding.rule)],
      ['unknown', ['unreadable-file']],
    );
    assert.equal((await check({ [elsewhere]: faulty })).checkedFiles, 0, 'not unless it is named');
  });

  it('says which of them are of no kind that is judged: that is no pass', async () => {
    const files = { [deploy]: good, 'README.md': '# x\n', 'values.yaml': 'a: 1\n', 'gone.yml': '' };
    const report = await named(files, deploy, 'README.md', 'values.yaml');
    assert.deepEqual(report.notJudged, ['README.md', 'values.yaml']);
    assert.equal(report.checkedFiles, 1);
  });
});

describe('checking documents', () => {
  const runbook = '# Runbook: shop\n\n## Symptoms\n\n- TODO: what the customers see\n';
  const path = 'docs/ops/RUNBOOK.md';

  it('judges a document by its path or by its front matter, and no other Markdown', async () => {
    const report = await check({
      [path]: runbook,
      'notes/shop.md': `---\nkind: runbook\n---\n${runbook}`,
      'README.md': runbook,
      'notes/hostile.md': '---js\n({ kind: process.exit(1) })\n---\n# x\n',
    });
    assert.deepEqual([...new Set(report.findings.map((finding) => finding.path))], [path, 'notes/shop.md']);
    assert.equal(report.checkedFiles, 2);
    assert.ok(report.findings.some((finding) => finding.rule === 'unflagged-placeholder'));
  });

  it('leaves alone what is material of tests, unless it is named', async () => {
    const fixture = 'test/fixtures/runbooks/docs/ops/RUNBOOK.md';
    assert.equal((await check({ [fixture]: runbook })).checkedFiles, 0);
    assert.equal((await check({ [fixture]: runbook }, { only: new Set([fixture]) })).checkedFiles, 1);
  });

  it('says what of a document could not be read, front matter that is code among it', async () => {
    const report = await check({ [path]: `---js\n({ kind: process.exit(1) })\n---\n${runbook}` });
    const [finding] = report.findings.filter(({ rule }) => rule === 'unreadable-file');
    assert.deepEqual([finding?.severity, finding?.status], ['warn', 'unknown']);
    assert.match(finding?.message ?? '', /only YAML is read/);
  });

  it('takes waivers in HTML comments, for their section, and not in code', async () => {
    const waived = async (text: string): Promise<string[]> =>
      (await check({ [path]: text })).findings
        .filter((finding) => finding.rule === 'unflagged-placeholder')
        .map((finding) => finding.status);
    const comment =
      '<!-- release-gate: ignore[unflagged-placeholder] filled in on Monday (until 2027-03-01) -->\n\n';
    assert.deepEqual(await waived(runbook), ['fail']);
    assert.deepEqual(await waived(runbook.replace('- TODO', `${comment}- TODO`)), ['waived']);
    assert.deepEqual(await waived(comment + runbook), ['waived']);
    assert.deepEqual(await waived(`${runbook}\n## Diagnosis\n\n${comment}`), ['fail']);
    assert.deepEqual(await waived(runbook.replace('- TODO', `\`\`\`text\n${comment}\`\`\`\n\n- TODO`)), [
      'fail',
    ]);
  });
});

describe('what documents ask of other files', () => {
  const document = [
    '---',
    'kind: runbook',
    'service: shop',
    '---',
    '# Runbook: shop',
    '',
    '[there](../notes.md#what-is-there) [not there](../notes.md#what-is-not)',
    '',
    '```sh',
    'make deploy && npm run smoke',
    'make missing && npm run missing',
    '(cd services/pay && make pay)',
    '```',
    '',
  ].join('\n');
  const told = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await check({ 'docs/ops/shop.md': document, ...files })).findings
      .filter(({ rule }) => rule === 'link-does-not-resolve' || rule === 'script-not-found')
      .map(({ message }) => message.replace(/:.*/s, ''));

  it('is read: headings of linked pages, targets of Makefiles, scripts of packages', async () => {
    const files = {
      'docs/notes.md': '# Notes\n\nWhat is there\n-------------\n',
      Makefile: 'X := 1\n.PHONY: lint\ndeploy: build\n\tgo\n',
      'services/pay/Makefile': 'pay:\n\techo\n',
      'package.json': '{"scripts":{"smoke":"true"}}',
    };
    assert.deepEqual(await told(files), [
      'No heading of "../notes.md" has the anchor "#what-is-not"',
      '"Makefile" has no target "missing"',
      '"package.json" has no script "missing"',
    ]);
    // A target may come from elsewhere, and a broken file tells nothing.
    const open = { ...files, Makefile: '%: build\n\tgo\n', 'package.json': '{' };
    assert.deepEqual(await told(open), ['No heading of "../notes.md" has the anchor "#what-is-not"']);
  });

  it('is said to be missing where no file of the kind is there', async () => {
    assert.deepEqual(await told({}), [
      'There is no "docs/notes.md" in the repository',
      'There is no "docs/notes.md" in the repository',
      '"make deploy" finds no Makefile in the repository',
      '"smoke" is run as a script of a package, and the repository has no package.json',
    ]);
  });
});

describe('a rule that fails', () => {
  it('is unknown with its own weight, and says so without a stack', () => {
    const [rule] = rules;
    assert.ok(rule);
    const answer = askRule(rule, 'a.yml', () => {
      throw new Error('first line\nsecond line');
    });
    assert.equal(answer.hasFailed, true);
    assert.deepEqual(
      answer.findings.map(({ path, status, severity }) => [path, status, severity]),
      [['a.yml', 'unknown', undefined]],
    );
    assert.match(answer.findings[0]?.message ?? '', /failed on this input \(first line\)/);
    assert.deepEqual(
      askRule(rule, 'a.yml', () => []),
      { findings: [], hasFailed: false },
    );
  });
});

describe('judging a proposal', () => {
  it('judges the repository as it would be, and tells of the proposed files only', async () => {
    const world = memoryWorld({ [deploy]: good, '.github/workflows/z.yml': 'a: [\n' }, parsers);
    const proposal = {
      path: deploy,
      before: good,
      after: good.replace('    needs: test\n', ''),
      purpose: 'a test',
    };
    const findings = await judgeProposal(world, [proposal]);
    assert.deepEqual(
      findings.map((finding) => [finding.rule, finding.path]),
      [['prod-without-tests', deploy]],
    );
    assert.deepEqual(await judgeProposal(world, [{ ...proposal, after: good }]), []);
  });
});

describe('files under other texts', () => {
  it('shows the other texts, adds new paths and takes removed ones away', async () => {
    const files = overlayFiles(
      memoryFiles({ a: '1', b: '2' }),
      new Map([
        ['b', '3'],
        ['c', '4'],
        ['a', null],
      ]),
    );
    assert.deepEqual((await files.list()).paths, ['b', 'c']);
    assert.deepEqual(await files.read('b'), { ok: true, text: '3' });
    assert.deepEqual(await files.read('c'), { ok: true, text: '4' });
    assert.equal((await files.read('a')).ok, false);
  });
});
