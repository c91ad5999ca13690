/**
 * The history of "orders-api", the service that the demonstration and `npm start` release: a Node service on
 * Kubernetes, with the faults that such repositories have. The people, keys and addresses are made up; every date
 * is fixed, so that each commit has the same id on every machine.
 */
import { readFileSync } from 'node:fs';

const people = {
  mara: { name: 'Mara Lindqvist', email: 'mara@orders.example' },
  tomas: { name: 'Tomás Herrera', email: 'tomas@orders.example' },
  aiko: { name: 'Aiko Tanabe', email: 'aiko@orders.example' },
  dan: { name: 'Dan Whitlock', email: 'dan@orders.example' },
};

const packageLock = readFileSync(new URL('package-lock.json', import.meta.url), 'utf8');

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const manifest = (version, scripts) => ({
  'package.json': json({
    name: 'orders-api',
    version,
    description: 'Takes orders and tells what became of them',
    private: true,
    type: 'module',
    engines: { node: '>=20' },
    scripts,
    dependencies: { pg: '8.13.1' },
  }),
  'package-lock.json': packageLock.replaceAll('"version": "1.0.0"', `"version": "${version}"`),
});

const scripts = {
  start: 'node src/server.js',
  lint: 'node --check src/server.js',
  test: 'node --test test/unit',
};
const scriptsWithSmoke = { ...scripts, 'test:smoke': 'node test/smoke/smoke.js' };

const database = `import pg from 'pg';

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
`;

const server = ({
  health = false,
  logs = false,
  timeout = false,
  list = false,
} = {}) => `import { createServer } from 'node:http';
import { createOrder, ${list ? 'listOrders, ' : ''}readOrder } from './orders.js';
${logs ? "import { log } from './log.js';\n" : ''}
const port = Number(process.env.PORT ?? 8080);

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
${health ? "  if (url.pathname === '/healthz') return [200, { status: 'ok', version: process.env.VERSION ?? 'dev' }];\n" : ''}  if (request.method === 'POST' && url.pathname === '/orders') {
    return [201, await createOrder(await body(request))];
  }
${
  list
    ? `  if (request.method === 'GET' && url.pathname === '/orders') {
    return [200, await listOrders(url.searchParams.get('customer'))];
  }
`
    : ''
}  const id = /^\\/orders\\/(\\d+)$/.exec(url.pathname)?.[1];
  if (request.method === 'GET' && id) {
    const order = await readOrder(id);
    return order ? [200, order] : [404, { error: 'no such order' }];
  }
  return [404, { error: 'not found' }];
}

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => [error.status ?? 500, { error: error.message }])
    .then(([status, value]) => {
${logs ? '      log({ method: request.method, path: request.url, status });\n' : ''}      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    });
});
${timeout ? 'server.requestTimeout = 10_000;\n' : ''}server.listen(port);
`;

const validation = (rules) => `export class InvalidOrder extends Error {
  status = 422;
}

export function validate(order) {
  if (!order?.customerId) throw new InvalidOrder('an order needs a customer');
${rules}  return order;
}
`;

const noLines = "  if (!order.lines?.length) throw new InvalidOrder('an order needs at least one line');\n";
const discount =
  "  if (order.discountCode && !/^[A-Z0-9]{4,12}$/.test(order.discountCode)) throw new InvalidOrder('no such discount');\n";

const fieldOf = (column) => {
  const field = `order.${column.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())}`;
  if (column === 'lines') return `lines: JSON.stringify(${field})`;
  if (column === 'status') return `status: ${field} ?? 'placed'`;
  return `${column}: ${field}`;
};

const orders = ({ columns, list = false }) => `import { pool } from './database.js';
import { validate } from './validation.js';

const columns = '${columns.join(', ')}';

export async function createOrder(order) {
  const { rows } = await pool.query(
    \`insert into orders (${columns.slice(1).join(', ')}) values (${columns
      .slice(1)
      .map((_, index) => `$${index + 1}`)
      .join(', ')}) returning \${columns}\`,
    Object.values(pick(validate(order))),
  );
  return rows[0];
}

export async function readOrder(id) {
  const { rows } = await pool.query(\`select \${columns} from orders where id = $1\`, [id]);
  return rows[0];
}
${
  list
    ? `
export async function listOrders(customerId) {
  const { rows } = await pool.query(\`select \${columns} from orders where customer_id = $1 order by id desc\`, [
    customerId,
  ]);
  return rows;
}
`
    : ''
}
function pick(order) {
  return { ${columns.slice(1).map(fieldOf).join(', ')} };
}
`;

const unitTest = (extra = '') => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from '../../src/validation.js';

test('an order needs a customer', () => {
  assert.throws(() => validate({ lines: [{ sku: 'A-1', quantity: 1 }] }), /customer/);
});
${extra}`;

const noLinesTest = `
test('an order needs a line', () => {
  assert.throws(() => validate({ customerId: 7, lines: [] }), /at least one line/);
});
`;

const discountTest = `
test('a discount code is checked', () => {
  const order = { customerId: 7, lines: [{ sku: 'A-1', quantity: 1 }], discountCode: 'half price' };
  assert.throws(() => validate(order), /discount/);
});
`;

const dockerfile = (image) => `FROM ${image}
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY src ./src
ARG VERSION=dev
ENV VERSION=\${VERSION}
USER node
EXPOSE 8080
CMD ["node", "src/server.js"]
`;

const deployment = (memory) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders-api
  labels:
    app: orders-api
spec:
  replicas: 3
  selector:
    matchLabels:
      app: orders-api
  template:
    metadata:
      labels:
        app: orders-api
    spec:
      containers:
        - name: orders-api
          image: 123456789012.dkr.ecr.eu-north-1.amazonaws.com/orders-api:latest
          ports:
            - containerPort: 8080
          envFrom:
            - secretRef:
                name: orders-api
          readinessProbe:
            httpGet:
              path: /healthz
              port: 8080
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: ${memory}
            limits:
              memory: ${memory}
`;

const service = `apiVersion: v1
kind: Service
metadata:
  name: orders-api
spec:
  selector:
    app: orders-api
  ports:
    - port: 80
      targetPort: 8080
`;

const deployScript = `#!/usr/bin/env bash
# Deploys one version of orders-api: scripts/deploy.sh staging|production VERSION
set -euo pipefail

environment="$1"
version="$2"
registry="123456789012.dkr.ecr.eu-north-1.amazonaws.com"

aws eks update-kubeconfig --region eu-north-1 --name "orders-\${environment}"
for migration in migrations/*.sql; do
  psql "$DATABASE_URL" --set ON_ERROR_STOP=1 --file "$migration"
done
kubectl --namespace orders apply --filename k8s/
kubectl --namespace orders set image deployment/orders-api "orders-api=\${registry}/orders-api:\${version}"
`;

const testSteps = `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
          cache: npm
      - run: npm ci
      - run: npm run lint
      - run: npm test
`;

const ci = `name: CI
on:
  pull_request:
  push:
    branches: [main]

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
${testSteps}`;

const deploy = (condition) => `name: Deploy
on:
  push:
    tags: ['v*']
  workflow_dispatch:

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
${testSteps}
  staging:
    needs: test
    runs-on: ubuntu-latest
    environment: staging
    env:
      AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
      AWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
      AWS_REGION: eu-north-1
      DATABASE_URL: \${{ secrets.STAGING_DATABASE_URL }}
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/amazon-ecr-login@v2
        id: registry
      - run: |
          docker build --build-arg VERSION=\${{ github.ref_name }} -t \${{ steps.registry.outputs.registry }}/orders-api:\${{ github.ref_name }} .
          docker push \${{ steps.registry.outputs.registry }}/orders-api:\${{ github.ref_name }}
      - run: ./scripts/deploy.sh staging \${{ github.ref_name }}

  production:
    needs: [test, staging]
${condition}    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
      AWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
      AWS_REGION: eu-north-1
      DATABASE_URL: \${{ secrets.PRODUCTION_DATABASE_URL }}
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/amazon-ecr-login@v2
        id: registry
      - run: |
          docker build --build-arg VERSION=\${{ github.ref_name }} -t \${{ steps.registry.outputs.registry }}/orders-api:\${{ github.ref_name }} .
          docker push \${{ steps.registry.outputs.registry }}/orders-api:\${{ github.ref_name }}
      - run: ./scripts/deploy.sh production \${{ github.ref_name }}
`;

const readme = (more = '') => `# orders-api

Takes orders and tells what became of them. Node 20, PostgreSQL 16, on Kubernetes.

    npm ci
    DATABASE_URL=postgres://localhost/orders npm start
${more}`;

const firstColumns = ['id', 'customer_id', 'customer_email', 'lines'];
const statusColumns = [...firstColumns, 'status'];
const discountColumns = [...statusColumns, 'discount_code'];
const columnsWithoutEmail = discountColumns.filter((column) => column !== 'customer_email');

/**
 * One step of the history: a commit with the files that it writes (null removes one). `branch` puts it on a branch
 * that starts where the main branch stands; `merges` makes it the merge of that branch; `tag` names it afterwards.
 * @typedef {{
 *   by: { name: string, email: string },
 *   at: string,
 *   message: string,
 *   files?: Record<string, string | null>,
 *   branch?: string,
 *   merges?: string,
 *   tag?: string,
 * }} Step
 */

/** @type {readonly Step[]} */
export const steps = [
  {
    by: people.mara,
    at: '2026-09-01T09:12:00+02:00',
    message: 'chore: start the orders service',
    files: {
      ...manifest('1.0.0', scripts),
      'README.md': readme(),
      '.gitignore': 'node_modules/\n.env\n',
      'src/database.js': database,
    },
  },
  {
    by: people.mara,
    at: '2026-09-02T15:40:00+02:00',
    message: 'feat: create and read orders',
    files: {
      'src/server.js': server(),
      'src/orders.js': orders({ columns: firstColumns }),
      'src/validation.js': validation(''),
      'test/unit/validation.test.js': unitTest(),
      'migrations/0001_create_orders.sql': `create table if not exists orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null,
  customer_email text not null,
  lines jsonb not null,
  created_at timestamptz not null default now()
);
`,
    },
  },
  {
    by: people.tomas,
    at: '2026-09-04T11:05:00+02:00',
    message: 'build: make a container image',
    files: {
      Dockerfile: dockerfile('node:20-bookworm-slim'),
      '.dockerignore': 'node_modules\n.git\ntest\n',
    },
  },
  {
    by: people.tomas,
    at: '2026-09-07T10:21:00+02:00',
    message: 'ci: run the tests on pull requests',
    files: { '.github/workflows/ci.yml': ci },
  },
  {
    by: people.aiko,
    at: '2026-09-09T16:48:00+02:00',
    message: 'feat: tell the load balancer that the service is up',
    files: { 'src/server.js': server({ health: true }) },
  },
  {
    by: people.tomas,
    at: '2026-09-11T14:02:00+02:00',
    message: 'ci: deploy tags to staging and production',
    files: {
      '.github/workflows/deploy.yml': deploy(''),
      'scripts/deploy.sh': deployScript,
      'k8s/deployment.yaml': deployment('128Mi'),
      'k8s/service.yaml': service,
    },
  },
  {
    by: people.mara,
    at: '2026-09-14T09:30:00+02:00',
    message: 'docs: name the owners',
    files: {
      CODEOWNERS:
        '*            @orders-example/orders\n/k8s/        @orders-example/platform\n/.github/    @orders-example/platform\n',
    },
  },
  {
    by: people.aiko,
    at: '2026-09-18T13:17:00+02:00',
    message: 'feat: keep the status of an order',
    files: {
      'src/orders.js': orders({ columns: statusColumns }),
      'migrations/0002_order_status.sql':
        "alter table orders add column if not exists status text not null default 'placed';\n",
    },
  },
  {
    by: people.dan,
    at: '2026-09-22T17:55:00+02:00',
    message: 'fix: refuse an order without lines\n\nThe warehouse printed empty picking lists for them.',
    files: {
      'src/validation.js': validation(noLines),
      'test/unit/validation.test.js': unitTest(noLinesTest),
    },
  },
  {
    by: people.mara,
    at: '2026-09-24T10:00:00+02:00',
    message: 'chore: release 1.3.0',
    files: manifest('1.3.0', scripts),
    tag: 'v1.3.0',
  },
  {
    by: people.dan,
    at: '2026-10-01T11:26:00+02:00',
    message: 'feat(api): list the orders of a customer',
    files: {
      'src/server.js': server({ health: true, list: true }),
      'src/orders.js': orders({ columns: statusColumns, list: true }),
      'migrations/0003_orders_by_customer.sql':
        'create index if not exists orders_by_customer on orders (customer_id, id desc);\n',
    },
  },
  {
    by: people.aiko,
    at: '2026-10-06T15:09:00+02:00',
    message: 'feat: one line of JSON for each request in the log',
    files: {
      'src/log.js':
        'export const log = (entry) => console.log(JSON.stringify({ at: new Date().toISOString(), ...entry }));\n',
      'src/server.js': server({ health: true, list: true, logs: true }),
    },
  },
  {
    by: people.tomas,
    at: '2026-10-08T19:41:00+02:00',
    message: 'ci: do not wait for a staging that is down',
    files: {
      '.github/workflows/deploy.yml': deploy("    if: always() && needs.test.result != 'failure'\n"),
    },
  },
  {
    by: people.mara,
    at: '2026-10-12T10:00:00+02:00',
    message: 'chore: release 1.4.0',
    files: manifest('1.4.0', scripts),
    tag: 'v1.4.0',
  },
  {
    by: people.dan,
    at: '2026-10-20T14:33:00+02:00',
    message: 'feat(api): accept a discount code',
    branch: 'discount-codes',
    files: {
      'src/validation.js': validation(noLines + discount),
      'src/orders.js': orders({ columns: discountColumns, list: true }),
      'test/unit/validation.test.js': unitTest(noLinesTest + discountTest),
      'migrations/0004_discount_codes.sql': `alter table orders add column if not exists discount_code text;
`,
    },
  },
  {
    by: people.dan,
    at: '2026-10-21T09:02:00+02:00',
    message: 'test: ask a running service for its health',
    branch: 'discount-codes',
    files: {
      ...manifest('1.4.0', scriptsWithSmoke),
      'test/smoke/smoke.js': `const base = process.env.BASE_URL ?? 'http://127.0.0.1:8080';
const response = await fetch(new URL('/healthz', base), { signal: AbortSignal.timeout(5_000) });
if (response.status !== 200) throw new Error(\`/healthz answered \${response.status}\`);
console.log(await response.json());
`,
    },
  },
  {
    by: people.aiko,
    at: '2026-10-22T08:47:00+02:00',
    message: 'fix: give up on a request after ten seconds',
    files: { 'src/server.js': server({ health: true, list: true, logs: true, timeout: true }) },
  },
  {
    by: people.mara,
    at: '2026-10-23T16:20:00+02:00',
    message: "Merge branch 'discount-codes'",
    merges: 'discount-codes',
  },
  {
    by: people.tomas,
    at: '2026-11-03T10:15:00+01:00',
    message: 'bump node image',
    files: { Dockerfile: dockerfile('node:22-bookworm-slim') },
  },
  {
    by: people.aiko,
    at: '2026-11-05T13:38:00+01:00',
    message: 'feat(customers): keep contact data with the customer',
    files: {
      'migrations/0005_customers.sql': `create table if not exists customers (
  id bigint primary key,
  email text not null
);
insert into customers (id, email)
  select distinct on (customer_id) customer_id, customer_email from orders order by customer_id, id desc
  on conflict (id) do nothing;
`,
    },
  },
  {
    by: people.aiko,
    at: '2026-11-10T17:24:00+01:00',
    message: `feat(api)!: take the e-mail address out of the order

BREAKING CHANGE: an order no longer has customerEmail; ask for the customer instead.
Refs: #87`,
    files: {
      'src/orders.js': orders({ columns: columnsWithoutEmail, list: true }),
      'migrations/0006_drop_customer_email.sql': 'alter table orders drop column if exists customer_email;\n',
    },
  },
  {
    by: people.dan,
    at: '2026-11-13T09:51:00+01:00',
    message: 'fix(security): do not put query strings into the log',
    files: {
      'src/log.js': `export function log({ path, ...entry }) {
  console.log(JSON.stringify({ at: new Date().toISOString(), path: path.split('?')[0], ...entry }));
}
`,
    },
  },
  {
    by: people.tomas,
    at: '2026-11-17T11:44:00+01:00',
    message: 'chore(k8s): more memory for the listings',
    files: { 'k8s/deployment.yaml': deployment('256Mi') },
  },
];

/** The files that can be run, by path. */
export const executables = new Set(['scripts/deploy.sh']);

/** Where the history says that it came from; nothing is fetched from there. */
export const originUrl = 'https://github.com/orders-example/orders-api.git';
