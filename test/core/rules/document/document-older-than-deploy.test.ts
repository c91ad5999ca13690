import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, describe, it } from 'mocha';
import type { ShellParser } from '../../../../src/core/ports';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { commitOn, toldHistory } from '../../../support/told-history';
import { parsers } from '../rule-fixtures';
import { describeDocumentFixtures, findingsOf, readFixture } from './document-fixtures';

const ID = 'document-older-than-deploy';
const old = commitOn('2026-09-01', 'aaaaaaa');
const late = commitOn('2026-11-10', 'bbbbbbb', 'Deploy with an approval');
const later = commitOn('2026-11-12', 'ccccccc', 'More replicas');

const deploy = (lines: string): string =>
  `name: Deploy\non: workflow_dispatch\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n${lines}`;
const workflows = {
  'deploy.yml': deploy('      - run: helm upgrade orders ./chart\n'),
  'release.yml': 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: []\n',
  'ci.yml': 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: []\n',
};

let shell: ShellParser;
before(async () => {
  shell = await parsers.shell();
});

const factsOf = (name: string) => {
  const committed = fs.readFileSync(`test/fixtures/rules/${ID}/${name}`, 'utf8');
  const before = committed.replace(', which asks for an approval now', '');
  return {
    shell,
    workflows: understandWorkflows(
      Object.entries(workflows).map(([file, text]) => readWorkflow(`.github/workflows/${file}`, text)),
      shell,
      { productionEnvironments: [], otherEnvironments: [] },
    ),
    documents: [readFixture(committed)],
    paths: new Set([
      ...Object.keys(workflows).map((file) => `.github/workflows/${file}`),
      ...['k8s/overlays/production/kustomization.yaml', 'k8s/overlays/production/replicas.yaml'],
      ...[
        'k8s/service.yaml',
        'chart/Chart.yaml',
        'chart/values.yaml',
        'deploy/values.yaml',
        'scripts/deploy.sh',
      ],
    ]),
    history: toldHistory({
      'document.md': [[old, before]],
      '.github/workflows/deploy.yml': [
        [old, deploy('      - run: kubectl apply -f k8s\n')],
        [late, workflows['deploy.yml']],
      ],
      '.github/workflows/release.yml': [
        [old, 'steps:\n  - uses: actions/checkout@v4 # 4.1\n\n  # Builds.\n  - run: make\n'],
        [
          late,
          'steps:\n  - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n  - run: make\n',
        ],
      ],
      '.github/workflows/ci.yml': [[old, workflows['ci.yml']]],
      'k8s/overlays/production/kustomization.yaml': [[old, 'resources: [replicas.yaml]\n']],
      'k8s/overlays/production/replicas.yaml': [
        [old, 'spec:\n  replicas: 2\n'],
        [later, 'spec:\n  replicas: 6\n'],
      ],
      'k8s/service.yaml': [
        [old, 'spec:\n  containers:\n    - image: orders:1.3.0\n'],
        [later, 'spec:\n  containers:\n    - image: orders:1.4.0\n'],
      ],
      'chart/Chart.yaml': [
        [old, 'name: orders\nversion: 1.3.0\n'],
        [later, 'name: orders\nversion: 1.4.0\n'],
      ],
      'chart/values.yaml': [[old, 'replicas: 2\n']],
      'deploy/values.yaml': [
        [old, 'host: a\n'],
        [late, 'host: b\n'],
      ],
      'scripts/deploy.sh': [
        [old, 'kubectl apply\n'],
        [late, 'helm upgrade\n'],
      ],
    }),
  };
};

describeDocumentFixtures(ID, factsOf);

describe(ID, () => {
  it('does not guess which deployment one of several runbooks describes', () => {
    const name = 'warns-names-nothing.md';
    const facts = factsOf(name);
    const document = readFixture(fs.readFileSync(`test/fixtures/rules/${ID}/${name}`, 'utf8'));
    assert.equal(findingsOf(ID, document, facts).length, 1);
    const two = [...facts.documents, ...facts.documents];
    assert.deepEqual(findingsOf(ID, document, { ...facts, documents: two }), []);
  });

  it('says nothing where git was not asked', () => {
    const name = 'warns-workflow-and-manifests.md';
    const { documents } = factsOf(name);
    const document = readFixture(fs.readFileSync(`test/fixtures/rules/${ID}/${name}`, 'utf8'));
    assert.deepEqual(findingsOf(ID, document, { documents }), []);
  });
});
