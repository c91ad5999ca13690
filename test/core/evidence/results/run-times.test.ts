import assert from 'node:assert/strict';
import { medianOf, readRunTimes, secondsInWords } from '../../../../src/core/evidence/results/run-times';

describe('run times', () => {
  it('are read from what gh run list prints, of successful runs only', () => {
    const run = (conclusion: string, end: string) => ({
      workflowName: 'Deploy',
      conclusion,
      startedAt: '2026-11-20T10:00:00Z',
      updatedAt: end,
    });
    const reading = readRunTimes(
      JSON.stringify([
        run('success', '2026-11-20T10:04:00Z'),
        run('failure', '2026-11-20T10:00:10Z'),
        run('success', '2026-11-20T10:06:00Z'),
      ]),
    );
    assert.deepEqual(reading, {
      ok: true,
      times: [{ workflow: 'Deploy', job: null, seconds: [240, 360] }],
    });
  });

  it('are read from the API, of runs by path and of jobs by name', () => {
    const runs = readRunTimes(
      JSON.stringify({
        workflow_runs: [
          {
            path: '.github/workflows/deploy.yml@main',
            name: 'Deploy',
            conclusion: 'success',
            run_started_at: '2026-11-20T10:00:00Z',
            updated_at: '2026-11-20T10:01:00Z',
          },
        ],
      }),
    );
    assert.deepEqual(runs.ok && runs.times, [
      { workflow: '.github/workflows/deploy.yml', job: null, seconds: [60] },
    ]);
    const jobs = readRunTimes(
      JSON.stringify({
        jobs: [
          {
            name: 'test',
            workflow_name: 'Deploy',
            conclusion: 'success',
            started_at: '2026-11-20T10:00:00Z',
            completed_at: '2026-11-20T10:00:30Z',
          },
        ],
      }),
    );
    assert.deepEqual(jobs.ok && jobs.times, [{ workflow: 'Deploy', job: 'test', seconds: [30] }]);
  });

  it('are none where the text is no report of runs', () => {
    for (const text of ['', '{', '42', '{"runs":[]}', '[]', '[null, 3, {"conclusion":"success"}]'])
      assert.equal(readRunTimes(text).ok, false, text);
  });

  it('are told as people say them', () => {
    assert.equal(medianOf([9, 1, 5]), 5);
    assert.equal(medianOf([4, 2]), 3);
    assert.deepEqual([45, 60, 250, 3600, 3900].map(secondsInWords), [
      '45 s',
      '1 min',
      '4 min 10 s',
      '1 h',
      '1 h 5 min',
    ]);
  });
});
