import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createArtifactRegistry } from '../../../src/adapters/registries/index';
import { certificateSource, readAttestation } from '../../../src/adapters/registries/provenance';
import type { ArtifactAnswer, ArtifactQuestion, FoundArtifact, ProgramResult } from '../../../src/core/ports';
import { provenanceEnvelope, send, startServer, type FakeServer } from './fake-server';

const COMMIT = '4f0c1d2e3b5a69788796a5b4c3d2e1f001122334';
const REPOSITORY = 'https://github.com/acme/orders';
const fixture = (name: string): string => readFileSync(`test/fixtures/adapters/registries/${name}`, 'utf8');

describe('packages and releases', () => {
  let server: FakeServer;
  /** What the server holds, by path; a number is a status. */
  let contents: Record<string, object | string | number>;

  before(async () => {
    server = await startServer();
  });
  after(() => server.close());
  beforeEach(() => {
    server.seen.length = 0;
    contents = {};
    server.handler = (request, response) => {
      const item = contents[request.url ?? ''];
      if (typeof item === 'number') send(response, item, { message: 'no' });
      else if (item === undefined) send(response, 404, { message: 'Not Found' });
      else send(response, 200, item, { 'content-type': 'application/json' });
    };
  });

  const here = (): string => `http://127.0.0.1:${server.port}`;

  const find = (question: Partial<ArtifactQuestion>, token?: string): Promise<ArtifactAnswer> =>
    createArtifactRegistry({
      isOnline: true,
      programs: null,
      timeoutMs: 3000,
      github: { url: here(), ...(token ? { token } : {}) },
    }).find({
      registry: 'npm',
      name: '@acme/orders',
      version: '1.4.0',
      url: here(),
      command: null,
      verify: null,
      commit: null,
      ...question,
    });

  const expect = async (
    kind: ArtifactAnswer['kind'],
    question: Partial<ArtifactQuestion> = {},
    token?: string,
  ): Promise<string> => {
    const answer = await find(question, token);
    assert.equal(answer.kind, kind, JSON.stringify(answer));
    return answer.kind === 'present' ? '' : answer.detail;
  };

  const present = async (
    question: Partial<ArtifactQuestion> = {},
    token?: string,
  ): Promise<FoundArtifact> => {
    const answer = await find(question, token);
    return answer.kind === 'present' ? answer.artifact : assert.fail(JSON.stringify(answer));
  };

  describe('npm', () => {
    const sha512 = createHash('sha512').update('tarball').digest();
    const integrity = `sha512-${sha512.toString('base64')}`;
    const document = (more: object = {}, dist: object = {}): object => ({
      name: '@acme/orders',
      version: '1.4.0',
      gitHead: COMMIT,
      repository: { type: 'git', url: `git+${REPOSITORY}.git` },
      dist: { integrity, unpackedSize: 1234, tarball: 'https://elsewhere.example/x.tgz', ...dist },
      ...more,
    });
    const place = '/@acme%2forders/1.4.0';

    it('tells integrity, size and the commit that npm wrote', async () => {
      contents[place] = document();
      const artifact = await present();
      assert.equal(artifact.reference, '@acme/orders@1.4.0');
      assert.equal(artifact.digest, `sha512:${sha512.toString('hex')}`);
      assert.equal(artifact.isDigestComputed, false);
      assert.equal(artifact.sizeBytes, 1234);
      assert.deepEqual(artifact.commits, [
        { commit: COMMIT, from: 'gitHead of its manifest', repository: REPOSITORY },
      ]);
      assert.equal(artifact.withdrawn, null);
    });

    it('tells that it is deprecated', async () => {
      contents[place] = document({ deprecated: 'use @acme/orders-next' });
      assert.equal((await present()).withdrawn, 'deprecated: use @acme/orders-next');
      contents[place] = document({ deprecated: '' });
      assert.equal((await present()).withdrawn, null);
    });

    it('reads provenance about this tarball, and believes none about another', async () => {
      const url = `${here()}/-/npm/v1/attestations/@acme%2forders@1.4.0`;
      contents[place] = document({ gitHead: undefined }, { attestations: { url } });
      const bundle = (subject: string): object => ({
        bundle: { dsseEnvelope: provenanceEnvelope(subject, COMMIT, REPOSITORY) },
      });
      contents['/-/npm/v1/attestations/@acme%2forders@1.4.0'] = {
        attestations: [bundle(`sha512:${sha512.toString('hex')}`), bundle(`sha512:${'0'.repeat(128)}`)],
      };
      const artifact = await present();
      assert.deepEqual(
        artifact.signatures.map(({ kind, isAboutThis }) => [kind, isAboutThis]),
        [
          ['provenance', true],
          ['provenance', false],
        ],
      );
      assert.deepEqual(artifact.commits, [
        { commit: COMMIT, repository: REPOSITORY, from: 'the provenance in the registry’s attestations' },
      ]);
    });

    it('asks no other server for attestations', async () => {
      contents[place] = document({}, { attestations: { url: 'https://elsewhere.invalid/x' } });
      assert.match((await present()).notes.join(), /on another server/);
    });

    it('is absent where the package is there and the version is not', async () => {
      contents['/@acme%2forders'] = { name: '@acme/orders', versions: { '1.3.0': {} } };
      assert.match(await expect('absent'), /has the package @acme\/orders, and no @acme\/orders@1\.4\.0/);
    });

    it('is absent without a scope, and refused with one, where the package is not there', async () => {
      await expect('absent', { name: 'orders' });
      assert.match(await expect('refused'), /which it also says of a private one/);
    });

    it('is refused or not known as the status says', async () => {
      contents[place] = 401;
      await expect('refused');
      contents[place] = 403;
      await expect('refused');
      contents[place] = 429;
      await expect('unknown');
      contents[place] = 503;
      await expect('unknown');
    });

    it('is not known from what is not its document', async () => {
      contents[place] = '{"name": "@acme/or';
      await expect('unknown');
      contents[place] = document({ version: '1.3.0' });
      assert.match(await expect('unknown'), /not its document/);
      contents[place] = [];
      await expect('unknown');
    });

    it('asks nothing for what is no name, no version or no address', async () => {
      await expect('unknown', { name: '../orders' });
      await expect('unknown', { name: '@acme/orders/x' });
      await expect('unknown', { version: '1/../..' });
      assert.match(await expect('unknown', { url: 'http://registry.example' }), /is not https/);
      assert.match(
        await expect('unknown', { url: 'https://user:secret@registry.example' }),
        /holds credentials/,
      );
      assert.equal(server.seen.length, 0);
    });
  });

  describe('the Python index', () => {
    const sha256 = 'c'.repeat(64);
    const file = (filename: string, more: object = {}): object => ({
      filename,
      hashes: { sha256 },
      size: 100,
      'upload-time': '2026-03-01T10:00:00Z',
      url: 'https://files.example/x',
      yanked: false,
      ...more,
    });
    const question = { registry: 'pypi', name: 'Acme.Orders', version: '1.4.0' } as const;
    const place = '/simple/acme-orders/';

    it('finds the files of a version, however they are named', async () => {
      contents[place] = {
        files: [
          file('acme_orders-1.4.0-py3-none-any.whl'),
          file('acme-orders-1.4.tar.gz', { size: 50 }),
          file('acme_orders-1.4.0rc1.tar.gz'),
          file('acme_orders-1.4.0.post1.tar.gz'),
          file('acme_orders_extra-1.4.0.tar.gz'),
          file('acme-orders-1.4.0.exe'),
        ],
      };
      const artifact = await present(question);
      assert.equal(artifact.reference, 'Acme.Orders 1.4.0 (2 files, first acme-orders-1.4.tar.gz)');
      assert.equal(artifact.digest, `sha256:${sha256}`);
      assert.equal(artifact.sizeBytes, 150);
      assert.equal(artifact.withdrawn, null);
      assert.equal(
        (await present({ ...question, version: 'v1.4.0-rc.1' })).reference,
        'Acme.Orders v1.4.0-rc.1 (acme_orders-1.4.0rc1.tar.gz)',
      );
    });

    it('tells that all of it was yanked', async () => {
      contents[place] = { files: [file('acme_orders-1.4.0.tar.gz', { yanked: 'broken' })] };
      assert.equal((await present(question)).withdrawn, 'yanked: broken');
      contents[place] = {
        files: [
          file('acme_orders-1.4.0.tar.gz', { yanked: true }),
          file('acme_orders-1.4.0-py3-none-any.whl'),
        ],
      };
      assert.equal((await present(question)).withdrawn, null);
    });

    it('reads the commit from the certificate of its provenance', async () => {
      const provenance = `${here()}/integrity/acme-orders/1.4.0/acme_orders-1.4.0.tar.gz/provenance`;
      contents[place] = { files: [file('acme_orders-1.4.0.tar.gz', { provenance })] };
      const statement = {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'acme_orders-1.4.0.tar.gz', digest: { sha256 } }],
        predicateType: 'https://docs.pypi.org/attestations/publish/v1',
        predicate: null,
      };
      const pem = fixture('signer.pem');
      contents['/integrity/acme-orders/1.4.0/acme_orders-1.4.0.tar.gz/provenance'] = {
        version: 1,
        attestation_bundles: [
          {
            publisher: { kind: 'GitHub', repository: 'acme/orders' },
            attestations: [
              {
                version: 1,
                verification_material: { certificate: pem.replace(/-----[^-]+-----|\s/g, '') },
                envelope: {
                  statement: Buffer.from(JSON.stringify(statement)).toString('base64'),
                  signature: 'x',
                },
              },
            ],
          },
        ],
      };
      const artifact = await present(question);
      assert.deepEqual(artifact.commits, [
        {
          commit: COMMIT,
          repository: REPOSITORY,
          from: 'the index’s provenance of acme_orders-1.4.0.tar.gz',
        },
      ]);
      assert.deepEqual(artifact.signatures, [
        {
          kind: 'provenance',
          where: 'the index’s provenance of acme_orders-1.4.0.tar.gz',
          isAboutThis: true,
        },
      ]);
    });

    it('tells what is not there from what is not known', async () => {
      assert.match(await expect('absent', question), /has no project Acme\.Orders/);
      contents[place] = { files: [file('acme_orders-1.3.0.tar.gz')] };
      assert.match(await expect('absent', question), /has the project Acme\.Orders, and no file of 1\.4\.0/);
      contents[place] = 403;
      await expect('refused', question);
      contents[place] = 500;
      await expect('unknown', question);
      contents[place] = '<html></html>';
      assert.match(await expect('unknown', question), /no index as JSON/);
      contents[place] = { files: ['garbage', { filename: 7 }, null] };
      await expect('absent', question);
    });
  });

  describe('releases of GitHub', () => {
    const question = {
      registry: 'github-release',
      name: 'acme/orders',
      version: 'v1.4.0',
      url: null,
    } as const;
    const digest = `sha256:${'d'.repeat(64)}`;
    const place = '/repos/acme/orders/releases/tags/v1.4.0';
    const release = (more: object = {}): object => ({
      tag_name: 'v1.4.0',
      draft: false,
      published_at: '2026-03-01T10:00:00Z',
      target_commitish: 'main',
      assets: [{ name: 'orders.tgz', size: 10, state: 'uploaded', digest }],
      ...more,
    });
    beforeEach(() => {
      contents['/repos/acme/orders'] = { full_name: 'acme/orders' };
      contents['/repos/acme/orders/git/ref/tags/v1.4.0'] = { object: { type: 'commit', sha: COMMIT } };
    });

    it('tells digest and the commit of the tag, not of the branch', async () => {
      contents[place] = release();
      const artifact = await present(question, 'ghp_token');
      assert.equal(artifact.digest, digest);
      assert.deepEqual(artifact.commits, [
        { commit: COMMIT, from: 'the tag v1.4.0 on GitHub', repository: REPOSITORY },
      ]);
      assert.ok(server.seen.every(({ authorization }) => authorization === 'Bearer ghp_token'));
    });

    it('reads the attestations of its files', async () => {
      contents[place] = release();
      contents[`/repos/acme/orders/attestations/${digest}`] = {
        attestations: [{ bundle: { dsseEnvelope: provenanceEnvelope(digest, COMMIT, REPOSITORY) } }],
      };
      const artifact = await present(question);
      assert.deepEqual(artifact.signatures, [
        { kind: 'provenance', where: 'GitHub’s attestations of orders.tgz', isAboutThis: true },
      ]);
      assert.equal(artifact.commits.length, 2);
    });

    it('is absent where there is none, or a draft alone', async () => {
      assert.match(await expect('absent', question), /has no release v1\.4\.0 on GitHub/);
      contents['/repos/acme/orders/releases?per_page=30'] = [{ tag_name: 'v1.4.0', draft: true }];
      assert.match(await expect('absent', question), /is a draft/);
      contents[place] = release({ draft: true });
      assert.match(await expect('absent', question), /is a draft/);
    });

    it('is corrupt where a file was not uploaded to its end', async () => {
      contents[place] = release({ assets: [{ name: 'orders.tgz', state: 'starter' }] });
      assert.match(await expect('corrupt', question), /orders\.tgz .* was not uploaded to its end/);
    });

    it('is refused where the repository may not be read', async () => {
      delete contents['/repos/acme/orders'];
      assert.match(await expect('refused', question), /to whoever shows no token \(GITHUB_TOKEN\)/);
      assert.match(await expect('refused', question, 'ghp_token'), /that the token may not read/);
      contents[place] = 401;
      assert.match(await expect('refused', question, 'ghp_token'), /refuses the token/);
    });

    it('is not known where GitHub answers no more', async () => {
      contents[place] = 429;
      assert.match(
        await expect('unknown', question),
        /no more requests for now; a token in GITHUB_TOKEN allows more/,
      );
      contents[place] = 502;
      await expect('unknown', question);
      await expect('unknown', { ...question, name: 'acme/orders/../x' });
    });
  });

  it('asks nothing without the word of the person', async () => {
    const registry = createArtifactRegistry({ isOnline: false, programs: null });
    for (const kind of ['oci', 'npm', 'pypi', 'github-release'] as const) {
      const answer = await registry.find({
        registry: kind,
        name: `127.0.0.1:${server.port}/x`,
        version: '1',
        url: here(),
        command: null,
        verify: null,
        commit: null,
      });
      assert.equal(answer.kind === 'unknown' && answer.option, '--online');
    }
    assert.equal(server.seen.length, 0);
  });

  describe('a command', () => {
    const run = async (
      result: ProgramResult,
      question: Partial<ArtifactQuestion> = {},
    ): Promise<{ readonly answer: ArtifactAnswer; readonly ran: readonly (readonly string[])[] }> => {
      const ran: (readonly string[])[] = [];
      const registry = createArtifactRegistry({
        isOnline: false,
        programs: {
          run: async (argv) => {
            ran.push(argv);
            return result;
          },
        },
      });
      const answer = await registry.find({
        registry: 'command',
        name: 'acme/orders',
        version: '1.4.0; rm -rf /',
        command: ['./find.sh', '--image={name}:{version}', '{other}'],
        verify: null,
        commit: COMMIT,
        ...question,
      });
      return { answer, ran };
    };
    const ended = (status: number, stdout = '', stderr = ''): ProgramResult => ({
      kind: 'ended',
      status,
      stdout,
      stderr,
      isCut: false,
    });

    it('has its values put into single arguments', async () => {
      const { ran } = await run(ended(0));
      assert.deepEqual(ran, [['./find.sh', '--image=acme/orders:1.4.0; rm -rf /', '{other}']]);
    });

    it('tells by its status and by JSON', async () => {
      const { answer } = await run(
        ended(0, JSON.stringify({ digest: `sha256:${'e'.repeat(64)}`, commit: COMMIT, size: 7 })),
      );
      assert.ok(answer.kind === 'present');
      assert.equal(answer.artifact.digest, `sha256:${'e'.repeat(64)}`);
      assert.deepEqual(
        answer.artifact.commits.map(({ commit }) => commit),
        [COMMIT],
      );
      const plain = await run(ended(0, 'yes, it is there'));
      assert.ok(plain.answer.kind === 'present' && plain.answer.artifact.digest === null);
      assert.equal((await run(ended(1))).answer.kind, 'absent');
      assert.equal((await run(ended(2, '', 'no such host\n'))).answer.kind, 'unknown');
      assert.equal((await run({ kind: 'failed', detail: 'is not installed' })).answer.kind, 'unknown');
    });

    it('is not run where a value is missing or would be an option', async () => {
      const { ran, answer } = await run(ended(0), { name: null });
      assert.equal(answer.kind, 'unknown');
      assert.deepEqual(ran, []);
      assert.deepEqual((await run(ended(0), { command: ['x', '{version}'], version: '--help' })).ran, []);
      assert.deepEqual((await run(ended(0), { command: ['{version}'] })).ran, []);
    });

    it('verifies what was found, by its status alone', async () => {
      const verify = ['cosign', 'verify', 'x@{digest}', '{commit}'];
      const found = JSON.stringify({ digest: `sha256:${'e'.repeat(64)}` });
      const { answer, ran } = await run(ended(0, found), { verify });
      assert.ok(answer.kind === 'present' && answer.artifact.verification.kind === 'verified');
      assert.deepEqual(ran[1], ['cosign', 'verify', `x@sha256:${'e'.repeat(64)}`, COMMIT]);
      assert.equal(answer.artifact.verification.namesCommit, true);
      const unknownDigest = await run(ended(0), { verify });
      assert.ok(unknownDigest.answer.kind === 'present');
      assert.match(unknownDigest.answer.artifact.verification.detail, /needs \{digest\}, which is not known/);
    });
  });
});

describe('attestations', () => {
  it('name the commit in the certificates of both kinds', () => {
    assert.deepEqual(certificateSource(fixture('signer.pem')), { commit: COMMIT, repository: REPOSITORY });
    assert.deepEqual(certificateSource(fixture('signer-of-old.pem')), { commit: COMMIT, repository: null });
    assert.equal(certificateSource('no certificate'), null);
  });

  it('name no commit where their inputs name several, or none of git', () => {
    const statement = (materials: readonly object[]): object => ({
      _type: 'https://in-toto.io/Statement/v0.1',
      subject: [],
      predicateType: 'https://slsa.dev/provenance/v0.2',
      predicate: { materials },
    });
    const git = (sha1: string): object => ({ uri: 'git+https://github.com/acme/orders', digest: { sha1 } });
    assert.equal(readAttestation(statement([git(COMMIT)]))?.commit, COMMIT);
    assert.equal(readAttestation(statement([git(COMMIT), git('1'.repeat(40))]))?.commit, null);
    assert.equal(
      readAttestation(statement([{ uri: 'pkg:npm/x@1', digest: { sha1: COMMIT } }]))?.commit,
      null,
    );
  });

  it('are nothing where they are no attestation', () => {
    for (const value of [null, 7, 'text', [], {}, { payload: '!!' }, { dsseEnvelope: { payload: 'e30=' } }]) {
      assert.equal(readAttestation(value), null);
    }
  });
});
