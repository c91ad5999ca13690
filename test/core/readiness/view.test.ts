import assert from 'node:assert/strict';
import { systemClock } from '../../../src/adapters/clock';
import { createGitHistory } from '../../../src/adapters/git-history';
import { createNodeFiles } from '../../../src/adapters/node-files';
import { createParsers } from '../../../src/adapters/parsers';
import { defaultConfiguration } from '../../../src/core/gate/configuration';
import { gatherFacts } from '../../../src/core/readiness/gather';
import { judgeReadiness } from '../../../src/core/readiness/judge';
import { readinessView, stateText, type ReadinessView } from '../../../src/core/readiness/view';
import { proposeRelease } from '../../../src/core/tasks/propose-release';
import type { World } from '../../../src/core/tasks/task';
import { gitRepository, type GitRepository } from '../../support/git-repository';
import { quietRun } from '../../support/world';

const SQL = 'db/migrations/002_drop.sql';

const plan = (compensation: string, evidence: string, by: string): string =>
  [
    '---',
    'kind: release-plan',
    'version: 1.1.0',
    '---',
    '',
    '# Release plan',
    '',
    '## Irreversible actions',
    '',
    '| Path | Line | Statement | Why | Advice | Compensation | Evidence | By |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    `| \`${SQL}\` | 2 | \`ALTER TABLE orders DROP COLUMN email\` | gone | | ${compensation} | ${evidence} | ${by} |`,
    '',
  ].join('\n');

const override = (condition: string): string =>
  [
    '---',
    'kind: override',
    `condition: ${condition}`,
    'environment: production',
    "version: '1.1.0'",
    'name: Grace Hopper',
    "until: '2099-01-01'",
    "recorded-at: '2026-01-02T00:00:00Z'",
    'recorded-by: Grace Hopper',
    '---',
    '',
    '# Override',
    '',
    '## Reason',
    '',
    'A copy was taken.',
    '',
  ].join('\n');

describe('the view of a judged release', function () {
  this.timeout(30_000);
  let repository: GitRepository;
  const world = (): World => ({
    files: createNodeFiles(repository.root),
    history: createGitHistory(repository.root, { isTrusted: true }),
    clock: systemClock,
    parsers: createParsers(),
    configuration: defaultConfiguration,
  });
  const view = async (version = '1.1.0'): Promise<ReadinessView> => {
    const gathered = await gatherFacts(
      world(),
      { version, environment: 'production', base: null, head: null },
      quietRun(),
    );
    assert.ok(gathered.ok);
    return readinessView(judgeReadiness(gathered.facts));
  };

  beforeEach(() => {
    repository = gitRepository();
    repository.commit('feat: orders', {
      'package.json': '{ "name": "orders", "version": "1.0.0" }\n',
      'db/migrations/001_create.sql': 'CREATE TABLE orders (id int, email text);\n',
    });
    repository.git('tag', '-a', 'v1.0.0', '-m', 'v1.0.0');
    repository.commit('feat: drop the column', {
      [SQL]: '-- cleanup\nALTER TABLE orders DROP COLUMN email;\n',
    });
  });
  afterEach(() => repository.remove());

  it('leads with what cannot be undone, and marks its line', async () => {
    const { verdict, reasons, actions, marks, rollback, criteria } = await view();
    assert.equal(verdict, 'no-go');
    const [first] = reasons;
    assert.equal(first?.id, 'rollback:actions-compensated');
    assert.equal(stateText(first), 'fails, blocks');
    assert.deepEqual(
      first.sources.map(({ text, place }) => [text, place?.range?.start.line]),
      [[`${SQL}:2`, 2]],
    );
    assert.deepEqual(first.steps, [{ kind: 'write-plan' }]);
    assert.equal(actions.length, 1);
    assert.equal(actions[0]?.compensatedBy, null);
    assert.equal(actions[0]?.open, 'is in no plan');
    const mark = marks.find(({ path }) => path === SQL);
    assert.equal(mark?.range?.start.line, 2);
    assert.equal(mark?.condition, 'rollback:actions-compensated');
    assert.equal(marks.filter(({ path }) => path === SQL).length, 1);
    assert.equal(rollback.state, 'not credible');
    assert.equal(rollback.conditions.length, 7);
    assert.equal(criteria.length, 7);
  });

  it('leads to the row of the plan, and marks nothing that the plan compensates', async () => {
    repository.commit('docs: plan', { 'docs/release/RELEASE_PLAN.md': plan('', '', '') });
    const open = await view();
    const mark = open.marks.find(({ path }) => path === SQL);
    assert.equal(mark?.condition, 'rollback:actions-compensated');
    const [step] = open.actions[0]?.steps ?? [];
    assert.ok(step?.kind === 'open');
    assert.equal(step.title, 'Open the Plan at Its Row');
    assert.deepEqual([step.place.path, step.place.range?.start.line], ['docs/release/RELEASE_PLAN.md', 12]);
    repository.commit('docs: compensation', {
      'docs/release/RELEASE_PLAN.md': plan('copy first', 'docs/copy.md', 'Ada Lovelace'),
    });
    const settled = await view();
    assert.match(settled.actions[0]?.compensatedBy ?? '', /copy first/);
    assert.deepEqual(settled.actions[0]?.steps, []);
    assert.ok(!settled.marks.some((each) => each.condition === mark?.condition));
  });

  it('names who waived a condition, and does not mark what is waived', async () => {
    repository.commit('docs: override', {
      'docs/release/records/override_x.md': override('actions-compensated'),
      'docs/release/records/override_y.md': override('no-such-condition'),
    });
    const { overrides, idleOverrides, reasons, marks } = await view();
    assert.deepEqual(
      overrides.map(({ by, until, reason, source }) => [by, until, reason, source.place?.path]),
      [['Grace Hopper', '2099-01-01', 'A copy was taken.', 'docs/release/records/override_x.md']],
    );
    assert.match(idleOverrides[0]?.why ?? '', /^sets nothing aside: it names "no-such-condition"/);
    assert.equal(reasons.find(({ id }) => id === 'rollback:actions-compensated')?.state, 'waived');
    assert.ok(!marks.some(({ condition }) => condition === 'rollback:actions-compensated'));
  });

  it('says what is not known where git tells nothing', async () => {
    const restricted = {
      ...world(),
      history: createGitHistory(repository.root, { isTrusted: false }),
    };
    const gathered = await gatherFacts(
      restricted,
      { version: '1.1.0', environment: 'production', base: null, head: null },
      quietRun(),
    );
    assert.ok(gathered.ok);
    const { verdict, scope, rollback, actions } = readinessView(judgeReadiness(gathered.facts));
    assert.notEqual(verdict, 'go');
    assert.match(scope.join(' '), /What changes is not known/);
    assert.match(rollback.missing ?? '', /none of its conditions could be asked/);
    assert.deepEqual(actions, []);
  });

  it('proposes the version of the change, or the one that the plan names and nobody released', async () => {
    const proposed = await proposeRelease(world(), quietRun());
    assert.equal(proposed.version, '1.1.0');
    assert.match(proposed.from, /proposed because/);
    assert.ok(proposed.environments.includes('production'));
    repository.commit('docs: plan', {
      'docs/release/RELEASE_PLAN.md': plan('', '', '').replace('1.1.0', '2.0.0'),
    });
    const planned = await proposeRelease(world(), quietRun());
    assert.deepEqual([planned.version, planned.from], ['2.0.0', 'that of docs/release/RELEASE_PLAN.md']);
    repository.commit('docs: old plan', {
      'docs/release/RELEASE_PLAN.md': plan('', '', '').replace('1.1.0', 'v1.0.0'),
    });
    assert.equal((await proposeRelease(world(), quietRun())).version, '1.1.0');
  });
});
