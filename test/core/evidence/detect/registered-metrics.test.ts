import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { registeredIn } from '../../../../src/core/evidence/detect/registered-metrics';

const shown = (path: string, text: string): readonly string[] =>
  registeredIn(path, text).map(
    ({ name, kind, labels, source }) =>
      `${kind} ${name}{${labels.join(',')}} ${source.kind === 'file' ? (source.range?.start.line ?? 0) : 0}`,
  );

describe('metrics that code registers', () => {
  it('reads prom-client', () => {
    assert.deepEqual(
      shown(
        'src/metrics.ts',
        `import client from 'prom-client';

// new client.Counter({ name: 'commented_total', help: 'no' })
export const requests = new client.Counter({
  name: 'http_requests_total',
  help: 'Requests that were answered (all of them)',
  labelNames: ['method', "route", 'status'] as const,
});
const depth = new Gauge<string>({ help: 'Orders that wait', name: \`orders_queue_depth\` });
const computed = new client.Counter({ name: \`\${prefix}_total\`, help: 'unknown' });
const histogram = new client.Histogram({
  name: 'http_request_duration_seconds', buckets: [0.1, 1], help: 'Durations', labelNames: labels,
});
`,
      ),
      [
        'counter http_requests_total{method,route,status} 4',
        'gauge orders_queue_depth{} 9',
        'histogram http_request_duration_seconds{} 11',
      ],
    );
    assert.deepEqual(shown('src/other.ts', `new Counter({ name: 'not_ours_total' })`), []);
  });

  it('reads prometheus_client, whose counters end in _total', () => {
    assert.deepEqual(
      shown(
        'app/metrics.py',
        `from prometheus_client import Counter, Histogram, Gauge
from collections import Counter as Bag
REQUESTS = Counter("http_requests", "Requests", ["method", "status_code"])
# Counter("commented", "no")
LATENCY = Histogram(
    name="request_duration_seconds",
    documentation="Durations",
    labelnames=("method",),
)
POOL = Gauge("connections", "Open connections", namespace="orders", subsystem="db")
words = Counter(text.split())
`,
      ),
      [
        'counter http_requests_total{method,status_code} 3',
        'histogram request_duration_seconds{method} 5',
        'gauge orders_db_connections{} 10',
      ],
    );
  });

  it('reads client_golang with namespaces, and leaves what is computed elsewhere', () => {
    assert.deepEqual(
      shown(
        'internal/metrics.go',
        `package metrics

import "github.com/prometheus/client_golang/prometheus"

const namespace = "orders"

var requests = promauto.NewCounterVec(prometheus.CounterOpts{
	Namespace: namespace,
	Subsystem: "http",
	Name:      "requests_total",
	Help:      "Requests.",
}, []string{"code", "method"})

var elsewhere = prometheus.NewGauge(prometheus.GaugeOpts{Namespace: config.Namespace, Name: prefix, Help: "x"})
var latency = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "latency_seconds", Help: "x"})
`,
      ),
      ['counter orders_http_requests_total{code,method} 7', 'histogram latency_seconds{} 15'],
    );
  });

  it('names those of Micrometer and OpenTelemetry as Prometheus sees them', () => {
    assert.deepEqual(
      shown(
        'src/main/java/Orders.java',
        `import io.micrometer.core.instrument.Counter;
class Orders {
  Counter placed = Counter.builder("orders.placed").register(registry);
  Timer pay = Timer.builder("orders.pay").publishPercentileHistogram().register(registry);
  void waiting() { registry.gauge("orders.waiting", queue, Queue::size); }
}
`,
      ),
      ['counter orders_placed_total{} 3', 'histogram orders_pay_seconds{} 4', 'gauge orders_waiting{} 5'],
    );
    assert.deepEqual(
      shown(
        'src/telemetry.ts',
        `import { metrics } from '@opentelemetry/api';
const meter = metrics.getMeter('orders');
const placed = meter.createCounter('orders.placed', { description: 'Orders', unit: '{order}' });
const took = meter.createHistogram('http.server.request.duration', { unit: 's' });
const open = meter.createUpDownCounter('db.connections');
`,
      ),
      [
        'counter orders_placed_total{} 3',
        'histogram http_server_request_duration_seconds{} 4',
        'gauge db_connections{} 5',
      ],
    );
  });

  it('never throws on what is cut off', () => {
    for (const text of [
      `import 'prom-client'; new Counter(`,
      `import 'prom-client'; new Counter({ name: 'a_total', help: '`,
      `from prometheus_client import Counter\nCounter("a`,
    ]) {
      assert.doesNotThrow(() => registeredIn('a.py', text));
      assert.doesNotThrow(() => registeredIn('a.ts', text));
    }
  });
});
