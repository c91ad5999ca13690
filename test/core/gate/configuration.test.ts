import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import {
  defaultConfiguration,
  isDate,
  readConfiguration,
  type ConfigurationProblem,
} from '../../../src/core/gate/configuration';

const PATH = '.github/release-gate.yml';

function problemsOf(text: string): readonly ConfigurationProblem[] {
  const result = readConfiguration(PATH, text);
  return result.ok ? [] : result.problems;
}

function oneProblem(text: string, line: number, message: RegExp): void {
  const problems = problemsOf(text);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  assert.match(problems[0]?.message ?? '', message);
  assert.equal(problems[0]?.line, line);
}

describe('the configuration', () => {
  it('is the default where the file is empty or holds only comments', () => {
    for (const text of ['', '\n', '# nothing yet\n', '---\n']) {
      assert.deepEqual(readConfiguration(PATH, text), { ok: true, configuration: defaultConfiguration });
    }
  });

  it('reads everything that it can say', () => {
    const result = readConfiguration(
      PATH,
      [
        'environments:',
        '  production: [live-eu, live-us]',
        '  other: qa',
        'rules:',
        '  no-deploy-timeout: block',
        '  unpinned-action: off',
        '  no-wait-timer: info',
        'waivers:',
        '  - rule: no-rollback-path',
        '    path: .github/workflows/*.yml',
        '    job: deploy',
        '    reason: the platform team rolls back by hand',
        '    until: 2027-03-01',
        '  - rule: no-deploy-concurrency',
        '    path: .github/workflows/release.yml',
        '    reason: one runner only',
        '    until: "2027-01-31"',
        'release: { folder: releases/, tags: "release/*" }',
        'operations:',
        '  folder: ops',
        'online: true',
        '',
      ].join('\r\n'),
    );
    assert.deepEqual(result, {
      ok: true,
      configuration: {
        productionEnvironments: ['live-eu', 'live-us'],
        otherEnvironments: ['qa'],
        severities: { 'no-deploy-timeout': 'block', 'unpinned-action': 'off', 'no-wait-timer': 'info' },
        waivers: [
          {
            rule: 'no-rollback-path',
            path: '.github/workflows/*.yml',
            job: 'deploy',
            reason: 'the platform team rolls back by hand',
            until: '2027-03-01',
            line: 9,
          },
          {
            rule: 'no-deploy-concurrency',
            path: '.github/workflows/release.yml',
            job: null,
            reason: 'one runner only',
            until: '2027-01-31',
            line: 14,
          },
        ],
        releaseFolder: 'releases',
        operationsFolder: 'ops',
        tagPattern: 'release/*',
        isOnline: true,
      },
    });
  });

  it('names an unknown key with its near miss and its line', () => {
    oneProblem(
      'online: false\nenviroments:\n  production: [live]\n',
      2,
      /"enviroments"; did you mean "environments"/,
    );
    oneProblem('environments:\n  producton: [live]\n', 2, /did you mean "production"/);
    oneProblem('colour: red\n', 1, /it takes environments, rules/);
  });

  it('refuses a rule that does not exist and a severity that is none', () => {
    oneProblem(
      'rules:\n  unpined-action: warn\n',
      2,
      /no rule "unpined-action"; did you mean "unpinned-action"/,
    );
    oneProblem('rules:\n  unpinned-action: error\n', 2, /must be block, warn, info or off/);
  });

  it('refuses a waiver that says too little', () => {
    const waiver = (...lines: string[]): string => `waivers:\n  - ${lines.join('\n    ')}\n`;
    oneProblem(waiver('rule: no-deploy-timeout', 'path: a.yml'), 2, /gives no reason/);
    oneProblem(waiver('rule: no-deploy-timeout', 'reason: x'), 2, /names no path/);
    oneProblem(waiver('path: a.yml', 'reason: x'), 2, /names no rule/);
    oneProblem(
      waiver('rule: no-rollback-path', 'path: a.yml', 'reason: x'),
      2,
      /blocking rule .* needs "until"/,
    );
    oneProblem(
      waiver('rule: no-rollback-path', 'path: a.yml', 'reason: x', 'until: 2027-02-30'),
      5,
      /must be a day such as 2027-03-01, not "2027-02-30"/,
    );
    oneProblem(waiver('rule: waiver-unused', 'path: a.yml', 'reason: x'), 2, /cannot be waived/);
    oneProblem('waivers:\n  rule: x\n', 2, /"waivers" must be a list/);
  });

  it('lets a rule that is configured to warn be waived without an end', () => {
    const text =
      'rules: { no-rollback-path: warn }\nwaivers:\n  - { rule: no-rollback-path, path: a.yml, reason: x }\n';
    assert.equal(readConfiguration(PATH, text).ok, true);
  });

  it('keeps every path inside the repository', () => {
    for (const folder of ['../elsewhere', '/etc', 'a/../../b', 'C:/x', 'a\\\\b', './x']) {
      oneProblem(`release:\n  folder: "${folder}"\n`, 2, /inside the repository/);
    }
  });

  it('refuses what is of the wrong type', () => {
    oneProblem('online: "yes"\n', 1, /must be true or false/);
    oneProblem('environments: [production]\n', 1, /"environments" must be a map/);
    oneProblem('environments:\n  production: [[a]]\n', 2, /must be a list of names/);
    oneProblem('- a\n', 1, /must be a map/);
    oneProblem('environments: { production: [live], other: [LIVE] }\n', 1, /cannot be both/);
  });

  it('gives every mistake at once, in the order of the lines', () => {
    const lines = problemsOf('online: 3\nfoo: 1\nrules:\n  nope: warn\n').map((problem) => problem.line);
    assert.deepEqual(lines, [1, 2, 4]);
  });

  it('says where YAML itself is broken', () => {
    assert.ok(problemsOf('rules: {\n').length > 0);
    assert.ok(problemsOf('a: 1\n---\nb: 2\n').length > 0);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const result = readConfiguration(PATH, text);
        if (!result.ok) {
          assert.ok(result.problems.length > 0);
          assert.ok(result.problems.every((problem) => problem.line >= 1 && problem.column >= 1));
        }
      }),
    );
  });
});

describe('a day', () => {
  it('is one of the calendar', () => {
    assert.ok(isDate('2028-02-29'));
    for (const text of ['2027-02-29', '2027-13-01', '27-01-01', '2027-1-1', '', 'tomorrow'])
      assert.ok(!isDate(text));
  });
});
