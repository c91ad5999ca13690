import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = path.resolve('dist/cli.js');
const FILE = '.github/workflows/ci.yml';
const CACHE = '.github/release-gate-pins.json';
const CHECKOUT = '3d3c42e5aac5ba805825da76410c181273ba90b1';
const A = 'a'.repeat(40);

const workflow = (...uses: string[]): string =>
  `on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`;

describe('pin', function () {
  this.timeout(60_000);
  let root: string;
  let server: Server;
  let asked: (string | undefined)[];
  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  const pin = (...args: string[]): ReturnType<typeof pinTo> =>
    pinTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...args);
  const pinTo = (
    address: string,
    ...args: string[]
  ): Promise<{ status: unknown; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: '',
        GITHUB_API_URL: address,
        GITHUB_TOKEN: '',
        GH_TOKEN: 'from-gh',
      };
      execFile(process.execPath, [program, 'pin', ...args], { cwd: root, env }, (error, out, err) =>
        resolve({ status: error ? error.code : 0, out, err }),
      ).stdin?.end();
    });

  before((done) => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
    server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const isKnown = request.url === '/repos/acme/deploy/git/ref/tags/v1.2.3';
      response.writeHead(isKnown ? 200 : 404);
      response.end(
        JSON.stringify(isKnown ? { object: { type: 'commit', sha: A } } : { message: 'Not Found' }),
      );
    }).listen(0, '127.0.0.1', done);
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'cli-pin-'));
    asked = [];
    put(FILE, workflow('actions/checkout@v7.0.1', 'acme/deploy@v1.2.3', 'acme/gone@v1'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  it('shows without writing, asks nobody, and lists what is not known', async () => {
    const { status, out, err } = await pin();
    assert.match(out, new RegExp(`^\\+ {6}- uses: actions/checkout@${CHECKOUT} # v7\\.0\\.1$`, 'm'));
    assert.match(out, /^Left at their tags \(--online asks GitHub/m);
    assert.match(out, /ci\.yml:8:15 {2}acme\/deploy@v1\.2\.3 {2}its commit is not known here/);
    assert.match(out, /^3 uses .*: 0 pinned before, 1 could be pinned, 2 not known\.$/m);
    assert.match(err, /add --yes to write this/);
    assert.deepEqual([status, asked], [3, []]);
    assert.doesNotMatch(textOf(FILE), new RegExp(CHECKOUT));
    assert.equal(existsSync(path.join(root, CACHE)), false);
  });

  it('asks GitHub, writes the pins and keeps what it was told; a second run needs no network', async () => {
    const first = await pin('--online', '--yes');
    assert.equal(first.status, 3);
    assert.match(
      first.out,
      /acme\/gone@v1 {2}"v1" is no tag or branch of acme\/gone, or the repository is private/,
    );
    const expected = workflow(
      `actions/checkout@${CHECKOUT} # v7.0.1`,
      `acme/deploy@${A} # v1.2.3`,
      'acme/gone@v1',
    );
    assert.equal(textOf(FILE), expected);
    assert.equal(
      textOf(CACHE),
      `{\n  "version": 1,\n  "pins": {\n    "acme/deploy@v1.2.3": { "commit": "${A}" }\n  }\n}\n`,
    );
    assert.deepEqual([...new Set(asked)], ['Bearer from-gh']);
    put(FILE, workflow('acme/deploy@v1.2.3'));
    asked = [];
    const second = await pin('--yes');
    assert.deepEqual([second.status, asked], [0, []]);
    assert.equal(textOf(FILE), workflow(`acme/deploy@${A} # v1.2.3`));
  });

  it('writes nothing with --dry-run, and prints data for a program', async () => {
    const before = textOf(FILE);
    const { out } = await pin('--online', '--yes', '--dry-run', '--format', 'json');
    const data = JSON.parse(out) as Record<string, { uses?: string; path: string }[]>;
    assert.deepEqual(Object.keys(data), [
      'version',
      'pinned',
      'unknown',
      'conflicts',
      'written',
      'difference',
    ]);
    assert.deepEqual(
      data['pinned']?.map(({ uses }) => uses),
      ['actions/checkout@v7.0.1', 'acme/deploy@v1.2.3'],
    );
    assert.deepEqual(data['written'], []);
    assert.equal(textOf(FILE), before);
  });

  it('ends with 1 where a pin is not the commit of the version beside it', async () => {
    put(FILE, workflow(`actions/checkout@${A} # v7.0.1`));
    const { status, out } = await pin();
    assert.equal(status, 1);
    assert.match(out, new RegExp(`ci\\.yml:7:15 .* v7\\.0\\.1 is known as ${CHECKOUT}`));
  });

  it('names every mistake in the list of commits with its line, and changes nothing', async () => {
    put(CACHE, '{\n  "version": 1,\n  "pins": {\n    "acme/deploy@v1.2.3": { "commit": "main" }\n  }\n}\n');
    const { status, err } = await pin('--yes');
    assert.equal(status, 2);
    assert.match(
      err,
      /release-gate-pins\.json:4:39: the commit of "acme\/deploy@v1\.2\.3" must be 40 hex digits/,
    );
    assert.doesNotMatch(textOf(FILE), new RegExp(CHECKOUT));
  });

  it('pins in the named files only', async () => {
    const other = '.github/workflows/other.yml';
    put(other, workflow('actions/checkout@v7.0.1'));
    await pin(other, '--yes');
    assert.equal(textOf(other), workflow(`actions/checkout@${CHECKOUT} # v7.0.1`));
    assert.doesNotMatch(textOf(FILE), new RegExp(CHECKOUT));
  });

  it('refreshes from GitHub, and ends with a clear error where GitHub cannot be reached', async () => {
    put(FILE, workflow(`acme/deploy@${'b'.repeat(40)} # v1.2.3`));
    const moved = await pin('--refresh');
    assert.match(moved.out, new RegExp(`v1\\.2\\.3 is known as ${A}`));
    assert.equal(moved.status, 1);
    const gone = await pinTo('http://127.0.0.1:1', '--refresh');
    assert.match(gone.err, /Nothing was refreshed: the first tag could not be asked for: [\w ]+\./);
    assert.equal(gone.status, 2);
  });
});
