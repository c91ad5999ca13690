import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNodeFiles } from '../../../src/adapters/node-files';
import { createParsers } from '../../../src/adapters/parsers';
import { checkRepository, createReadingCache } from '../../../src/core/gate/check';
import { defaultConfiguration } from '../../../src/core/gate/configuration';
import type { RootReport } from '../../../src/core/gate/report';
import type { RepositoryFiles } from '../../../src/core/ports';
import { memoryFiles } from '../../support/world';

const parsers = createParsers();

/** A fault that is found wherever this file is judged: that it is, in spite of what stands beside it. */
const SOUND = [
  'on: {push: {branches: [main]}}',
  'jobs:',
  '  deploy:',
  '    runs-on: ubuntu-latest',
  '    environment: production',
  '    steps:',
  '      - run: kubectl apply -f k8s/',
  '',
].join('\n');

function judge(files: RepositoryFiles, signal?: AbortSignal): Promise<RootReport> {
  return checkRepository({
    root: '.',
    files,
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    ...(signal ? { signal } : {}),
  });
}

function at(name: string): string {
  return `.github/workflows/${name}`;
}

/** What is said of one file as unreadable. */
function unreadable(report: RootReport, name: string): readonly string[] {
  return report.findings
    .filter((finding) => finding.rule === 'unreadable-file' && finding.path === at(name))
    .map(({ message }) => message);
}

function assertSoundIsJudged(report: RootReport): void {
  assert.ok(
    report.findings.some(({ rule, path: file }) => rule === 'prod-without-tests' && file === at('sound.yml')),
  );
}

/** Fails where `work` takes longer: far above what it needs on a busy machine, far below a hang. */
async function within<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const taken = (performance.now() - start) / 1000;
  assert.ok(taken < seconds, `took ${taken.toFixed(1)} s`);
  return result;
}

async function judgeText(text: string): Promise<RootReport> {
  const report = await judge(memoryFiles({ [at('odd.yml')]: text, [at('sound.yml')]: SOUND }));
  assertSoundIsJudged(report);
  return report;
}

describe('a hostile repository', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'release-gate-hostile-'));
    mkdirSync(path.join(root, '.github/workflows'), { recursive: true });
    writeFileSync(path.join(root, at('sound.yml')), SOUND);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('may hold folders and links for workflows: each is named, the rest is judged', async () => {
    mkdirSync(path.join(root, at('folder.yml')));
    writeFileSync(path.join(root, at('folder.yml'), 'inside.yml'), SOUND);
    symlinkSync('nowhere.yml', path.join(root, at('dangling.yml')));
    symlinkSync('loop.yml', path.join(root, at('loop.yml')));
    symlinkSync('/etc/passwd', path.join(root, at('outside.yml')));
    symlinkSync('.', path.join(root, at('to-folder.yml')));
    symlinkSync('sound.yml', path.join(root, at('to-sound.yml')));
    const report = await judge(createNodeFiles(root));
    assertSoundIsJudged(report);
    assert.match(unreadable(report, 'dangling.yml').join(), /does not exist/);
    assert.match(unreadable(report, 'loop.yml').join(), /leads back to itself/);
    assert.match(unreadable(report, 'outside.yml').join(), /outside the repository/);
    assert.match(unreadable(report, 'to-folder.yml').join(), /is a folder/);
    assert.deepEqual(unreadable(report, 'to-sound.yml'), []);
    assert.ok(!report.findings.some(({ path: file }) => file.includes('inside.yml')));
  });

  it('may hold bytes that are no text and files without end: each is named, the rest is judged', async () => {
    const written: Readonly<Record<string, Buffer | string>> = {
      'utf16.yml': Buffer.from(`\uFEFF${SOUND}`, 'utf16le'),
      'latin1.yml': Buffer.from('name: Fr\u00fchst\u00fcck\n', 'latin1'),
      'nul.yml': 'name: a\0b\n',
      'huge.yml': 'name: a\n',
      'empty.yml': '',
      'comment.yml': '# nothing\n',
      'marked.yml': `\uFEFF${SOUND.replace(/\n/g, '\r\n')}`,
    };
    for (const [name, content] of Object.entries(written)) writeFileSync(path.join(root, at(name)), content);
    truncateSync(path.join(root, at('huge.yml')), 100 * 1024 * 1024);
    const report = await within(20, () => judge(createNodeFiles(root)));
    assertSoundIsJudged(report);
    assert.match(unreadable(report, 'utf16.yml').join(), /UTF-16/);
    assert.match(unreadable(report, 'latin1.yml').join(), /not UTF-8/);
    assert.match(unreadable(report, 'nul.yml').join(), /binary/);
    assert.match(unreadable(report, 'huge.yml').join(), /larger than 5 MiB/);
    assert.match(unreadable(report, 'empty.yml').join(), /it is empty/);
    assert.match(unreadable(report, 'comment.yml').join(), /it is empty/);
    assert.deepEqual(unreadable(report, 'marked.yml'), []);
    const [marked] = report.findings.filter(
      ({ rule, path: file }) => rule === 'prod-without-tests' && file === at('marked.yml'),
    );
    assert.equal(marked?.range?.start.line, 3);
  });

  it('may change while it is read: what vanishes is named, what changes is judged as it was read', async () => {
    const disk = createNodeFiles(root);
    writeFileSync(path.join(root, at('gone.yml')), SOUND);
    writeFileSync(path.join(root, at('grows.yml')), SOUND);
    const report = await judge({
      ...disk,
      read: async (file) => {
        if (file === at('gone.yml')) rmSync(path.join(root, file), { force: true });
        const text = await disk.read(file);
        if (file === at('grows.yml')) writeFileSync(path.join(root, file), 'jobs: [');
        return text;
      },
    });
    assertSoundIsJudged(report);
    assert.match(unreadable(report, 'gone.yml').join(), /does not exist/);
    assert.deepEqual(unreadable(report, 'grows.yml'), []);
  });

  const aliases = (levels: number): string =>
    Array.from({ length: levels }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
    ).join('\n');
  for (const [what, text, said] of [
    ['aliases that explode', `${aliases(12)}\n${SOUND}`, /too large/],
    [
      'a merge of merges',
      `x: &x {${Array.from({ length: 3_000 }, (_, index) => `k${index}: 1`).join(', ')}}\n${Array.from({ length: 400 }, (_, index) => `m${index}: {<<: *x}`).join('\n')}\n`,
      /too large/,
    ],
    ['flow lists within each other', `a: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`, /nested too deeply/],
    [
      'maps within each other',
      `${Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`,
      /nested too deeply/,
    ],
    ['an alias inside itself', 'a: &a [*a]\n', /contains itself/],
    ['several documents', `${SOUND}---\n${SOUND}`, /more than one YAML document/],
    ['tabs', SOUND.replace('  deploy:', '\tdeploy:'), /cannot be read/],
    ['words', 'nothing but words', /not a map/],
    ['a list', '- a\n- b\n', /not a map/],
  ] as const) {
    it(`holds ${what}: it is named in time, the rest is judged`, async () => {
      const report = await within(20, () => judgeText(text));
      assert.match(unreadable(report, 'odd.yml').join(), said);
    });
  }

  for (const [what, text] of Object.entries({
    'a key that is a map': SOUND.replace('on:', '? {a: b}\n: c\non:'),
    'a key that is a list': SOUND.replace('jobs:', '? [a, b]\n: c\njobs:'),
    tags: SOUND.replace('production', '!!str production').replace('kubectl', '!custom kubectl'),
    'keys that stand twice': `${SOUND}    timeout-minutes: 1\n    timeout-minutes: 2\n`,
    'anchors on keys': SOUND.replace('deploy:', '&d deploy:'),
    'expressions with errors': SOUND.replace('steps:', 'if: ${{ (github.ref == }}\n    steps:'),
    'an expression without end': SOUND.replace('steps:', 'if: ${{ github.ref\n    steps:'),
    'a needs that names itself and nobody': SOUND.replace('steps:', 'needs: [deploy, nobody]\n    steps:'),
    'a large flow map': `${SOUND}    env: {${Array.from({ length: 20_000 }, (_, index) => `V${index}: ${index}`).join(', ')}}\n`,
    'one line of a megabyte': SOUND.replace('kubectl', `echo ${'x'.repeat(1_000_000)} && kubectl`),
    'a script of quotes': SOUND.replace('kubectl', `echo ${'"$('.repeat(2_000)} kubectl`),
  })) {
    it(`holds ${what}: it is judged in time like the rest`, async () => {
      const report = await within(60, () => judgeText(text));
      assert.deepEqual(unreadable(report, 'odd.yml'), []);
      assert.ok(report.findings.some(({ path: file }) => file === at('odd.yml')));
      assert.ok(!report.findings.some(({ message }) => message.includes('failed on this input')));
    });
  }

  it('takes merge keys in the order that YAML gives them: what stands in a map itself, then the first merged', async () => {
    const text = [
      'x-first: &first {environment: production, runs-on: ubuntu-latest}',
      'x-second: &second {environment: staging, timeout-minutes: 5}',
      SOUND.replace('    environment: production', '    <<: [*first, *second]').replace(
        '    runs-on: ubuntu-latest\n',
        '',
      ),
    ].join('\n');
    const report = await judgeText(text);
    assert.deepEqual(unreadable(report, 'odd.yml'), []);
    assert.ok(
      report.findings.some(({ rule, path: file }) => rule === 'prod-without-tests' && file === at('odd.yml')),
    );
    assert.ok(
      !report.findings.some(({ rule, path: file }) => rule === 'no-deploy-timeout' && file === at('odd.yml')),
    );
  });

  it('may hold 300 workflows, and one of 20,000 lines', async function () {
    this.timeout(240_000);
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [at(`service-${index}.yml`), SOUND]),
    );
    const jobs = Array.from({ length: 2_500 }, (_, index) =>
      [
        `  job-${index}:`,
        ...(index % 50 === 0 ? [] : [`    needs: [job-${index - 1}]`]),
        '    runs-on: ubuntu-latest',
        `    environment: ${index % 50 === 49 ? 'production' : 'staging'}`,
        '    steps:',
        `      - run: npm test -- ${index}`,
        '      - run: |',
        `          kubectl apply -f k8s/${index}.yml`,
      ].join('\n'),
    );
    const long = `on: push\njobs:\n${jobs.join('\n')}\n`;
    assert.ok(long.split('\n').length > 19_000);
    const files = { ...many, [at('long.yml')]: long, [at('sound.yml')]: SOUND };
    const report = await within(200, () => judge(memoryFiles(files)));
    assertSoundIsJudged(report);
    assert.equal(report.checkedFiles, 302);
  });

  it('stops when it is told to, with nothing said', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [at(`service-${index}.yml`), SOUND]),
    );
    const controller = new AbortController();
    const memory = memoryFiles(files);
    let reads = 0;
    const running = judge(
      {
        ...memory,
        read: (file) => {
          if (++reads === 50) controller.abort(new Error('enough'));
          return memory.read(file);
        },
      },
      controller.signal,
    );
    await assert.rejects(running, /enough/);
    assert.ok(reads < 60, `${reads} files were read`);
  });

  it('forgets files that are gone', async () => {
    const cache = createReadingCache();
    for (let index = 0; index < 500; index++) {
      await checkRepository({
        root: '.',
        files: memoryFiles({ [at(`branch-${index}.yml`)]: 'on: push\njobs: {}\n' }),
        parsers,
        configuration: defaultConfiguration,
        today: '2026-11-21',
        cache,
      });
    }
    assert.ok(cache.workflows.size < 300, `${cache.workflows.size} readings are kept`);
  });
});
