import assert from 'node:assert/strict';
import { multiplesOf } from '../../../../src/adapters/release/metrics/source';
import {
  plainMetric,
  defaultWatch,
  type MetricSettings,
} from '../../../../src/core/evidence/release-settings';

describe('the multiples of a latency', () => {
  const metric: MetricSettings = {
    name: 'latency',
    kind: 'slow-requests',
    source: { from: 'prometheus', query: 'duration', bad: null, all: null, up: null },
    ...plainMetric,
    unit: 'ms',
    quantile: 0.99,
  };

  it('are those that it is judged by', () => {
    assert.deepEqual(multiplesOf(metric, defaultWatch), { quantile: 0.99, hard: 3, soft: 1.5 });
    assert.deepEqual(multiplesOf({ ...metric, quantile: 0.95 }, defaultWatch), {
      quantile: 0.95,
      hard: 2,
      soft: 1.5,
    });
    assert.deepEqual(multiplesOf({ ...metric, hardTimes: 5, softTimes: 4 }, defaultWatch), {
      quantile: 0.99,
      hard: 5,
      soft: 4,
    });
    assert.equal(multiplesOf({ ...metric, quantile: 0.95 }, { ...defaultWatch, p95Times: null }).hard, 3);
  });
});
