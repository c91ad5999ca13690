import { strict as assert } from 'node:assert';
import {
  objectionsToSmokeTests,
  readSmokeSection,
  type SmokeTest,
} from '../../../src/core/release/smoke-cases';

const short = ({ name, component, request, command, statuses, contains, isWrite }: SmokeTest): string =>
  [
    name,
    component ?? '-',
    request ? `${request.method} ${request.url}` : (command ?? ''),
    statuses.join('/') || 'any',
    contains.join('&') || '-',
    isWrite === null ? '?' : isWrite ? 'writes' : 'reads',
  ].join(' | ');

const read = (body: string) => readSmokeSection(body, 'Production Smoke Tests');

describe('smoke cases of a document', () => {
  it('are rows of a table', () => {
    const { tests, problems } = read(`# Tests

## 4. Production smoke tests

| Name | Component | Method | Path | Body | Expected status | Contains |
| --- | --- | --- | --- | --- | --- | --- |
| Health | gateway | GET | \`/health\` | | 200 | ok |
| Place an order | orders | POST | /orders | \`{"account": "{test-account}"}\` | 201 or 202 | \`"id"\` |
| Odd | orders | FETCH | /orders | | 200 | |
| Nothing | orders | GET | | | 200 | |

## Other

| Name | Path |
| --- | --- |
| Not here | /other |
`);
    assert.deepEqual(tests.map(short), [
      'Health | gateway | GET /health | 200 | ok | reads',
      'Place an order | orders | POST /orders | 201/202 | id | writes',
    ]);
    assert.equal(tests[1]?.request?.body, '{"account": "{test-account}"}');
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        '"Odd" has the method "FETCH", which is none of HTTP\'s; correct it',
        '"Nothing" has neither a request nor a command; write a path that begins with "/"',
      ],
    );
  });

  it('are rows with the request in one cell, or a command', () => {
    const { tests } = read(`## Production Smoke Tests
| # | Test | Request | Expected |
|---|---|---|---|
| 1 | Catalogue | GET /items?limit=1 | 200, contains \`items\`, within 500 ms |
| 2 | Search | POST /search | returns 200 |

| Check | Command | Writes |
|---|---|---|
| Queue | \`./scripts/queue-depth.sh --max 100\` | no |
`);
    assert.deepEqual(tests.map(short), [
      'Catalogue | - | GET /items?limit=1 | 200 | items | reads',
      'Search | - | POST /search | 200 | - | writes',
      'Queue | - | ./scripts/queue-depth.sh --max 100 | any | - | reads',
    ]);
  });

  it('are headings with a block, and items of a list', () => {
    const { tests, problems } = read(`## Production Smoke Tests

Run after each deployment.

### ST-01: Sign in

**Component**: accounts

\`\`\`http
POST /session HTTP/1.1
Content-Type: application/json
X-Key: \${SMOKE_KEY}

{"user": "{test-account}"}

HTTP 201
"token"
\`\`\`

### ST-02: Search reads only

Read-only

\`\`\`http
POST /search
\`\`\`

Expect: 200, contains "hits"

### ST-03: Worker

\`\`\`sh
curl -fsS -X DELETE "$BASE_URL/jobs/smoke"
\`\`\`

### ST-04: By eye

Look at the page.

### Stock

- **Request:** \`GET /stock\`
- **Expected:** 200, the body contains "amount"

### More

- \`GET /ready\` → 200
- Prices: \`GET /prices\` answers 200, contains \`EUR\`
- Somebody looks
`);
    assert.deepEqual(tests.map(short), [
      'ST-01: Sign in | accounts | POST /session | 201 | "token" | writes',
      'ST-02: Search reads only | - | POST /search | 200 | hits | reads',
      'ST-03: Worker | - | curl -fsS -X DELETE "$BASE_URL/jobs/smoke" | any | - | writes',
      'Stock | - | GET /stock | 200 | amount | reads',
      'GET /ready | - | GET /ready | 200 | - | reads',
      'Prices | - | GET /prices | 200 | EUR | reads',
    ]);
    assert.deepEqual(tests[0]?.request?.headers, {
      'Content-Type': 'application/json',
      'X-Key': '${SMOKE_KEY}',
    });
    assert.equal(tests[0]?.request?.body, '{"user": "{test-account}"}');
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        '"ST-04: By eye" has neither a request nor a command, so it is not run; add one',
        '"Somebody looks" has neither a request nor a command, so it is not run; add one',
      ],
    );
  });

  it('are read as people write them elsewhere: checklists, sessions, several blocks, codes that curl writes', () => {
    const { tests, problems } = read(`## Production Smoke Tests

- [ ] \`GET https://orders.acme.io/health\` → 200
- [ ] **Status**: \`/api/v1/status\` returns 200
- [ ] Login works

### Backend

#### Sessions

\`\`\`bash
$ curl -fsS https://orders.acme.io/v1/limits \\
    --max-time 5
{"max": 200}
\`\`\`

\`\`\`bash
curl -s -o /dev/null -w '%{http_code}' https://orders.acme.io/v1
\`\`\`

Expected: 404

| # | Test | Command | Expected |
|---|------|---------|----------|
| 1 | Version | \`curl -s https://orders.acme.io/version\` | 200 + healthy |
`);
    assert.deepEqual(tests.map(short), [
      'GET https://orders.acme.io/health | - | GET https://orders.acme.io/health | 200 | - | reads',
      'Status | - | GET /api/v1/status | 200 | - | reads',
      'Sessions | - | curl -fsS https://orders.acme.io/v1/limits \\\n    --max-time 5 | any | - | ?',
      "Sessions (2) | - | curl -s -o /dev/null -w '%{http_code}' https://orders.acme.io/v1 | any | 404 | ?",
    ]);
    assert.deepEqual(
      problems.map(({ message }) => message.slice(0, 60)),
      [
        '"Login works" has neither a request nor a command, so it is ',
        '"Version" expects 200 of a command, which does not end with ',
      ],
    );
  });

  it('are none where the section is missing, and several of a name are told apart', () => {
    assert.deepEqual(read('# Other\n\n- `GET /x` → 200'), { isFound: false, tests: [], problems: [] });
    const { tests } = read('## Production Smoke Tests\n\n- Get: `GET /a` → 200\n- Get: `GET /b` → 200');
    assert.deepEqual(
      tests.map(({ name }) => name),
      ['Get', 'Get (2)'],
    );
  });

  it('that write need the declared account', () => {
    const { tests } = read(
      '## Production Smoke Tests\n\n- Read: `GET /a` → 200\n- Write: `POST /a` → 201\n- Own: `PUT /accounts/{test-account}` → 200',
    );
    const told = (account: string | null, base: string | null): string[] =>
      objectionsToSmokeTests(tests, account, base).map(({ test, isBlocking }) => `${test} ${isBlocking}`);
    assert.deepEqual(told(null, 'https://x'), ['Write true', 'Own true']);
    assert.deepEqual(told('smoke@acme.io', 'https://x'), ['Write false']);
    assert.deepEqual(told('smoke@acme.io', null), ['Read true', 'Write false', 'Write true', 'Own true']);
  });
});
