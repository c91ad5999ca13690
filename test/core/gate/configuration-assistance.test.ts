import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { TOP_KEYS, readConfiguration } from '../../../src/core/gate/configuration';
import {
  completeConfiguration,
  explainConfiguration,
  type ConfigurationFacts,
} from '../../../src/core/gate/configuration-assistance';
import { rules, rulesOfGitHub } from '../../../src/core/rules/index';
import { readWorkflow } from '../../../src/core/workflow/read';

const facts: ConfigurationFacts = {
  workflows: [
    readWorkflow(
      '.github/workflows/deploy.yml',
      'on: push\njobs:\n  test:\n    runs-on: x\n    steps: [{ uses: actions/checkout@v4 }]\n' +
        '  ship:\n    environment: live eu\n    uses: acme/ops/.github/workflows/ship.yml@v1\n' +
        '  probe:\n    environment: { name: "${{ matrix.env }}" }\n    runs-on: x\n',
    ),
    readWorkflow(
      '.github/workflows/other.yml',
      'on: push\njobs:\n  lint:\n    environment: staging\n    runs-on: x\n',
    ),
  ],
  otherYaml: ['policy/gate.yml'],
};

/** The labels that are offered at the `|` of a text. */
function at(marked: string): readonly string[] {
  return completeConfiguration(marked.replace('|', ''), marked.indexOf('|'), facts).items.map(
    ({ label }) => label,
  );
}

const allRules = [...rules, ...rulesOfGitHub].map(({ id }) => id);

describe('completing a configuration', () => {
  it('offers the keys that the map has not yet', () => {
    assert.deepEqual(at('|'), TOP_KEYS);
    assert.deepEqual(at('onl|'), TOP_KEYS);
    assert.deepEqual(
      at('rules:\n  x: off\n|\nonline: true\n'),
      TOP_KEYS.filter((key) => key !== 'rules' && key !== 'online'),
    );
    assert.deepEqual(at('environments:\n  |'), ['production', 'other']);
    assert.deepEqual(at('environments:\n  other: [a]\n  |'), ['production']);
    assert.deepEqual(at('paths:\n  |'), ['include', 'exclude']);
    assert.deepEqual(at('limits:\n  d|'), ['deploy-timeout-minutes']);
    assert.deepEqual(at('waivers:\n  - |'), ['rule', 'path', 'job', 'reason', 'until']);
    assert.deepEqual(at('waivers:\n  - rule: no-smoke-test\n    |'), ['path', 'job', 'reason', 'until']);
    assert.deepEqual(at('waivers:\n  - rule: no-smoke-test\n    path: a\n  - |'), [
      'rule',
      'path',
      'job',
      'reason',
      'until',
    ]);
  });

  it('offers rules with their titles, and severities', () => {
    assert.deepEqual(at('rules:\n  |'), allRules);
    assert.ok(!at('rules:\n  no-smoke-test: off\n  |').includes('no-smoke-test'));
    assert.deepEqual(at('rules:\n  no-smoke-test: |'), ['block', 'warn', 'info', 'off']);
    assert.deepEqual(at('rules:\n  no-smoke-test: bl|'), ['block', 'warn', 'info', 'off']);
    const [first] = completeConfiguration('rules:\n  ', 9, facts).items;
    assert.deepEqual([first?.text, first?.detail], [`${rules[0]?.id}: `, rules[0]?.title]);
    assert.deepEqual(at('waivers:\n  - rule: |'), allRules);
  });

  it('offers what the workflows of the repository hold', () => {
    assert.deepEqual(at('environments:\n  production:\n    - |'), ['live eu', 'staging']);
    assert.deepEqual(at('environments:\n  production: [|'), ['live eu', 'staging']);
    assert.deepEqual(at('environments:\n  production: [staging, l|'), ['live eu']);
    assert.deepEqual(at('environments:\n  other: s|'), ['live eu', 'staging']);
    const workflows = ['.github/workflows/deploy.yml', '.github/workflows/other.yml'];
    assert.deepEqual(at('waivers:\n  - path: |'), workflows);
    assert.deepEqual(at('paths:\n  exclude:\n    - |'), workflows);
    assert.deepEqual(at('waivers:\n  - rule: x\n    job: |'), ['test', 'ship', 'probe', 'lint']);
    assert.deepEqual(at('waivers:\n  - path: .github/workflows/other.yml\n    job: |'), ['lint']);
    assert.deepEqual(at('actions:\n  |'), ['acme/ops/.github/workflows/ship.yml', 'actions/checkout']);
    assert.deepEqual(at('extends: |'), ['policy/gate.yml']);
  });

  it('offers phases, purposes and truth', () => {
    assert.ok(at('phases: [|').includes('end-to-end'));
    assert.ok(!at('phases: [lint, |').includes('lint'));
    assert.ok(at('phases:\n  - |').includes('unit'));
    assert.ok(at('actions:\n  acme/ship: |').includes('deploy'));
    assert.ok(at('commands:\n  make ship: [|').includes('none'));
    assert.deepEqual(at('online: |'), ['true', 'false']);
    assert.deepEqual(at('documents:\n  |'), ['templates']);
    assert.ok(at('documents:\n  templates:\n    |').includes('environment-matrix'));
    assert.deepEqual(at('sql:\n  |'), ['dialect', 'paths']);
    assert.deepEqual(at('sql:\n  dialect: |'), ['postgresql', 'mysql', 'sqlite', 'tsql']);
    assert.deepEqual(at('sql:\n  paths:\n    legacy/**: |'), ['postgresql', 'mysql', 'sqlite', 'tsql']);
    assert.deepEqual(at('sql:\n  paths:\n    |'), []);
  });

  it('offers nothing in a comment, nor where anything can stand', () => {
    for (const text of ['# |', 'rules: # |', 'waivers:\n  - reason: |', 'commands:\n  |', 'x: |']) {
      assert.deepEqual(at(text), [], text);
    }
  });

  it('replaces the word so far, quotes what plain YAML would read otherwise, and gives what the reader takes', () => {
    const text = 'environments:\n  production: [sta';
    const { replaced } = completeConfiguration(text, text.length, facts);
    assert.equal(text.slice(replaced.start, replaced.end), 'sta');
    for (const marked of [
      'environments:\n  production: |',
      'rules:\n  no-smoke-test: |',
      'phases: |',
      'actions:\n  a/b: |',
      'online: |',
      'extends: |',
      'paths: { exclude: [] }\nwaivers: []\nphases:\n  - |',
    ]) {
      const offset = marked.indexOf('|');
      const { items } = completeConfiguration(marked.replace('|', ''), offset, facts);
      assert.ok(items.length > 0, marked);
      for (const item of items) {
        const result = readConfiguration('x.yml', marked.replace('|', item.text));
        assert.ok(result.ok, `${marked.replace('|', item.text)}: ${JSON.stringify(result)}`);
      }
    }
  });

  it('never throws, at any place of any text', () => {
    const pieces = fc.constantFrom(
      'rules:',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      ': ',
      'waivers:',
      'a',
      '"',
      "'",
      '#',
      '{',
      ',',
      '\t',
      '\r\n',
      'environments:',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.nat(100), (parts, offset) => {
        const text = parts.join('');
        completeConfiguration(text, Math.min(offset, text.length), facts);
        explainConfiguration(text, Math.min(offset, text.length), facts);
      }),
      { numRuns: 500 },
    );
  });
});

describe('explaining a configuration', () => {
  const means = (marked: string): string | undefined =>
    explainConfiguration(marked.replace('|', ''), marked.indexOf('|'), facts)?.text;

  it('says what keys, rules and environments are', () => {
    assert.match(means('onl|ine: true') ?? '', /GitHub's API/);
    assert.match(means('paths:\n  excl|ude: [a]') ?? '', /left out/);
    assert.match(means('rules:\n  no-smo|ke-test: warn') ?? '', /It blocks by itself\.$/);
    assert.match(means('waivers:\n  - rule: no-smo|ke-test') ?? '', /It blocks by itself\.$/);
    assert.match(means('rules:\n  no-wait-ti|mer: warn') ?? '', /Not asked in this version/);
    assert.equal(means('environments:\n  production: [sta|ging]'), 'Named in other.yml.');
    assert.equal(means('environments:\n  production: [lab|]'), 'No workflow names it.');
    assert.equal(means('waivers:\n  - reason: by ha|nd'), undefined);
    assert.equal(explainConfiguration('rules:\n  no-smoke-test: off', 12, facts)?.rule, 'no-smoke-test');
  });
});
