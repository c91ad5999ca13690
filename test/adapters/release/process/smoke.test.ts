import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/adapters/clock';
import { readEnvironment } from '../../../../src/adapters/release/process/env-file';
import { checkHealth } from '../../../../src/adapters/release/process/health';
import { runSmokeTests, type SmokeRun } from '../../../../src/adapters/release/process/smoke';
import { readSmokeSection } from '../../../../src/core/release/smoke-cases';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

describe('smoke tests and health checks', () => {
  let root: string;
  let server: http.Server;
  let baseUrl: string;
  let asked: Asked[];

  before(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        if (url.startsWith('/slow')) return;
        response.statusCode = url.startsWith('/broken')
          ? 500
          : method === 'POST'
            ? 201
            : url === '/moved'
              ? 302
              : 200;
        if (url === '/moved') response.setHeader('location', '/elsewhere');
        response.end(JSON.stringify({ id: 7, url, version: '2.4.0' }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    root = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-smoke-'));
    asked = [];
  });
  afterEach(() => fs.rm(root, { recursive: true, force: true }));

  const script = (name: string, text: string): Promise<void> =>
    fs.writeFile(path.join(root, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const run = (section: string, more: Partial<SmokeRun> = {}, signal = new AbortController().signal) =>
    runSmokeTests(
      {
        root,
        environment: { SMOKE_KEY: 'k-123456-secret' },
        graceMs: 100,
        secrets: ['k-123456-secret'],
        onStarted: () => undefined,
        clock: systemClock,
        command: null,
        tests: readSmokeSection(`## Smoke\n\n${section}`, 'Smoke').tests,
        limitMs: 5000,
        baseUrl,
        testAccount: 'smoke@acme.io',
        version: '2.4.0',
        environmentName: 'production',
        outputBase: 'output/smoke-forward',
        ...more,
      },
      signal,
    );
  const told = ({ cases }: Awaited<ReturnType<typeof run>>): string[] =>
    cases.map(({ name, outcome, detail }) => `${name}: ${outcome}, ${detail}`);

  it('ask what the document says, with account, version and variables put in', async () => {
    const outcome = await run(`- Health: \`GET /health?v={version}\` → 200, contains \`{version}\`
- Moved: \`GET /moved\` → 302

### Order

\`\`\`http
POST /orders/{test-account}
X-Key: \${SMOKE_KEY}

{"account": "{test-account}"}

HTTP 201
"id":7
\`\`\`
`);
    assert.deepEqual(told(outcome), [
      'Health: passed, answered 200',
      'Moved: passed, answered 302',
      'Order: passed, answered 201',
    ]);
    assert.deepEqual([outcome.isPassed, outcome.detail], [true, 'all 3 passed']);
    assert.deepEqual(
      asked.map(({ method, url }) => `${method} ${url}`),
      ['GET /health?v=2.4.0', 'GET /moved', 'POST /orders/smoke%40acme.io'],
    );
    assert.equal(asked[2]?.headers['x-key'], 'k-123456-secret');
    assert.equal(asked[2]?.headers['content-type'], 'application/json');
    assert.equal(asked[2]?.body, '{"account": "smoke@acme.io"}');
  });

  it('tell each failure by its case, and try the others all the same', async () => {
    const outcome = await run(`- Broken: \`GET /broken\` → 200
- Text: \`GET /health\` → 200, contains \`no such text\`
- Fine: \`GET /health\` → 200
- Unset: \`GET /x/\${NOT_SET_ANYWHERE}\` → 200
`);
    assert.deepEqual(told(outcome), [
      'Broken: failed, answered 500 where 200 was expected',
      'Text: failed, answered 200, and the answer does not hold "no such text"',
      'Fine: passed, answered 200',
      'Unset: not-run, NOT_SET_ANYWHERE is not set',
    ]);
    assert.equal(outcome.isPassed, false);
    assert.equal(
      outcome.detail,
      '1 of 4 passed; Broken failed: answered 500 where 200 was expected; 1 not run: Unset',
    );
    const gone = await run('- Gone: `GET /health` → 200', { baseUrl: 'http://127.0.0.1:1' });
    assert.match(told(gone)[0] ?? '', /^Gone: failed, gave no answer \(/);
  });

  it('never write without a declared account, and none at all is no pass', async () => {
    const outcome = await run('- Order: `POST /orders` → 201', { testAccount: null });
    assert.deepEqual(told(outcome), ['Order: not-run, it writes and no test account is declared']);
    assert.equal(asked.length, 0);
    const none = await run('');
    assert.deepEqual([none.isPassed, none.detail], [false, 'no case was run']);
  });

  it('end at the limit for all, and when a person ends them', async () => {
    const outcome = await run('- Slow: `GET /slow` → 200\n- Next: `GET /health` → 200', { limitMs: 300 });
    assert.deepEqual(told(outcome), [
      'Slow: failed, gave no answer within the 0.3 seconds for all cases',
      'Next: not-run, the limit of 0.3 seconds for all cases was over before it',
    ]);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 100);
    const ended = await run('- Slow: `GET /slow` → 200\n- Next: `GET /health` → 200', {}, controller.signal);
    assert.deepEqual(told(ended), [
      'Slow: not-run, the tests were ended amid it',
      'Next: not-run, the tests were ended before it',
    ]);
  });

  it('run commands of the document in a group of their own', async () => {
    await script('queue.sh', 'echo "depth 3 of $SMOKE_KEY for $1"; [ "$2" = ok ]');
    const outcome = await run(
      `### Queue

\`\`\`sh
./queue.sh {test-account} ok
\`\`\`

Expect: contains "depth 3"

### Bad

\`\`\`sh
./queue.sh x bad
\`\`\`

### Hang

\`\`\`sh
(trap '' TERM; sleep 70 & echo $! > pid; wait) & wait
\`\`\`
`,
      { limitMs: 1500 },
    );
    assert.deepEqual(
      told(outcome).map((line) => line.replace(/[\d.]+ seconds/, 'n seconds')),
      [
        'Queue: passed, status 0',
        'Bad: failed, status 1: depth 3 of *** for x',
        'Hang: failed, it ran longer than n seconds',
      ],
    );
    const pid = (await fs.readFile(path.join(root, 'pid'), 'utf8')).trim();
    const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
    assert.match(stat, /\) Z/);
    assert.deepEqual(
      (await fs.readdir(path.join(root, 'output'))).sort(),
      [1, 2, 3].map((n) => `smoke-forward-${n}.log`),
    );
    const odd = await run('### Odd\n\n```sh\n./queue.sh {test-account}\n```', { testAccount: 'a; rm -rf /' });
    assert.match(
      told(odd)[0] ?? '',
      /^Odd: not-run, what stands for \{test-account\} means something to a shell/,
    );
  });

  it('run the configured command, by its TAP and its status', async () => {
    await script('smoke.sh', 'echo 1..2; echo "ok 1 - signs in on $1"; echo "not ok 2 - pays"; exit 1');
    const outcome = await run('', { command: ['./smoke.sh', '{environment}'] });
    assert.deepEqual(
      outcome.cases.map((one) => `${one.name}: ${one.outcome}`),
      ['signs in on production: passed', 'pays: failed'],
    );
    assert.equal(outcome.isPassed, false);
    await script('smoke.sh', 'echo fine');
    assert.deepEqual(told(await run('', { command: ['./smoke.sh'] })), ['smoke.sh: passed, status 0']);
    await script('smoke.sh', 'echo "ok 1 - only"; echo 1..2');
    const short = await run('', { command: ['./smoke.sh'] });
    assert.deepEqual([short.isPassed, short.detail], [false, '2 cases were announced, 1 told']);
    await script('smoke.sh', 'echo "ok 1 - all"; exit 4');
    const lies = await run('', { command: ['./smoke.sh'] });
    assert.deepEqual([lies.isPassed, told(lies)[1]], [false, 'smoke.sh: failed, status 4: ok 1 - all']);
    const missing = await run('', { command: ['./none.sh'] });
    assert.deepEqual(told(missing), ['none.sh: not-run, ./none.sh does not exist']);
  });

  it('a health check is well with status 0 within its limit', async () => {
    const check = (limitMs = 3000) =>
      checkHealth(
        {
          root,
          argv: ['./health.sh'],
          environment: {},
          outputPath: null,
          limitMs,
          graceMs: 50,
          secrets: [],
          onStarted: () => undefined,
          clock: systemClock,
        },
        new AbortController().signal,
      );
    await script('health.sh', 'echo ok');
    assert.deepEqual([(await check()).isWell, (await check()).detail], [true, 'status 0']);
    await script('health.sh', 'echo database away; exit 2');
    assert.deepEqual([(await check()).isWell, (await check()).detail], [false, 'status 2: database away']);
    await script('health.sh', 'sleep 20');
    const late = await check(200);
    assert.deepEqual([late.isWell, late.detail], [false, 'it ran longer than 0.2 seconds']);
  });

  it('the environment is read without a shell; what the template says is no secret', async () => {
    const texts: Record<string, string> = {
      '.env': 'REGION=eu-central-1\nDB_PASSWORD=hunter22\nSTAGE=production\nX=$(touch /tmp/never)',
      '.env.example': 'REGION=eu-central-1\nDB_PASSWORD=',
    };
    const environment = await readEnvironment({
      files: {
        read: async (name) => {
          const text = texts[name];
          return text === undefined
            ? { ok: false, reason: 'missing', detail: 'does not exist' }
            : { ok: true, text };
        },
      },
      envFile: '.env',
      envTemplate: '.env.example',
      publicValues: ['production'],
      inherited: { CI_TOKEN: 'tok-987654', EDITOR: 'vim-of-mine' },
    });
    assert.equal(environment.variables.DB_PASSWORD, 'hunter22');
    assert.equal(environment.variables.X, '$(touch /tmp/never)');
    for (const secret of ['hunter22', 'tok-987654']) assert.ok(environment.secrets.includes(secret), secret);
    for (const open of ['eu-central-1', 'production', 'vim-of-mine'])
      assert.ok(!environment.secrets.includes(open), open);
  });
});
