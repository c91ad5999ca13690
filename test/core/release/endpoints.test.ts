import { strict as assert } from 'node:assert';
import {
  coverageOf,
  declaredEndpoints,
  endpointsOf,
  isDeclaredEndpoint,
} from '../../../src/core/release/endpoints';
import { readSmokeSection } from '../../../src/core/release/smoke-cases';

const API = `openapi: 3.1.0
info: { title: Shop, version: '1' }
servers: [{ url: 'https://api.acme.io/v1/' }]
paths:
  /orders:
    get: { tags: [orders], responses: {} }
    post: { tags: [orders], responses: {} }
  /orders/{id}:
    parameters: [{ name: id, in: path }]
    get: { tags: [orders], responses: {} }
    patch: { tags: [orders], responses: {} }
    delete: { tags: [orders], responses: {} }
  /orders/latest:
    get: { tags: [orders], responses: {} }
  /prices/{sku}.json:
    get: { responses: {} }
  /admin:
    get: { x-internal: true, responses: {} }
  /split:
    $ref: ./split.yaml
`;
const cases = (...lines: string[]) =>
  readSmokeSection(`## Smoke\n\n${lines.map((line) => `- \`${line}\` → 200`).join('\n')}`, 'Smoke').tests;

describe('public endpoints', () => {
  it('come from OpenAPI, with its server, tags and what is not public', () => {
    const { endpoints, problems } = endpointsOf('api/openapi.yaml', API);
    assert.deepEqual(
      endpoints.map(({ component, method, path }) => `${component} ${method} ${path}`),
      [
        'orders GET /v1/orders',
        'orders POST /v1/orders',
        'orders GET /v1/orders/{id}',
        'orders DELETE /v1/orders/{id}',
        'orders PATCH /v1/orders/{id}',
        'orders GET /v1/orders/latest',
        'Shop GET /v1/prices/{sku}.json',
      ],
    );
    assert.deepEqual(problems, [
      '/split of api/openapi.yaml stands in ./split.yaml, which is not followed; name that operation as "GET /split"',
    ]);
    const two = endpointsOf(
      'swagger.json',
      '{"swagger":"2.0","info":{"title":"Old"},"basePath":"/api","paths":{"/x":{"get":{}}}}',
    );
    assert.equal(two.endpoints[0]?.path, '/api/x');
    assert.equal(endpointsOf('x.yaml', 'a: [').problems.length, 1);
    assert.match(endpointsOf('x.yaml', 'kind: Pod').problems[0] ?? '', /is no OpenAPI description/);
  });

  it('or are declared', () => {
    assert.ok(
      isDeclaredEndpoint('GET /orders') &&
        isDeclaredEndpoint('shop: POST /x') &&
        !isDeclaredEndpoint('api/openapi.yaml'),
    );
    const { endpoints, problems } = endpointsOf(
      'docs/endpoints.txt',
      '# ours\norders: GET /orders # all\nPOST /orders\nwhat\n',
    );
    assert.deepEqual(
      endpoints.map(({ component, method, path }) => `${component}|${method} ${path}`),
      ['orders|GET /orders', '|POST /orders'],
    );
    assert.deepEqual(problems, ['"what" in docs/endpoints.txt is no endpoint; write "GET /path"']);
    assert.deepEqual(declaredEndpoints(['GET /a'], 'x').endpoints[0]?.source, 'x');
  });

  it('are covered by a read and a write each; gaps, strangers and what is not seen are named', () => {
    const { endpoints } = endpointsOf('api/openapi.yaml', API);
    const coverage = coverageOf(
      endpoints,
      [
        ...cases(
          'GET /v1/orders?limit=1',
          'GET /v1/orders/latest',
          'DELETE https://api.acme.io/v1/orders/7/',
          'GET /v1/prices/a.json',
          'GET /v1/nothing',
        ),
        ...readSmokeSection('## Smoke\n\n### Queue\n\n```sh\n./queue.sh\n```', 'Smoke').tests,
      ],
      'https://api.acme.io',
    );
    assert.deepEqual(
      coverage.gaps.map(
        ({ component, path, what, methods }) => `${component} ${path} ${what}: ${methods.join(', ')}`,
      ),
      ['orders /v1/orders write: POST', 'orders /v1/orders/{id} read: GET'],
    );
    assert.deepEqual([coverage.endpoints, coverage.covered], [6, 4]);
    assert.deepEqual(coverage.strangers, ['GET /v1/nothing (GET /v1/nothing)']);
    assert.deepEqual(coverage.unseen, ['Queue']);
  });

  it('are met where the base address has a part of the path', () => {
    const { endpoints } = endpointsOf('api/openapi.yaml', API);
    const { gaps } = coverageOf(endpoints, cases('GET /orders', 'POST /orders'), 'https://api.acme.io/v1');
    assert.ok(!gaps.some(({ path }) => path === '/v1/orders'));
  });
});
