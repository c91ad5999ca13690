import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { PipelineReview } from '../../../../src/core/documents/pipeline-review/pipeline-review';
import type { Commit, History } from '../../../../src/core/ports';
import { documentTask } from '../../../../src/core/tasks/documents/document-task';
import { pipelineReview } from '../../../../src/core/tasks/documents/pipeline-review';
import { TaskFailure, type TaskResult } from '../../../../src/core/tasks/task';
import { memoryWorld, noHistory, quietRun } from '../../../support/world';

const parsers = createParsers();

function reviewOf(
  files: Readonly<Record<string, string>>,
  history: History = noHistory,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  return documentTask(pipelineReview).run({ ...memoryWorld(files, parsers), history }, quietRun(inputs));
}

const path = '.github/workflows/deploy.yml';
const deploy = `name: Deploy
on:
  push: { branches: [main] }
permissions: { contents: read }
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 20, cache: npm }
      - run: npm ci
      - run: npm test
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: npx eslint .
  production:
    needs: test
    environment: production
    runs-on: ubuntu-latest
    steps:
      - run: kubectl -n prod apply -f k8s/
      - run: kubectl -n prod rollout status deployment/api
      - if: failure()
        run: kubectl -n prod rollout undo deployment/api
      - if: failure()
        uses: slackapi/slack-github-action@v2
        with: { webhook: '\${{ secrets.SLACK_WEBHOOK }}' }
`;

/** A history whose head holds these texts. */
function historyOf(texts: Readonly<Record<string, string>>): History {
  const head = 'a'.repeat(40);
  return {
    ...noHistory,
    state: () => Promise.resolve({ kind: 'git', head, branch: 'main', isShallow: false }),
    lastCommitOf: (file) =>
      Promise.resolve(texts[file] === undefined ? null : ({ hash: 'b'.repeat(40) } as Commit)),
    fileAt: (_, file) => {
      const text = texts[file];
      return Promise.resolve(
        text === undefined ? { ok: false, reason: 'missing', detail: 'is not there' } : { ok: true, text },
      );
    },
  };
}

describe('pipeline review', () => {
  it('names the commit, and the commit of each file; what is not committed is said to be so', async () => {
    const review = (await reviewOf({ [path]: deploy }, historyOf({ [path]: deploy }))).data as PipelineReview;
    assert.equal(review.commit, 'a'.repeat(40));
    assert.deepEqual(review.files, [{ file: path, commit: 'b'.repeat(40) }]);
    const edited = (await reviewOf({ [path]: `${deploy}# edited\n` }, historyOf({ [path]: deploy })))
      .data as PipelineReview;
    assert.match(
      edited.files[0]?.commit ?? '',
      /^UNKNOWN\(.*changed since bbbbbbbbbbbb and is not committed\)$/,
    );
    const without = (await reviewOf({ [path]: deploy })).data as PipelineReview;
    assert.match(without.commit, /^UNKNOWN\(/);
  });

  it('says of each stage whether production waits for it, and what becomes of its failure', async () => {
    const review = (await reviewOf({ [path]: deploy })).data as PipelineReview;
    assert.deepEqual(
      review.stages.map(({ stage, job, waitsFor, timeLimit, blocking, onFailure, notified }) => [
        stage,
        job,
        waitsFor,
        timeLimit,
        blocking,
        onFailure,
        notified,
      ]),
      [
        [
          'lint',
          'deploy.yml: lint',
          'nothing',
          "360 min, which is GitHub's own limit",
          'no: deploy.yml: production does not wait for it',
          'not blocked: production can be deployed all the same',
          'nobody by the workflow; GitHub tells who started the run',
        ],
        [
          'test',
          'deploy.yml: test',
          'nothing',
          '10 min',
          'yes',
          'blocked: production is not deployed',
          'nobody by the workflow; GitHub tells who started the run',
        ],
        [
          'deploy, verify, rollback, notify',
          'deploy.yml: production',
          'test',
          "360 min, which is GitHub's own limit",
          'it is the deployment',
          'blocked half-way: a step of the job itself goes back',
          'a step uses "slackapi/slack-github-action@v2"',
        ],
      ],
    );
  });

  it('answers each question by the gate: pass only where nothing was found and something was looked at', async () => {
    const review = (await reviewOf({ [path]: deploy })).data as PipelineReview;
    const verdicts = new Map(review.questions.map(({ question, verdict }) => [question, verdict]));
    assert.equal(verdicts.get('Secrets stay out of logs, arguments and files'), 'pass');
    const tests = async (needs: string) =>
      (
        (await reviewOf({ [path]: deploy.replace('needs: test', needs) })).data as PipelineReview
      ).questions.find(({ question }) => question === 'Tests are there and block production');
    assert.deepEqual(await tests('needs: [test, lint]'), {
      question: 'Tests are there and block production',
      verdict: 'pass',
      evidence:
        'no finding of prod-without-tests, toothless-check, gate-defeated-by-condition or flaky-retry in 1 workflow; deploy.yml: test must succeed first',
    });
    assert.equal((await tests('needs: lint'))?.verdict, 'fail');
    assert.equal(verdicts.get('Security scans are there and block production'), 'fail');
    assert.equal(verdicts.get('The same commit gives the same artifact'), 'fail');
    assert.ok(review.findings.length > 0);
    for (const { finding, fix, place } of review.findings) {
      assert.ok(finding !== '' && fix !== '' && place !== '');
      assert.doesNotMatch(`${finding}${fix}`, /`/);
    }
    const ci = (
      await reviewOf({
        '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: npm test }]\n',
      })
    ).data as PipelineReview;
    const ofProduction = ci.questions.find(({ question }) => question.startsWith('There is a way back'));
    assert.deepEqual(
      [ofProduction?.verdict, ofProduction?.evidence],
      ['unknown', 'no job is known to deploy production'],
    );
  });

  it('takes run times from a report, and says how to get them where there is none', async () => {
    const files = { [path]: deploy };
    const [speed] = ((await reviewOf(files)).data as PipelineReview).speed;
    assert.match(speed?.runTime ?? '', /^UNKNOWN\(.*gh run list/);
    assert.equal(speed?.caching, 'setup-node (npm)');
    assert.equal(speed.parallel, '3 jobs; at most 2 wait one for another');
    const times = JSON.stringify([
      {
        workflowName: 'Deploy',
        conclusion: 'success',
        startedAt: '2026-11-20T10:00:00Z',
        updatedAt: '2026-11-20T10:04:10Z',
      },
    ]);
    const result = await reviewOf({ ...files, 'runs.json': times }, noHistory, {
      run_times: 'runs.json, none.json',
    });
    assert.equal((result.data as PipelineReview).speed[0]?.runTime, '4 min 10 s, median of 1 successful run');
    assert.ok(result.notes.some((note) => note.startsWith('none.json')));
  });

  it('lists what the pipeline needs from outside, with how it is pinned', async () => {
    const review = (
      await reviewOf({ [path]: deploy, 'package.json': '{"name":"api"}', 'package-lock.json': '{}' })
    ).data as PipelineReview;
    assert.deepEqual(
      review.dependencies.map(({ dependency, kind, pinned }) => `${kind} ${dependency}: ${pinned}`),
      [
        'action actions/checkout: by the name v4, which can be moved',
        'action actions/setup-node: by the name v4, which can be moved',
        'action slackapi/slack-github-action: by the name v2, which can be moved',
        'service npm registry: by package-lock.json',
        'service Kubernetes API of the cluster: not applicable',
      ],
    );
    assert.match(review.dependencies[2]?.fallback ?? '', /^UNKNOWN\(/);
  });

  it('says that there is nothing to review where there is no workflow', async () => {
    await assert.rejects(reviewOf({ 'README.md': 'hello\n' }), TaskFailure);
  });
});
