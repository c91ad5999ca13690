import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDockerCredentials } from '../../../src/adapters/registries/docker-credentials';
import { createArtifactRegistry } from '../../../src/adapters/registries/index';
import { parseOciReference } from '../../../src/adapters/registries/oci-reference';
import { parseChallenges } from '../../../src/adapters/registries/oci-session';
import type { ArtifactAnswer, FoundArtifact } from '../../../src/core/ports';
import { provenanceEnvelope, send, sha256, startServer, type FakeServer } from './fake-server';

const COMMIT = '4f0c1d2e3b5a69788796a5b4c3d2e1f001122334';
const OTHER = '0'.repeat(39) + '1';
const REPOSITORY = 'https://github.com/acme/orders';

/** Everything that a registry holds, by path below /v2/. */
type Contents = Map<string, { readonly body: string; readonly type: string }>;

const CONFIG = JSON.stringify({
  created: '2026-03-01T10:00:00Z',
  config: {
    Labels: { 'org.opencontainers.image.revision': COMMIT, 'org.opencontainers.image.source': REPOSITORY },
  },
});

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

function descriptor(body: string, mediaType: string, extra: object = {}): object {
  return { mediaType, digest: sha256(body), size: body.length, ...extra };
}

function imageOf(config: string, layers: readonly object[] = []): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
    layers:
      layers.length > 0
        ? layers
        : [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: sha256('layer'), size: 1000 }],
  });
}

const IMAGE = imageOf(CONFIG);

function holding(...items: readonly (readonly [string, string, string?])[]): Contents {
  return new Map(items.map(([where, body, type = MANIFEST_TYPE]) => [where, { body, type }]));
}

function usual(): Contents {
  return holding(
    ['acme/orders/manifests/1.4.0', IMAGE],
    [`acme/orders/blobs/${sha256(CONFIG)}`, CONFIG, 'application/octet-stream'],
  );
}

describe('images in a registry', () => {
  let server: FakeServer;
  let elsewhere: FakeServer;
  let home: string;
  let oldPath: string | undefined;

  before(async () => {
    server = await startServer();
    elsewhere = await startServer();
  });
  after(async () => {
    await server.close();
    await elsewhere.close();
  });
  beforeEach(async () => {
    server.seen.length = 0;
    elsewhere.seen.length = 0;
    home = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-docker-'));
    oldPath = process.env['PATH'];
  });
  afterEach(async () => {
    process.env['PATH'] = oldPath;
    await fs.rm(home, { recursive: true, force: true });
  });

  const registry = (): string => `127.0.0.1:${server.port}`;

  const find = (
    options: {
      readonly version?: string;
      readonly name?: string;
      readonly timeoutMs?: number;
      readonly helperMs?: number;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<ArtifactAnswer> =>
    createArtifactRegistry({
      isOnline: true,
      programs: null,
      timeoutMs: options.timeoutMs ?? 5000,
      credentials: createDockerCredentials({ folder: home, timeoutMs: options.helperMs ?? 5000 }),
    }).find(
      {
        registry: 'oci',
        name: options.name ?? `${registry()}/acme/orders`,
        version: options.version ?? '1.4.0',
        command: null,
        verify: null,
        commit: COMMIT,
      },
      options.signal,
    );

  const present = async (options: Parameters<typeof find>[0] = {}): Promise<FoundArtifact> => {
    const answer = await find(options);
    assert.equal(answer.kind, 'present', JSON.stringify(answer));
    return answer.kind === 'present' ? answer.artifact : assert.fail();
  };

  const detail = async (
    kind: ArtifactAnswer['kind'],
    options: Parameters<typeof find>[0] = {},
  ): Promise<string> => {
    const answer = await find(options);
    assert.equal(answer.kind, kind, JSON.stringify(answer));
    return answer.kind === 'present' ? assert.fail() : answer.detail;
  };

  /** A registry without login. */
  const serve = (contents: Contents): void => {
    server.handler = (request, response) => {
      const item = contents.get(
        decodeURIComponent((request.url ?? '').replace(/^\/v2\//, '').replace(/\?.*$/, '')),
      );
      if (item)
        send(response, 200, item.body, {
          'content-type': item.type,
          'docker-content-digest': sha256(item.body),
        });
      else send(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    };
  };

  /** A registry that wants a token from `realm`, and its token server at /token. */
  const serveWithTokens = (
    contents: Contents,
    realm: string,
    options: {
      readonly token?: string;
      readonly refuse?: (authorization: string | null) => number | null;
    } = {},
  ): void => {
    const token = options.token ?? 'a-token';
    const give: FakeServer['handler'] = (request, response) => {
      const status = options.refuse?.(request.headers.authorization ?? null) ?? null;
      if (status !== null) send(response, status, { errors: [{ code: 'DENIED' }] });
      else send(response, 200, { token });
    };
    elsewhere.handler = give;
    server.handler = (request, response, body) => {
      if (request.url?.startsWith('/token')) return give(request, response, body);
      if (request.headers.authorization !== `Bearer ${token}`) {
        return send(
          response,
          401,
          { errors: [{ code: 'UNAUTHORIZED' }] },
          {
            'www-authenticate': `Bearer realm="${realm}",service="registry.test",scope="repository:acme/orders:pull,push"`,
          },
        );
      }
      const item = contents.get((request.url ?? '').replace(/^\/v2\//, ''));
      if (item)
        send(response, 200, item.body, {
          'content-type': item.type,
          'docker-content-digest': sha256(item.body),
        });
      else send(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    };
  };

  const writeConfig = (config: object | string): Promise<void> =>
    fs.writeFile(
      path.join(home, 'config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );

  /** A credential helper on the PATH that writes down what it is given. */
  const installHelper = async (script: string): Promise<() => Promise<string>> => {
    const record = path.join(home, 'record');
    const file = path.join(home, 'docker-credential-fake');
    await fs.writeFile(file, `#!/bin/sh\n{ printf '%s|' "$@"; cat; } >>'${record}'\n${script}\n`, {
      mode: 0o755,
    });
    process.env['PATH'] = `${home}${path.delimiter}${oldPath ?? ''}`;
    return () => fs.readFile(record, 'utf8');
  };

  it('tells digest, size, time and the commit of the label, without a login', async () => {
    serve(usual());
    const artifact = await present();
    assert.equal(artifact.reference, `${registry()}/acme/orders:1.4.0`);
    assert.equal(artifact.digest, sha256(IMAGE));
    assert.equal(artifact.isDigestComputed, true);
    assert.equal(artifact.sizeBytes, CONFIG.length + 1000);
    assert.equal(artifact.createdAt, '2026-03-01T10:00:00Z');
    assert.deepEqual(artifact.commits, [
      { commit: COMMIT, from: 'the label org.opencontainers.image.revision', repository: REPOSITORY },
    ]);
    assert.deepEqual(artifact.signatures, []);
    assert.deepEqual(artifact.notes, []);
    assert.equal(artifact.verification.kind, 'not-verified');
    assert.ok(server.seen.every(({ authorization }) => authorization === null));
  });

  it('takes a token for reading alone, whatever the registry offers', async () => {
    serveWithTokens(usual(), `http://${registry()}/token`);
    await present();
    const asked = server.seen.filter(({ url }) => url.startsWith('/token'));
    assert.equal(asked.length, 1);
    const query = new URL(asked[0]?.url ?? '', 'http://x').searchParams;
    assert.equal(query.get('scope'), 'repository:acme/orders:pull');
    assert.equal(query.get('service'), 'registry.test');
    assert.equal(asked[0]?.authorization, null);
  });

  it("shows what docker's config.json holds to the token server of the registry, and the token to the registry", async () => {
    serveWithTokens(usual(), `http://${registry()}/token`);
    const auth = Buffer.from('anna:secret-word').toString('base64');
    await writeConfig({
      auths: { [`https://${registry()}/v1/`]: { auth }, 'ghcr.io': { auth: 'b3RoZXI6b3RoZXI=' } },
    });
    await present();
    for (const { url, authorization } of server.seen) {
      if (url.startsWith('/token')) assert.equal(authorization, `Basic ${auth}`);
      else assert.ok(authorization === null || authorization === 'Bearer a-token');
    }
  });

  it('asks the credential helper by standard input, and says none of what it answers', async () => {
    serveWithTokens(usual(), `http://${registry()}/token`, { refuse: () => 401 });
    const record = await installHelper(`echo '{"ServerURL":"x","Username":"anna","Secret":"secret-word"}'`);
    await writeConfig({ credHelpers: { [registry()]: 'fake' }, credsStore: 'nothing' });
    const said = await detail('refused');
    assert.equal(await record(), `get|${registry()}`);
    assert.match(said, /refuses the credentials that docker has for it/);
    assert.doesNotMatch(said, /secret-word|anna/);
    const shown = `Basic ${Buffer.from('anna:secret-word').toString('base64')}`;
    assert.deepEqual(
      server.seen.map(({ authorization }) => authorization),
      [null, shown],
    );
  });

  it('exchanges an identity token by a form', async () => {
    serveWithTokens(usual(), `http://${registry()}/token`);
    await installHelper(`echo '{"Username":"<token>","Secret":"refresh-me"}'`);
    await writeConfig({ credsStore: 'fake' });
    await present();
    const asked = server.seen.find(({ url }) => url.startsWith('/token'));
    assert.equal(asked?.method, 'POST');
    assert.equal(asked.url, '/token');
    const form = new URLSearchParams(asked.body);
    assert.equal(form.get('refresh_token'), 'refresh-me');
    assert.equal(form.get('grant_type'), 'refresh_token');
    assert.equal(form.get('scope'), 'repository:acme/orders:pull');
  });

  it('shows credentials to a registry that asks for them itself', async () => {
    const contents = usual();
    const auth = Buffer.from('anna:secret-word').toString('base64');
    await writeConfig({ auths: { [registry()]: { auth } } });
    server.handler = (request, response) => {
      if (request.headers.authorization !== `Basic ${auth}`) {
        return send(response, 401, '', { 'www-authenticate': 'Negotiate, Basic realm="a, \\"b\\""' });
      }
      const item = contents.get((request.url ?? '').replace(/^\/v2\//, ''));
      return item
        ? send(response, 200, item.body)
        : send(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] });
    };
    await present();
    assert.match(await detail('absent', { version: '9.9.9' }), /has no repository acme\/orders/);
  });

  it("shows no credentials to another host's token server, and says so", async () => {
    serveWithTokens(usual(), `http://localhost:${elsewhere.port}/token`, { refuse: () => 403 });
    await writeConfig({
      auths: { [registry()]: { auth: Buffer.from('anna:secret-word').toString('base64') } },
    });
    assert.match(await detail('refused'), /were not shown to localhost:\d+, which it names for tokens/);
    assert.deepEqual(
      elsewhere.seen.map(({ authorization }) => authorization),
      [null],
    );
  });

  it('leaves the token behind where a blob is kept elsewhere', async () => {
    const contents = usual();
    serveWithTokens(contents, `http://${registry()}/token`);
    const inner = server.handler;
    server.handler = (request, response, body) => {
      if (request.url?.includes('/blobs/') && request.headers.authorization) {
        return send(response, 307, '', { location: `http://localhost:${elsewhere.port}/storage` });
      }
      return inner(request, response, body);
    };
    elsewhere.handler = (_, response) => send(response, 200, CONFIG);
    assert.equal((await present()).commits.length, 1);
    assert.deepEqual(
      elsewhere.seen.map(({ url, authorization }) => [url, authorization]),
      [['/storage', null]],
    );
  });

  describe('what is not there, refused or not known', () => {
    const answering = (status: number, body: object | string, headers: Record<string, string> = {}): void => {
      server.handler = (_, response) => send(response, status, body, headers);
    };

    it('is absent where the repository is there and the tag is not', async () => {
      serve(usual());
      assert.match(
        await detail('absent', { version: '1.5.0' }),
        /^127\.0\.0\.1:\d+ has no acme\/orders:1\.5\.0$/,
      );
    });

    it('is refused where a token says that it grants nothing', async () => {
      const claims = Buffer.from(JSON.stringify({ access: [] })).toString('base64url');
      serveWithTokens(new Map(), `http://${registry()}/token`, { token: `e30.${claims}.c2ln` });
      assert.match(await detail('refused'), /lets nobody read acme\/orders/);
    });

    it('is absent where the token grants reading', async () => {
      const access = [{ type: 'repository', name: 'acme/orders', actions: ['pull'] }];
      const claims = Buffer.from(JSON.stringify({ access })).toString('base64url');
      serveWithTokens(new Map(), `http://${registry()}/token`, { token: `e30.${claims}.c2ln` });
      await detail('absent');
    });

    it('is refused where whoever is not signed in is told of no such repository', async () => {
      serveWithTokens(new Map(), `http://${registry()}/token`);
      const inner = server.handler;
      server.handler = (request, response, body) =>
        request.headers.authorization
          ? send(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] })
          : inner(request, response, body);
      assert.match(
        await detail('refused'),
        /which it also says of a private one to whoever is not signed in/,
      );
    });

    it('is refused by 401 and 403', async () => {
      answering(403, { errors: [{ code: 'DENIED' }] });
      assert.match(await detail('refused'), /status 403/);
      answering(401, '');
      assert.match(await detail('refused'), /status 401/);
    });

    for (const [what, status] of [
      ['too many requests', 429],
      ['a fault', 500],
      ['a gateway', 502],
    ] as const) {
      it(`is not known after ${what}`, async () => {
        answering(status, { errors: [{ code: 'TOOMANYREQUESTS' }] });
        assert.match(await detail('unknown'), new RegExp(`status ${status}`));
      });
    }

    it('is not known from a server that is no registry', async () => {
      answering(404, '<html>nothing here</html>');
      assert.match(await detail('unknown'), /not as a registry of images does/);
      answering(200, '<html>hello</html>');
      assert.match(await detail('unknown'), /no manifest of an image/);
      answering(200, '[1, 2');
      await detail('unknown');
    });

    it('is not known where nobody listens or no such host is', async () => {
      const gone = await startServer();
      await gone.close();
      assert.match(await detail('unknown', { name: `127.0.0.1:${gone.port}/acme/orders` }), /ECONNREFUSED/);
      assert.match(await detail('unknown', { name: 'registry.invalid/acme/orders' }), /could not be reached/);
    });

    it('is not known after the time limit', async () => {
      server.handler = () => undefined;
      assert.match(await detail('unknown', { timeoutMs: 200 }), /gave no answer within 0\.2 seconds/);
    });

    it('is not known from an answer that ends early or never', async () => {
      server.handler = (_, response) => {
        response.writeHead(200, { 'content-length': '100000' });
        response.write(IMAGE);
        setTimeout(() => response.destroy(), 20);
      };
      assert.match(await detail('unknown'), /could not be reached/);
      server.handler = (_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65536, 32)));
          response.once('drain', more);
        };
        response.on('error', () => undefined);
        more();
      };
      assert.match(await detail('unknown'), /answers with more than 4 MB/);
    });

    it('is corrupt where the bytes are not those of the digest', async () => {
      answering(200, IMAGE, { 'docker-content-digest': sha256('another') });
      assert.match(await detail('corrupt'), /whose digest is sha256:[0-9a-f]{64}, and calls it sha256:/);
      answering(200, IMAGE);
      await detail('corrupt', { name: `${registry()}/acme/orders@${sha256('another')}` });
      assert.equal(
        (await present({ name: `${registry()}/acme/orders@${sha256(IMAGE)}` })).digest,
        sha256(IMAGE),
      );
    });

    it('follows no redirect out of TLS, in circles, or without end', async () => {
      answering(302, '', { location: 'http://registry.invalid/v2/' });
      assert.match(await detail('unknown'), /redirects to registry\.invalid, which is not https/);
      answering(302, '', { location: '/v2/again' });
      assert.match(await detail('unknown'), /redirects more than 5 times/);
    });

    it('stops quietly when it is cancelled', async () => {
      server.handler = () => undefined;
      const cancellation = new AbortController();
      setTimeout(() => cancellation.abort(new Error('cancelled')), 50);
      await assert.rejects(find({ signal: cancellation.signal }), /cancelled/);
    });

    it('asks nothing for what is no name or tag', async () => {
      await detail('unknown', { name: 'ghcr.io/Acme/Orders' });
      await detail('unknown', { version: '../../_catalog' });
      await detail('unknown', { version: '-v' });
      assert.equal(server.seen.length, 0);
    });
  });

  describe('credentials that cannot be had', () => {
    beforeEach(() => serveWithTokens(usual(), `http://${registry()}/token`, { refuse: () => 401 }));

    it('runs no helper whose name is none', async () => {
      const record = await installHelper('exit 0');
      await writeConfig({ credsStore: '../fake' });
      assert.match(await detail('refused'), /a credential helper whose name is none/);
      await assert.rejects(record());
    });

    it('says which helper is not installed, fails or hangs', async () => {
      await writeConfig({ credsStore: 'not-installed-anywhere' });
      assert.match(await detail('refused'), /docker-credential-not-installed-anywhere is not installed/);
      await writeConfig({ credsStore: 'fake' });
      await installHelper('echo secret-word >&2; exit 3');
      const said = await detail('refused');
      assert.match(said, /docker-credential-fake ended with status 3/);
      assert.doesNotMatch(said, /secret-word/);
      await installHelper('sleep 30');
      assert.match(
        await detail('refused', { helperMs: 300 }),
        /docker-credential-fake did not end within 0\.3 seconds/,
      );
      await installHelper('echo secret-word');
      assert.match(await detail('refused'), /answers with no credentials\)$/);
    });

    it('goes on without, where the helper knows of none', async () => {
      await installHelper('echo "credentials not found in native keychain"; exit 1');
      await writeConfig({ credsStore: 'fake' });
      assert.match(await detail('refused'), /gives no token for acme\/orders to whoever is not signed in$/);
    });

    it('quotes nothing of a config.json that cannot be read', async () => {
      await writeConfig('{"auths": {"x": {"auth": "secret-word"');
      const said = await detail('refused');
      assert.match(said, /docker's config\.json could not be read/);
      assert.doesNotMatch(said, /secret-word/);
    });
  });

  describe('signatures and provenance', () => {
    it('reads what BuildKit keeps in the index, for each platform', async () => {
      const arm = imageOf(JSON.stringify({ config: { Labels: {} }, architecture: 'arm64' }));
      const statement = JSON.stringify({
        _type: 'https://in-toto.io/Statement/v0.1',
        subject: [{ name: 'pkg:docker/orders', digest: { sha256: sha256(IMAGE).slice(7) } }],
        predicateType: 'https://slsa.dev/provenance/v0.2',
        predicate: {
          invocation: {
            configSource: { uri: `${REPOSITORY}.git#refs/tags/v1.4.0`, digest: { sha1: COMMIT } },
          },
          materials: [{ uri: 'pkg:docker/node@22', digest: { sha256: 'b'.repeat(64) } }],
        },
      });
      const attestation = imageOf('{}', [descriptor(statement, 'application/vnd.in-toto+json')]);
      const index = JSON.stringify({
        schemaVersion: 2,
        mediaType: INDEX_TYPE,
        manifests: [
          descriptor(IMAGE, MANIFEST_TYPE, { platform: { os: 'linux', architecture: 'amd64' } }),
          descriptor(arm, MANIFEST_TYPE, { platform: { os: 'linux', architecture: 'arm64' } }),
          descriptor(attestation, MANIFEST_TYPE, {
            annotations: {
              'vnd.docker.reference.type': 'attestation-manifest',
              'vnd.docker.reference.digest': sha256(IMAGE),
            },
          }),
        ],
      });
      serve(
        new Map([
          ...usual(),
          ...holding(
            ['acme/orders/manifests/1.4.0', index, INDEX_TYPE],
            [`acme/orders/manifests/${sha256(IMAGE)}`, IMAGE],
            [`acme/orders/manifests/${sha256(arm)}`, arm],
            [`acme/orders/manifests/${sha256(attestation)}`, attestation],
            [`acme/orders/blobs/${sha256(statement)}`, statement],
          ),
        ]),
      );
      const artifact = await present();
      assert.equal(artifact.digest, sha256(index));
      assert.deepEqual(artifact.signatures, [
        { kind: 'provenance', where: 'the image’s own index', isAboutThis: true },
      ]);
      assert.deepEqual(
        artifact.commits.map(({ commit, repository, from }) => [commit, repository, from]),
        [
          [COMMIT, REPOSITORY, 'the label org.opencontainers.image.revision'],
          [COMMIT, REPOSITORY, 'the provenance in the image’s own index'],
        ],
      );
    });

    it('reads signature and attestation by the tags that cosign uses', async () => {
      const hex = sha256(IMAGE).slice(7);
      const payload = JSON.stringify({ critical: { image: { 'docker-manifest-digest': sha256(IMAGE) } } });
      const simple = 'application/vnd.dev.cosign.simplesigning.v1+json';
      const envelope = JSON.stringify(provenanceEnvelope(sha256(IMAGE), OTHER, REPOSITORY));
      serve(
        new Map([
          ...usual(),
          ...holding(
            [`acme/orders/manifests/sha256-${hex}.sig`, imageOf('{}', [descriptor(payload, simple)])],
            [
              `acme/orders/manifests/sha256-${hex}.att`,
              imageOf('{}', [descriptor(envelope, 'application/vnd.dsse.envelope.v1+json')]),
            ],
            [`acme/orders/blobs/${sha256(payload)}`, payload],
            [`acme/orders/blobs/${sha256(envelope)}`, envelope],
          ),
        ]),
      );
      const artifact = await present();
      assert.deepEqual(
        artifact.signatures.map(({ kind, isAboutThis }) => [kind, isAboutThis]),
        [
          ['signature', true],
          ['provenance', true],
        ],
      );
      assert.deepEqual(
        artifact.commits.map(({ commit }) => commit),
        [COMMIT, OTHER],
      );
    });

    it('reads a bundle among the referrers, and believes none about another digest', async () => {
      const bundleOf = (subject: string): string =>
        JSON.stringify({
          mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
          verificationMaterial: {},
          dsseEnvelope: provenanceEnvelope(subject, OTHER, REPOSITORY),
        });
      const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
      const [right, wrong] = [bundleOf(sha256(IMAGE)), bundleOf(sha256('another'))];
      const holders = [right, wrong].map((bundle) => imageOf('{}', [descriptor(bundle, type)]));
      const referrers = JSON.stringify({
        schemaVersion: 2,
        manifests: holders.map((each) => descriptor(each, MANIFEST_TYPE)),
      });
      serve(
        new Map([
          ...usual(),
          ...holding(
            [`acme/orders/referrers/${sha256(IMAGE)}`, referrers, INDEX_TYPE],
            ...holders.map((each) => [`acme/orders/manifests/${sha256(each)}`, each] as const),
            [`acme/orders/blobs/${sha256(right)}`, right],
            [`acme/orders/blobs/${sha256(wrong)}`, wrong],
          ),
        ]),
      );
      const artifact = await present();
      assert.deepEqual(
        artifact.signatures.map(({ isAboutThis }) => isAboutThis),
        [true, false],
      );
      assert.equal(artifact.commits.filter(({ commit }) => commit === OTHER).length, 1);
    });

    it('notes what has another digest than it should, and believes nothing of it', async () => {
      const contents = usual();
      contents.set(`acme/orders/blobs/${sha256(CONFIG)}`, { body: CONFIG.replace(COMMIT, OTHER), type: 'x' });
      serve(contents);
      const artifact = await present();
      assert.deepEqual(artifact.commits, []);
      assert.match(artifact.notes.join(), /has another digest/);
    });
  });
});

describe('names of images', () => {
  const names: readonly (readonly [string, string | null])[] = [
    ['nginx', 'docker.io library/nginx'],
    ['acme/orders', 'docker.io acme/orders'],
    ['docker.io/acme/orders', 'docker.io acme/orders'],
    ['index.docker.io/nginx', 'docker.io library/nginx'],
    ['ghcr.io/acme/orders/api:1.2', 'ghcr.io acme/orders/api'],
    ['localhost/orders', 'localhost orders'],
    ['localhost:5000/orders:1', 'localhost:5000 orders'],
    ['[::1]:5000/orders', '[::1]:5000 orders'],
    ['registry.acme.io:8443/a/b__c.d-e', 'registry.acme.io:8443 a/b__c.d-e'],
    [`ghcr.io/acme/orders@sha256:${'a'.repeat(64)}`, 'ghcr.io acme/orders'],
    ['ghcr.io/Acme/orders', null],
    ['ghcr.io/acme/../orders', null],
    ['ghcr.io/acme/orders@sha256:short', null],
    ['https://ghcr.io/acme/orders', null],
    ['user:secret@ghcr.io/acme', null],
    ['ghcr.io/', null],
    ['', null],
    ['-x', null],
  ];
  for (const [name, expected] of names) {
    it(`takes "${name}" ${expected === null ? 'for none' : `for ${expected}`}`, () => {
      const reference = parseOciReference(name);
      assert.equal(reference ? `${reference.registry} ${reference.repository}` : null, expected);
    });
  }
});

describe('challenges of a registry', () => {
  it('are read one by one, with quotes and commas', () => {
    assert.deepEqual(
      parseChallenges(
        'Negotiate, Basic realm="a, \\"b\\"", Bearer realm="https://auth.example/token",service=r,scope="x:y"',
      ),
      [
        { scheme: 'basic', realm: 'a, "b"', service: null },
        { scheme: 'bearer', realm: 'https://auth.example/token', service: 'r' },
      ],
    );
    assert.deepEqual(parseChallenges(''), []);
    assert.deepEqual(parseChallenges('realm="x"'), []);
  });
});
