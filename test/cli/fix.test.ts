import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonReport } from '../../src/core/gate/reports/json';

const program = path.resolve('dist/cli.js');
const FILE = '.github/workflows/release.yml';
const COMMIT = '3d3c42e5aac5ba805825da76410c181273ba90b1';

const release = `name: Release
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7.0.1
      - run: npm test
  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production
    concurrency:
      group: production
      cancel-in-progress: false
    steps:
      - run: kubectl apply -f k8s/
`;
const pinned = release.replace('@v7.0.1', `@${COMMIT} # v7.0.1`);
/** With all that is for review besides: a time limit, a queue that drops nobody, somebody who is told. */
const reviewed = pinned
  .replace(
    '    environment:',
    `    permissions:
      contents: read
      issues: write
    timeout-minutes: 30
    environment:`,
  )
  .replace('      cancel-in-progress: false\n', '      cancel-in-progress: false\n      queue: max\n')
  .concat(`      - name: Tell that the deployment failed
        if: failure()
        env:
          GH_TOKEN: \${{ github.token }}
        run: |
          gh issue create --repo "$GITHUB_REPOSITORY" \\
            --title "Deployment failed: $GITHUB_WORKFLOW, deploy" \\
            --body "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
`);

describe('check --fix', function () {
  this.timeout(60_000);
  let root: string;
  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  const check = (...args: string[]): { status: number | null; out: string; err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'check', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
    });
    return { status, out: stdout, err: stderr };
  };

  before(() => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'cli-fix-'));
    put(FILE, release);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('writes the safe fixes, says which, and ends by what is left', () => {
    const { status, out } = check('--fix');
    assert.equal(textOf(FILE), pinned);
    assert.match(
      out,
      /^Fixed 1 finding in 1 file:\n {2}\.github\/workflows\/release\.yml:11:15 {2}unpinned-action: Pin/,
    );
    assert.match(out, /^fail: \d+ blocking/m);
    assert.equal(status, 1, 'there is still no smoke test');
    assert.match(check('--fix').out, /^Nothing to fix\.\n/);
  });

  it('shows and writes nothing with --dry-run', () => {
    const { out } = check('--fix', '--dry-run');
    assert.match(out, /^-\s+- uses: actions\/checkout@v7\.0\.1$/m);
    assert.match(out, /Not written: 1 finding in 1 file/);
    assert.equal(textOf(FILE), release);
  });

  it('needs somebody to agree to what is for review', () => {
    const shown = check('--fix=proposed');
    assert.match(shown.out, /^\+ {4}timeout-minutes: 30$/m);
    assert.match(shown.err, /add --yes to write this/);
    assert.equal(textOf(FILE), release);
    const written = check('--fix=proposed', '--yes');
    assert.match(written.out, /no-deploy-timeout: End the job after 30 minutes \(for review\)/);
    assert.equal(textOf(FILE), reviewed);
  });

  it('tells as JSON what it did, beside the findings that are left', () => {
    const { out } = check('--fix', '--format', 'json');
    const { fixed, findings } = JSON.parse(out) as JsonReport;
    assert.deepEqual(
      fixed?.applied.map(({ rule, kind, path: file, range }) => [rule, kind, file, range?.start.line]),
      [['unpinned-action', 'safe', FILE, 11]],
    );
    assert.deepEqual([fixed.refused, fixed.written], [[], [{ root: '.', path: FILE }]]);
    assert.match(fixed.difference, /^--- a\/\.github\/workflows\/release\.yml$/m);
    assert.ok(findings.length > 0 && findings.every(({ rule }) => rule !== 'unpinned-action'));
    assert.equal(textOf(FILE), pinned);
  });

  it('fixes only in the files that are named, behind --fix too', () => {
    const other = '.github/workflows/other.yml';
    put(other, release);
    check('--fix', other);
    assert.deepEqual([textOf(FILE), textOf(other)], [release, pinned]);
  });

  it('says what --fix takes where its word is neither a kind nor a path', () => {
    const { status, err } = check('--fix=porposed');
    assert.equal(status, 2);
    assert.match(err, /porposed does not exist\. As a kind of fix --fix takes safe or proposed\./);
  });

  it('judges a folder once that is named twice, by a link too', () => {
    const link = `${root}-link`;
    symlinkSync(root, link);
    try {
      const { out } = check('.', link, '--format', 'json');
      assert.equal((JSON.parse(out) as JsonReport).roots.length, 1);
    } finally {
      rmSync(link);
    }
  });

  it('writes through no symbolic link, and mends the other files', () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
    writeFileSync(path.join(outside, 'linked.yml'), release);
    put('shared/linked.yml', release);
    symlinkSync('../../shared/linked.yml', path.join(root, '.github/workflows/linked.yml'));
    symlinkSync(path.join(outside, 'linked.yml'), path.join(root, '.github/workflows/outside.yml'));
    const { out } = check('--fix');
    assert.match(out, /linked\.yml:11:15 .*Not applied: .*linked\.yml goes through the symbolic link/);
    assert.equal(readFileSync(path.join(outside, 'linked.yml'), 'utf8'), release);
    assert.equal(textOf('shared/linked.yml'), release);
    assert.equal(textOf(FILE), pinned);
    rmSync(outside, { recursive: true });
  });

  it('says what is wrong with the call', () => {
    for (const [args, sentence] of [
      [['--dry-run'], /--dry-run and --yes speak of --fix/],
      [['--fix=propsed'], /propsed does not exist/],
    ] as const) {
      const { status, err } = check(...args);
      assert.equal(status, 2);
      assert.match(err, sentence);
    }
    assert.equal(textOf(FILE), release);
  });
});
