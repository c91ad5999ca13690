import assert from 'node:assert/strict';
import { combineLayers, readConfiguration, readLayer } from '../../../src/core/gate/configuration';
import { ROLLOUTS } from '../../../src/core/evidence/rollouts';

const PATH = '.github/release-gate.yml';

function problemsOf(text: string): string[] {
  const result = readConfiguration(PATH, text);
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('the settings of a generated pipeline', () => {
  it('are read, and have defaults', () => {
    const of = (text: string): unknown => {
      const result = readConfiguration(PATH, text);
      assert.ok(result.ok);
      return result.configuration.pipeline;
    };
    assert.deepEqual(of(''), { rollout: null, retentionDays: 90 });
    assert.deepEqual(of('pipeline:\n'), { rollout: null, retentionDays: 90 });
    assert.deepEqual(of('pipeline:\n  retention-days: 14\n'), { rollout: null, retentionDays: 14 });
    for (const rollout of ROLLOUTS) {
      assert.deepEqual(of(`pipeline: { rollout: ${rollout} }\n`), { rollout, retentionDays: 90 });
    }
  });

  it('say what is wrong at its place', () => {
    assert.deepEqual(problemsOf('pipeline:\n  rollout: canari\n  retention-days: 0\n  retention: 3\n'), [
      '2: "canari" is no rollout; did you mean "canary"',
      '3: "retention-days" must be whole days from 1 to 400',
      '4: "pipeline" has no key "retention"; it takes rollout, retention-days',
    ]);
    assert.deepEqual(problemsOf('pipeline: [canary]\n'), ['1: "pipeline" must be a map']);
    assert.deepEqual(problemsOf('pipeline:\n  retention-days: 7.5\n'), [
      '2: "retention-days" must be whole days from 1 to 400',
    ]);
  });

  it('are joined key by key with those of a base', () => {
    const layers = [
      'pipeline: { rollout: rolling, retention-days: 30 }\n',
      'pipeline: { rollout: canary }\n',
    ].map((text) => {
      const layer = readLayer(PATH, text);
      assert.ok(layer.ok);
      return layer.layer;
    });
    const joined = combineLayers(layers);
    assert.ok(joined.ok);
    assert.deepEqual(joined.configuration.pipeline, { rollout: 'canary', retentionDays: 30 });
  });
});
