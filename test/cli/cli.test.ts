import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = path.resolve('dist/cli.js');

/** One call of the built program; its colours and the machine's own settings are kept out. */
function run(cwd: string, ...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, out: stdout, err: stderr };
}

const good = `name: Deploy
on:
  push:
    tags: ['v*']
permissions: {}
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: npm ci
      - run: npm test
`;

const faulty = `${good}
  production:
    needs: test
    if: always() && needs.test.result != 'failure'
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: kubectl apply -f k8s/
`;

interface Json {
  readonly version: number;
  readonly verdict: string;
  readonly roots: readonly { readonly path: string; readonly verdict: string }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly status: string;
    readonly root: string;
    readonly path: string;
    readonly range: { readonly start: { readonly line: number; readonly column: number } } | null;
    readonly counterexample: unknown;
  }[];
}

describe('the command line', function () {
  this.timeout(60_000);
  let root: string;
  const put = (file: string, text: string | Buffer): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const json = (...args: string[]): Json =>
    JSON.parse(run(root, 'check', ...args, '--format', 'json').out) as Json;

  before(() => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'cli-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  describe('check', () => {
    it('ends with 0 for a pass, 1 for a block, 3 for unknown', () => {
      put('.github/workflows/deploy.yml', good);
      assert.equal(run(root, 'check').status, 0);
      put('.github/workflows/deploy.yml', faulty);
      assert.equal(run(root, 'check').status, 1);
      put('.github/workflows/deploy.yml', `${good}  x: [`);
      assert.equal(run(root, 'check').status, 3);
    });

    it('ends with 2 and a sentence where nothing could be checked or the call is wrong', () => {
      put('README.md', '# nothing');
      for (const [args, sentence] of [
        [['check'], /nothing to check in \.: no workflow/],
        [['check', 'README.md'], /README\.md was not checked: it is no workflow/],
        [['check', 'gone'], /gone does not exist/],
        [['check', '--format', 'xml'], /--format/],
        [['check', '--online'], /not there yet/],
        [['check', '--config', 'gone.yml'], /configuration gone\.yml does not exist/],
        [['chekc'], /unknown command 'chekc'/],
      ] as const) {
        const { status, out, err } = run(root, ...args);
        assert.equal(status, 2, args.join(' '));
        assert.equal(out, '', args.join(' '));
        assert.match(err, sentence);
        assert.doesNotMatch(err, /\n\s+at /, 'no stack');
      }
    });

    it('names every mistake of the configuration with its line', () => {
      put('.github/workflows/deploy.yml', good);
      put('.github/release-gate.yml', 'rules:\n  prod-without-test: warn\nfolder: x\n');
      const { status, err } = run(root, 'check');
      assert.equal(status, 2);
      assert.match(err, /release-gate\.yml:2:/);
      assert.match(err, /release-gate\.yml:3:/);
    });

    it('keeps its contract as JSON', () => {
      put('.github/workflows/deploy.yml', faulty);
      const report = json();
      assert.deepEqual(Object.keys(report).sort(), ['findings', 'notChecked', 'roots', 'verdict', 'version']);
      assert.deepEqual(
        [report.version, report.verdict, report.roots],
        [1, 'fail', [{ path: '.', verdict: 'fail' }]],
      );
      const finding = report.findings.find(({ rule }) => rule === 'prod-without-tests');
      assert.deepEqual(
        [finding?.severity, finding?.status, finding?.root, finding?.path, finding?.range?.start],
        ['block', 'fail', '.', '.github/workflows/deploy.yml', { line: 18, column: 9 }],
      );
      assert.ok(finding?.counterexample);
      assert.deepEqual(Object.keys(finding).sort(), [
        'counterexample',
        'evidence',
        'fix',
        'message',
        'path',
        'range',
        'root',
        'rule',
        'severity',
        'status',
      ]);
    });

    it('judges several roots and files, each in the repository that it belongs to', () => {
      put('a/.github/workflows/deploy.yml', faulty);
      put('b/.github/workflows/ci.yml', good);
      put('b/.github/workflows/deploy.yml', faulty);
      const report = json('a', 'b/.github/workflows/ci.yml');
      assert.deepEqual(report.roots, [
        { path: 'a', verdict: 'fail' },
        { path: 'b', verdict: 'pass' },
      ]);
      assert.ok(report.findings.every((finding) => finding.root === 'a'));
    });

    it('still checks the others beside files that are broken, binary, huge, a folder or a dangling link', () => {
      put('.github/workflows/deploy.yml', faulty);
      put('.github/workflows/binary.yml', Buffer.from([0, 1, 2]));
      put('.github/workflows/huge.yml', Buffer.alloc(6 * 1024 * 1024, 97));
      put('.github/workflows/broken.yml', 'on: push\njobs: {');
      mkdirSync(path.join(root, '.github/workflows/folder.yml'));
      symlinkSync('/nowhere', path.join(root, '.github/workflows/link.yml'));
      const { findings, verdict } = json();
      const unreadable = findings
        .filter(({ rule }) => rule === 'unreadable-file')
        .map((finding) => path.basename(finding.path));
      assert.deepEqual(unreadable, ['binary.yml', 'broken.yml', 'huge.yml', 'link.yml']);
      assert.ok(findings.some(({ rule }) => rule === 'prod-without-tests'));
      assert.equal(verdict, 'fail');
    });

    it('prints SARIF and annotations', () => {
      put('.github/workflows/deploy.yml', faulty);
      const sarif = JSON.parse(run(root, 'check', '--format', 'sarif').out) as {
        version: string;
        runs: { results: unknown[] }[];
      };
      assert.equal(sarif.version, '2.1.0');
      assert.ok((sarif.runs[0]?.results.length ?? 0) > 3);
      assert.match(
        run(root, 'check', '--format', 'github').out,
        /^::error file=\.github\/workflows\/deploy\.yml,line=18/m,
      );
    });

    it('quotes the line, plays the counterexample and names a page that exists', () => {
      put('.github/workflows/deploy.yml', faulty);
      const { out } = run(root, 'check');
      assert.match(out, /^fail: \d+ blocking/);
      assert.match(out, /18 \| {5}if: always\(\) && needs\.test\.result != 'failure'/);
      assert.match(out, /production: starts/);
      const page = /more: (.*prod-without-tests\.md)/.exec(out)?.[1] ?? '';
      assert.ok(existsSync(path.resolve(root, page)), page);
    });
  });

  describe('graph', () => {
    it('prints Mermaid, SVG or JSON of the way to production, and of everything with --all', () => {
      put('.github/workflows/deploy.yml', faulty);
      put(
        '.github/workflows/docs.yml',
        'on: push\njobs:\n  pages:\n    runs-on: x\n    steps:\n      - run: make\n',
      );
      const mermaid = run(root, 'graph');
      assert.equal(mermaid.status, 0, mermaid.err);
      assert.match(mermaid.out, /^flowchart LR\n[\s\S]*-\.->\|"○ open"\|/);
      assert.doesNotMatch(mermaid.out, /pages/);
      assert.match(run(root, 'graph', '--all').out, /pages/);
      assert.match(run(root, 'graph', '--format', 'svg').out, /^<svg [\s\S]*<\/svg>\n$/);
      const data = JSON.parse(run(root, 'graph', '.', '--format', 'json').out) as Record<string, unknown[]>;
      assert.equal(data['version'], 1);
      assert.equal(data['counterexamples']?.length, 1);
    });

    it('writes only where it is told, by the ending of the file, and overwrites nothing by itself', () => {
      put('.github/workflows/deploy.yml', faulty);
      const first = run(root, 'graph', '--output', 'paths.svg');
      assert.equal(first.status, 0, first.err);
      assert.equal(first.out, '');
      assert.match(first.err, /Written: paths\.svg\. 1 production job: open\./);
      assert.deepEqual(readdirSync(root).sort(), ['.github', 'paths.svg']);
      put('paths.svg', 'mine');
      const second = run(root, 'graph', '--output', 'paths.svg');
      assert.equal(second.status, 2);
      assert.match(second.err, /paths\.svg exists; nothing was written\. Add --force/);
      assert.equal(readFileSync(path.join(root, 'paths.svg'), 'utf8'), 'mine');
      assert.equal(run(root, 'graph', '--output', 'paths.svg', '--force').status, 0);
      assert.match(readFileSync(path.join(root, 'paths.svg'), 'utf8'), /^<svg /);
    });

    it('says what it could not draw', () => {
      put('README.md', '# nothing');
      for (const [args, sentence] of [
        [['graph'], /no workflow under \.github\/workflows/],
        [['graph', 'gone'], /gone does not exist/],
        [['graph', '--format', 'png'], /--format/],
      ] as const) {
        const { status, out, err } = run(root, ...args);
        assert.equal(status, 2, args.join(' '));
        assert.equal(out, '');
        assert.match(err, sentence);
      }
      put('.github/workflows/ci.yml', good);
      const quiet = run(root, 'graph');
      assert.equal(quiet.status, 0);
      assert.match(quiet.err, /deploys to production, as far as its files show; --all draws every workflow/);
      const nowhere = run(root, 'graph', '--output', 'gone/paths.svg');
      assert.equal(nowhere.status, 2);
      assert.match(nowhere.err, /the folder of gone\/paths\.svg does not exist/);
    });
  });

  describe('the drafting commands', () => {
    it('have help that says what they take, write and what is not known', () => {
      const all = run(root, '--help');
      for (const name of ['check', 'plan', 'generate', 'oidc', 'extract', 'runbook', 'postmortem', 'setup']) {
        assert.match(all.out, new RegExp(`^  ${name}\\b`, 'm'));
        const { status, out } = run(root, name, '--help');
        assert.equal(status, 0);
        assert.match(out, /--format/);
      }
      assert.match(
        run(root, 'plan', '--help').out,
        /--risk-posture <text>[\s\S]*docs\/release[\s\S]*UNKNOWN/,
      );
    });

    it('and those that run releases say what may be typed, what is written and how they end', () => {
      const all = run(root, '--help').out;
      assert.match(all, /release-gate release --env production --version 2\.4\.0/);
      assert.match(all, /Of a run: 0 Released, 1 Rolled-Back, 2 Aborted or could not run, 4 UNKNOWN STATE/);
      assert.doesNotMatch(all, /release-runner/);
      const said: Readonly<Record<string, readonly RegExp[]>> = {
        release: [/nothing is deployed before you type/, /skip-watch WHY/, /4 nobody knows what runs/],
        rollback: [/Examples:[\s\S]*--to 2\.3\.1/, /told to roll back instead/, /1 rolled back and verified/],
        drill: [/Practise a rollback outside production/, /refused in production/, /record/],
        follow: [/roll-back WHY/, /Ctrl\+C leaves the run as it is/],
        resume: [/No call of the deploy script that was begun is made again/, /take-over/],
        runs: [/the last first/],
      };
      for (const [name, patterns] of Object.entries(said)) {
        assert.match(all, new RegExp(`^  ${name}\\b`, 'm'));
        const { status, out } = run(root, name, '--help');
        assert.equal(status, 0, name);
        assert.doesNotMatch(out, /default: \[\]/);
        for (const pattern of patterns) assert.match(out, pattern);
      }
    });

    it('show without writing, write with --write, and leave alone what is as proposed', () => {
      put('package.json', '{ "name": "shop", "scripts": { "test": "node --test" } }');
      const shown = run(root, 'runbook');
      assert.equal(shown.status, 0, shown.err);
      assert.match(shown.out, /docs\/ops\/RUNBOOK\.md \(new, \d+ lines\)/);
      assert.deepEqual(readdirSync(root), ['package.json']);
      assert.equal(run(root, 'runbook', '--write').status, 0);
      assert.match(readFileSync(path.join(root, 'docs/ops/RUNBOOK.md'), 'utf8'), /^# Runbook: shop$/m);
      const again = run(root, 'runbook', '--write');
      assert.match(again.out, /Already as proposed: docs\/ops\/RUNBOOK\.md/);
    });

    it('show the difference of a file that is there before they change it', () => {
      put('package.json', '{ "name": "shop" }');
      put('docs/ops/RUNBOOK.md', '# Runbook: shop\n\n## Our own section\n\nCall Ada.\n');
      const { out } = run(root, 'runbook', '--write');
      assert.match(out, /^--- a\/docs\/ops\/RUNBOOK\.md$/m);
      assert.match(readFileSync(path.join(root, 'docs/ops/RUNBOOK.md'), 'utf8'), /Call Ada\./);
    });

    it('set a repository up by the parts that were named, and only once', () => {
      put('package.json', '{ "name": "shop" }');
      put('.github/dependabot.yml', 'version: 2 # ours\nupdates: []\n');
      const help = run(root, 'setup', '--help').out;
      assert.match(help, /--only <names>[\s\S]*settings, dependabot, codeowners/);
      assert.match(help, /"Release Gate: Set Up This Repository"/);
      const shown = run(root, 'setup', '--only', 'dependabot,settings', '--terraform');
      assert.equal(shown.status, 0, shown.err);
      assert.match(shown.out, /dependabot\.yml \(changed, /);
      assert.deepEqual(readdirSync(path.join(root, '.github')), ['dependabot.yml']);
      assert.equal(run(root, 'setup', '--only', 'dependabot,settings', '--terraform', '--write').status, 0);
      assert.match(
        readFileSync(path.join(root, '.github/dependabot.yml'), 'utf8'),
        /^version: 2 # ours\n[\s\S]*package-ecosystem: npm/,
      );
      assert.ok(
        readFileSync(path.join(root, '.github/release-gate/terraform/github/main.tf'), 'utf8').includes(
          'integrations/github',
        ),
      );
      const again = run(root, 'setup', '--only', 'dependabot,settings', '--write');
      assert.match(again.out, /stands as it would be proposed[\s\S]*Nothing to write/);
      assert.equal(run(root, 'setup', '--only', 'poems').status, 2);
    });

    it('write through no symbolic link', () => {
      const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
      put('package.json', '{ "name": "shop" }');
      symlinkSync(outside, path.join(root, 'docs'));
      const { status, err } = run(root, 'runbook', '--write');
      assert.equal(status, 2);
      assert.match(err, /Nothing was written: docs\/ops\/RUNBOOK\.md goes through the symbolic link docs\./);
      assert.deepEqual(readdirSync(outside), []);
      rmSync(outside, { recursive: true });
    });

    it('take what a person tells, and say as data what they would write', () => {
      put('package.json', '{ "name": "shop" }');
      const { status, out } = run(
        root,
        'postmortem',
        '--incident',
        'Checkout fails',
        '--started-at',
        '2026-03-04T10:12Z',
        '--format',
        'json',
      );
      assert.equal(status, 0);
      const result = JSON.parse(out) as {
        version: number;
        task: string;
        files: { path: string; status: string; content: string }[];
        written: null;
      };
      assert.deepEqual([result.version, result.task, result.written], [1, 'postmortem-skeleton', null]);
      assert.deepEqual(
        result.files.map(({ path: file, status: state }) => [file, state]),
        [['docs/ops/postmortems/PM_2026-03-04_checkout-fails.md', 'new']],
      );
    });

    it('say in a sentence why there is nothing to do', () => {
      put('.github/workflows/ci.yml', good);
      for (const command of ['oidc', 'extract']) {
        const { status, err } = run(root, command);
        assert.equal(status, 2, command);
        assert.match(err, /^release-gate: .{20,}/, command);
        assert.doesNotMatch(err, /fault of Release Gate/);
      }
    });
  });
});
