import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, describe, it } from 'mocha';
import type { ShellParser } from '../../../../src/core/ports';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import { commitOn, toldHistory } from '../../../support/told-history';
import { parsers } from '../rule-fixtures';
import { describeDocumentFixtures, findingsOf, readFixture } from './document-fixtures';

const ID = 'review-outdated';
const old = commitOn('2026-09-01', 'aaaaaaa');
const late = commitOn('2026-11-10', 'bbbbbbb', 'Deploy with an approval');

const workflow = (run: string): string =>
  `name: It\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${run}\n`;
const standing: Readonly<Record<string, string>> = {
  '.github/workflows/deploy.yml': workflow('helm upgrade orders ./chart'),
  '.github/workflows/ci.yml': workflow('make test'),
  '.github/workflows/pins.yml': workflow('make').replace('@v4', '@v5 # why'),
  '.github/workflows/new.yml': workflow('make new'),
};

let shell: ShellParser;
before(async () => {
  shell = await parsers.shell();
});

const factsOf = (changed: Readonly<Record<string, string>> = {}) => {
  const workflows = { ...standing, ...changed };
  return {
    shell,
    workflows: understandWorkflows(
      Object.entries(workflows).map(([path, text]) => readWorkflow(path, text)),
      shell,
      { productionEnvironments: [], otherEnvironments: [] },
    ),
    paths: new Set([
      ...Object.keys(workflows),
      '.github/actions/setup/action.yml',
      'infra/main.tf',
      'infra/network.tf',
    ]),
    history: toldHistory(
      {
        '.github/workflows/deploy.yml': [
          [old, workflow('kubectl apply -f k8s')],
          [late, workflow('helm upgrade orders ./chart')],
        ],
        '.github/workflows/ci.yml': [[old, workflow('make test')]],
        '.github/workflows/pins.yml': [
          [old, workflow('make')],
          [late, workflow('make').replace('@v4', '@v5 # why')],
        ],
        '.github/workflows/new.yml': [[late, workflow('make new')]],
        '.github/workflows/old.yml': [[old, workflow('make old')]],
        '.github/actions/setup/action.yml': [
          [old, 'runs: { using: node20, main: a.js }\n'],
          [late, 'runs: { using: node24, main: a.js }\n'],
        ],
        'infra/main.tf': [
          [old, 'count = 1\n'],
          [late, 'count = 2\n'],
        ],
        'infra/network.tf': [[old, 'cidr = 1\n']],
        'infra/old.tf': [[old, 'gone = 1\n']],
      },
      {
        commitOf: (ref) =>
          ref === 'v1.1.0' ? old.hash : ([old, late].find(({ hash }) => hash.startsWith(ref))?.hash ?? null),
      },
    ),
  };
};

describeDocumentFixtures(ID, () => factsOf());

describe(ID, () => {
  const read = (name: string) => readFixture(fs.readFileSync(`test/fixtures/rules/${ID}/${name}.md`, 'utf8'));

  it('tells of a change that is not committed', () => {
    const { paths } = factsOf();
    const facts = { ...factsOf({ '.github/workflows/ci.yml': workflow('make test deploy') }), paths };
    const [found, ...others] = findingsOf(ID, read('passes-reviewed-since'), facts);
    assert.match(
      found?.message ?? '',
      /"\.github\/workflows\/ci\.yml" was reviewed at aaaaaaa and is changed and not committed/,
    );
    assert.deepEqual(others, []);
  });

  it('takes each of several reviews of infrastructure for the record of its change', () => {
    const document = read('warns-infrastructure');
    const other = { ...document, path: 'docs/ops/INFRASTRUCTURE_REVIEW_2.md' };
    assert.deepEqual(findingsOf(ID, document, { ...factsOf(), documents: [document, other] }), []);
  });

  it('says nothing while git was not asked, or was not asked everything', () => {
    const { history, ...facts } = factsOf();
    for (const name of ['warns-changed-gone-and-new', 'warns-infrastructure']) {
      assert.deepEqual(findingsOf(ID, read(name), facts), []);
      for (const unanswered of ['commitOf', 'textAt'] as const) {
        const silent = { ...history, [unanswered]: () => undefined };
        assert.deepEqual(findingsOf(ID, read(name), { ...facts, history: silent }), []);
      }
      const found = findingsOf(ID, read(name), {
        ...facts,
        history: { ...history, lastCommitOf: () => undefined },
      });
      assert.equal(
        found.some(({ message }) => message.includes('changed')),
        false,
      );
    }
  });
});
