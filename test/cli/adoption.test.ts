import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { assertSarif } from '../core/gate/reports/sarif-schema';

const program = path.resolve('dist/cli.js');

const faulty = `name: Deploy
on:
  push:
    branches: [main]
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: kubectl apply -f k8s/
`;

const clean =
  'name: CI\non: push\npermissions: {}\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: npm test\n';

interface Call {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

interface Json {
  readonly verdict: string;
  readonly findings: readonly { readonly rule: string; readonly status: string; readonly baseline?: true }[];
  readonly gone?: readonly { readonly rule: string }[];
  readonly leftOut?: readonly { readonly path: string }[];
  readonly otherTools?: readonly { readonly tool: string; readonly findings: readonly object[] }[];
}

describe('adopting the gate', function () {
  this.timeout(60_000);
  let root: string;
  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Call => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', ...env },
    });
    return { status, out: stdout, err: stderr };
  };
  const run = (...args: string[]): Call => start([program, ...args]);
  const json = (...args: string[]): Json => JSON.parse(run('check', ...args, '--format', 'json').out) as Json;

  before(() => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'adopt-'));
    put('.github/workflows/deploy.yml', faulty);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  describe('with a baseline', () => {
    it('blocks on what is new only, and counts what it sets aside in the first line', () => {
      assert.equal(run('check').status, 1);
      const dry = run('baseline', '--dry-run');
      assert.match(dry.out, /^\+\+\+ b\/\.github\/release-gate-baseline\.json$/m);
      assert.ok(!existsSync(path.join(root, '.github/release-gate-baseline.json')));
      const written = run('baseline');
      assert.equal(written.status, 0, written.err);
      assert.match(
        written.out,
        /^Written: \.github\/release-gate-baseline\.json with \d+ findings, \d+ of them blocking\.$/m,
      );
      const { status, out } = run('check');
      assert.equal(status, 0);
      assert.match(out, /^pass: 0 blocking, 0 unknown, 0 warnings, 0 notes, 0 waived, known before: \d+;/);
      const report = json();
      assert.ok(report.findings.length > 0);
      assert.ok(report.findings.every((finding) => finding.status === 'waived' && finding.baseline === true));
      put('.github/workflows/second.yml', faulty);
      assert.equal(run('check').status, 1, 'the same fault in another file is new');
      rmSync(path.join(root, '.github/workflows/second.yml'));
      assert.equal(run('check', '--no-baseline').status, 1);
      put('.github/workflows/deploy.yml', clean);
      assert.ok((json().gone?.length ?? 0) > 3);
      assert.match(run('baseline').out, /with 0 findings/);
      assert.equal(run('baseline').out.startsWith('Already as it would be written'), true);
    });

    it('takes another file, and stops where a baseline is wrong or missed', () => {
      run('baseline', '--output', 'known.json');
      assert.equal(run('check').status, 1);
      assert.equal(run('check', '--baseline', 'known.json').status, 0);
      assert.match(run('check', '--baseline', 'gone.json').err, /The baseline gone\.json does not exist/);
      put('.github/release-gate-baseline.json', '{');
      const { status, err } = run('check');
      assert.deepEqual(
        [status, err],
        [2, 'release-gate: The baseline .github/release-gate-baseline.json is not JSON.\n'],
      );
      assert.equal(run('baseline').status, 0, 'it can be written anew');
    });
  });

  describe('with what other tools report', () => {
    const sarif = JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'zizmor' } }, results: [{ ruleId: 'x', message: { text: 'm' } }] }],
    });

    it('shows it beside ours and keeps the verdict, with paths before or behind', () => {
      put('zizmor.sarif', sarif);
      put('b.json', sarif);
      const alone = json();
      for (const args of [
        ['.', '--sarif', 'zizmor.sarif', 'b.json'],
        ['--sarif', 'zizmor.sarif', '--sarif', 'b.json'],
        ['--sarif', 'zizmor.sarif', 'b.json', '.'],
      ]) {
        const report = json(...args);
        assert.deepEqual([report.verdict, report.findings], [alone.verdict, alone.findings], args.join(' '));
        assert.deepEqual(
          report.otherTools?.map(({ tool }) => tool),
          ['zizmor', 'zizmor'],
        );
      }
      assertSarif(run('check', '--sarif', 'zizmor.sarif', '--format', 'sarif').out);
      assert.match(
        run('check', '--sarif', 'zizmor.sarif').out,
        /^From other tools, not part of the verdict: zizmor 1$/m,
      );
    });

    it('stops with a sentence at a file that is none', () => {
      put('bad.sarif', '{');
      put('deep.sarif', '['.repeat(200_000));
      for (const [file, sentence] of [
        ['bad.sarif', /bad\.sarif is not JSON/],
        ['deep.sarif', /deep\.sarif is not JSON/],
        ['gone.sarif', /gone\.sarif does not exist/],
      ] as const) {
        const { status, err } = run('check', '--sarif', file);
        assert.equal(status, 2);
        assert.match(err, sentence);
        assert.doesNotMatch(err, /fault of Release Gate/);
      }
    });
  });

  describe('with a configuration of several files', () => {
    it('names the mistake of a base with its path and line', () => {
      put('.github/release-gate.yml', 'extends: policy/gate.yml\n');
      put('policy/gate.yml', 'rules:\n  nope: warn\n');
      const { status, err } = run('check');
      assert.equal(status, 2);
      assert.match(err, /^ {2}policy\/gate\.yml:2:3: there is no rule "nope"/m);
      put('policy/gate.yml', 'paths:\n  exclude: [.github/workflows/deploy.yml]\n');
      assert.match(run('check', '.github/workflows/deploy.yml').err, /the configuration leaves it out/);
      put('.github/workflows/ci.yml', clean);
      assert.deepEqual(
        json().leftOut?.map((each) => each.path),
        ['.github/workflows/deploy.yml'],
      );
    });

    it('takes a named configuration inside the repository and outside', () => {
      put('policy/gate.yml', 'extends: policy/base.yml\n');
      put('policy/base.yml', 'paths: { exclude: ["**"] }\n');
      assert.match(run('check', '--config', 'policy/gate.yml', '.').err, /nothing to check/);
      const outside = mkdtempSync(path.join(tmpdir(), 'policy-'));
      writeFileSync(path.join(outside, 'gate.yml'), 'extends: base.yml\n');
      writeFileSync(path.join(outside, 'base.yml'), '\nrule: {}\n');
      const named = path.join(outside, 'gate.yml');
      assert.match(run('check', '--config', named).err, /base\.yml:2:1: .*did you mean "rules"/);
      rmSync(outside, { recursive: true });
    });
  });

  describe('with init', () => {
    it('shows a workflow and a configuration, and writes them when it is told to', () => {
      const shown = run('init', 'ci', '--uses', `acme/gate@${'a'.repeat(40)}`, '--branch', 'trunk');
      assert.equal(shown.status, 0, shown.err);
      assert.match(shown.out, /uses: acme\/gate@a{40}/);
      assert.match(shown.out, /Nothing was written/);
      assert.ok(!existsSync(path.join(root, '.github/workflows/release-gate.yml')));
      assert.equal(run('init', 'ci', '--write').status, 0);
      assert.equal(run('check', '.github/workflows/release-gate.yml').status, 0);
      assert.match(run('init', 'ci', '--branch', 'trunk').out, /^\+ {6}- trunk$/m);
      assert.match(run('init', 'ci', '--uses', 'acme/gate@v1').err, /a tag can be moved/);
      assert.match(run('init', 'ci', '--branch', 'a b').err, /is no name of a branch/);
      assert.equal(run('init', 'config', '--write').status, 0);
      assert.equal(run('check').status, 1, 'the configuration is read');
      assert.match(run('init', 'config').err, /there is a configuration already/);
    });
  });

  describe('as a GitHub Action', () => {
    const action = parse(readFileSync('action.yml', 'utf8')) as {
      inputs: Record<string, { default: string }>;
      outputs: Record<string, { value: string }>;
      runs: { using: string; steps: { env: Record<string, string>; run: string; shell: string }[] };
    };
    const [step] = action.runs.steps;
    /** What the runner does: inputs into the step's environment, then its script in bash. */
    const act = (
      inputs: Readonly<Record<string, string>> = {},
    ): Call & { outputs: string; summary: string } => {
      const env = Object.fromEntries(
        Object.entries(step?.env ?? {}).map(([name, value]) => {
          const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] ?? '';
          assert.ok(action.inputs[input], `${value} is no input`);
          return [name, inputs[input] ?? action.inputs[input].default];
        }),
      );
      const outputs = path.join(root, 'outputs.txt');
      const summary = path.join(root, 'summary.txt');
      for (const file of [outputs, summary]) writeFileSync(file, '');
      const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step?.run ?? ''], {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          ...env,
          GITHUB_ACTION_PATH: path.resolve('.'),
          GITHUB_OUTPUT: outputs,
          GITHUB_STEP_SUMMARY: summary,
          RUNNER_TEMP: root,
        },
      });
      return {
        status,
        out: stdout,
        err: stderr,
        outputs: readFileSync(outputs, 'utf8'),
        summary: readFileSync(summary, 'utf8'),
      };
    };

    it('puts no input into its script, and every input and output there is', () => {
      assert.equal(action.runs.using, 'composite');
      assert.doesNotMatch(step?.run ?? '', /\$\{\{/);
      assert.equal(Object.keys(step?.env ?? {}).length, Object.keys(action.inputs).length);
      assert.deepEqual(Object.keys(action.outputs), ['verdict', 'sarif-file']);
    });

    it('annotates, gives the verdict and the SARIF file, writes a summary, and fails as it is told', () => {
      const failed = act();
      assert.equal(failed.status, 1, failed.err);
      assert.match(failed.out, /^::error file=\.github\/workflows\/deploy\.yml/m);
      assert.match(failed.outputs, /^verdict=fail$/m);
      const file = /^sarif-file=(.*)$/m.exec(failed.outputs)?.[1] ?? '';
      assertSarif(readFileSync(file, 'utf8'));
      assert.match(failed.summary, /^## Release Gate: fail\n\n```text\nfail: /);
      assert.equal(act({ 'fail-on': 'never' }).status, 0);
      put('.github/workflows/deploy.yml', 'jobs: [');
      assert.equal(act().status, 1, 'unknown is no pass');
      assert.equal(act({ 'fail-on': 'fail' }).status, 0);
      put('.github/workflows/deploy.yml', clean);
      assert.deepEqual([act().status, act({ format: 'json', paths: '.\n\n' }).status], [0, 0]);
    });

    it('takes nothing of an input for an option or for shell', () => {
      const mark = path.join(root, 'mark');
      for (const paths of [`$(touch ${mark})`, `;touch ${mark};`, '`touch mark`', '--fix', '--write']) {
        const { status, out } = act({ paths });
        assert.equal(status, 2, paths);
        assert.match(out, /^::error title=release-gate::.* does not exist/m);
      }
      assert.ok(!existsSync(mark));
      assert.equal(act({ format: 'x' }).status, 2);
      assert.equal(act({ 'fail-on': 'x' }).status, 2);
      assert.match(act({ sarif: 'a.txt' }).out, /named \.sarif or \.json, not "a\.txt"/);
      assert.match(act({ config: 'gone.yml' }).out, /gone\.yml does not exist/);
      assert.equal(act({ baseline: 'none' }).status, 1);
    });
  });

  describe('as a hook of pre-commit', () => {
    const [hook] = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as {
      id: string;
      entry: string;
      files: string;
      language: string;
      pass_filenames: boolean;
    }[];

    it('is asked about workflows, documents and the configuration', () => {
      assert.deepEqual(
        [hook?.id, hook?.language, hook?.pass_filenames],
        ['release-gate-check', 'script', true],
      );
      const pattern = new RegExp(hook?.files ?? '');
      for (const file of ['.github/workflows/a.yml', '.github/release-gate.yml', 'docs/ops/RUNBOOK.md']) {
        assert.match(file, pattern);
      }
      for (const file of ['src/a.ts', 'x/.github/workflows/a.yml', '.github/workflows/a.yml.bak']) {
        assert.doesNotMatch(file, pattern);
      }
    });

    it('stops a commit that blocks, and lets through what is not judged', () => {
      put('README.md', '# x\n');
      put('.github/workflows/ci.yml', clean);
      const entry = path.resolve(hook?.entry ?? '');
      const commit = (...files: string[]): number | null => start([entry, ...files]).status;
      assert.equal(commit('.github/workflows/deploy.yml', 'README.md'), 1);
      assert.equal(commit('.github/workflows/ci.yml'), 0);
      assert.equal(commit('README.md'), 0);
      put('.github/release-gate.yml', 'rules: { nope: warn }\n');
      assert.equal(commit('.github/release-gate.yml'), 2);
    });
  });
});
