import assert from 'node:assert/strict';
import { readTouches } from '../../../src/core/change/touches';
import { stepOf } from '../../../src/core/change/touches/dependencies';
import { changeWorld, type Files } from '../../support/change-world';

async function seen(base: Files, head: Files): Promise<readonly string[]> {
  const { evidence } = await readTouches(changeWorld(base, head));
  return evidence.map(
    ({ kind, path, range, side, what }) =>
      `${kind} ${path}${range ? `:${range.start.line}` : ''}${side === 'base' ? ' (base)' : ''} ${what}`,
  );
}

async function packages(base: Files, head: Files): Promise<readonly string[]> {
  const { dependencies } = await readTouches(changeWorld(base, head));
  return dependencies.map(
    (each) =>
      `${each.name} ${each.before ?? '-'} ${each.after ?? '-'} ${each.change}${each.mayBreak ? '!' : ''}${each.isDirect === null ? '' : each.isDirect ? ' direct' : ' indirect'} ${each.path}:${each.range?.start.line ?? 0}`,
  );
}

const npmLock = (versions: Readonly<Record<string, string>>, direct: readonly string[]): string =>
  JSON.stringify(
    {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: Object.fromEntries(direct.map((name) => [name, '*'])) },
        ...Object.fromEntries(
          Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
        ),
      },
    },
    null,
    2,
  );

describe('dependencies of a change', () => {
  it('compares package-lock.json, versions of both formats, nested ones too', async () => {
    assert.deepEqual(
      await packages(
        {
          'package-lock.json': npmLock(
            { react: '17.0.2', left: '1.0.0', zod: '0.3.1', 'a/node_modules/left': '2.0.0' },
            ['react', 'zod'],
          ),
        },
        {
          'package-lock.json': npmLock(
            { react: '18.2.0', zod: '0.4.0', 'a/node_modules/left': '2.0.1', '@x/new': '1.0.0' },
            ['react', 'zod', '@x/new'],
          ),
        },
      ),
      [
        'react 17.0.2 18.2.0 major! direct package-lock.json:11',
        'zod 0.3.1 0.4.0 minor! direct package-lock.json:14',
        'left 1.0.0, 2.0.0 2.0.1 patch indirect package-lock.json:17',
        '@x/new - 1.0.0 added direct package-lock.json:20',
      ],
    );
    const old = (version: string): string =>
      JSON.stringify(
        { lockfileVersion: 1, dependencies: { a: { version, dependencies: { b: { version } } } } },
        null,
        1,
      );
    assert.deepEqual(
      await packages({ 'package-lock.json': old('1.0.0') }, { 'package-lock.json': old('1.1.0') }),
      ['a 1.0.0 1.1.0 minor package-lock.json:4', 'b 1.0.0 1.1.0 minor package-lock.json:7'],
    );
  });

  it('compares the lock files of other package managers', async () => {
    for (const [file, base, head, expected] of [
      [
        'pnpm-lock.yaml',
        "importers:\n\n  .:\n    dependencies:\n      react:\n        specifier: ^17\n        version: 17.0.2\n\npackages:\n\n  react@17.0.2:\n    resolution: {}\n\n  '@x/y@1.0.0(react@17.0.2)':\n    resolution: {}\n",
        "importers:\n\n  .:\n    dependencies:\n      react:\n        specifier: ^18\n        version: 18.0.0\n\npackages:\n\n  react@18.0.0:\n    resolution: {}\n\n  '@x/y@1.0.1(react@18.0.0)':\n    resolution: {}\n",
        [
          'react 17.0.2 18.0.0 major! direct pnpm-lock.yaml:11',
          '@x/y 1.0.0 1.0.1 patch indirect pnpm-lock.yaml:14',
        ],
      ],
      [
        'pnpm-lock.yaml',
        'packages:\n\n  /a/1.0.0_b:\n    x: 1\n',
        'packages:\n\n  /a/2.0.0_b:\n    x: 1\n',
        ['a 1.0.0 2.0.0 major! pnpm-lock.yaml:3'],
      ],
      [
        'yarn.lock',
        '# yarn lockfile v1\n\n"@a/b@^1.0.0", "@a/b@^1.1.0":\n  version "1.1.0"\n  resolved "x"\n\nc@~2:\n  version "2.0.0"\n',
        '# yarn lockfile v1\n\n"@a/b@^1.0.0", "@a/b@^1.1.0":\n  version "1.2.0"\n  resolved "x"\n',
        ['@a/b 1.1.0 1.2.0 minor yarn.lock:3', 'c 2.0.0 - removed yarn.lock:7'],
      ],
      [
        'yarn.lock',
        '__metadata:\n  version: 8\n\n"a@npm:^1":\n  version: 1.0.0\n\n"own@workspace:.":\n  version: 0.0.0-use.local\n',
        '__metadata:\n  version: 8\n\n"a@npm:^3":\n  version: 3.0.0\n\n"own@workspace:.":\n  version: 0.0.1-use.local\n',
        ['a 1.0.0 3.0.0 major! yarn.lock:4'],
      ],
      [
        'uv.lock',
        'version = 1\n\n[[package]]\nname = "Flask_Login"\nversion = "2.0"\nsource = { registry = "x" }\n\n[[package]]\nname = "own"\nversion = "1"\nsource = { editable = "." }\n',
        'version = 1\n\n[[package]]\nname = "flask-login"\nversion = "3.0"\nsource = { registry = "x" }\n\n[[package]]\nname = "own"\nversion = "2"\nsource = { editable = "." }\n',
        ['flask-login 2.0 3.0 major! uv.lock:4'],
      ],
      [
        'Cargo.lock',
        '[[package]]\nname = "serde"\nversion = "1.0.1"\n',
        '[[package]]\nname = "serde"\nversion = "1.0.2"\n\n[metadata]\nname = "x"\n',
        ['serde 1.0.1 1.0.2 patch Cargo.lock:2'],
      ],
      [
        'Gemfile.lock',
        'GEM\n  remote: x\n  specs:\n    rails (7.0.1)\n      rack (>= 2)\n    rack (2.0.0)\n\nDEPENDENCIES\n  rails (~> 7)\n',
        'GEM\n  remote: x\n  specs:\n    rails (7.1.0)\n      rack (>= 2)\n    rack (3.0.0)\n\nDEPENDENCIES\n  rails (~> 7)\n',
        ['rails 7.0.1 7.1.0 minor direct Gemfile.lock:4', 'rack 2.0.0 3.0.0 major! indirect Gemfile.lock:6'],
      ],
      [
        'composer.lock',
        '{\n "packages": [\n  {\n   "name": "a/b",\n   "version": "v1.0.0"\n  }\n ]\n}',
        '{\n "packages": [\n  {\n   "name": "a/b",\n   "version": "v2.0.0"\n  }\n ]\n}',
        ['a/b 1.0.0 2.0.0 major! composer.lock:4'],
      ],
      [
        'go.mod',
        'module m\n\nrequire example.com/one v1.2.0\n\nrequire (\n\texample.com/two v1.9.0 // indirect\n\texample.com/three v0.1.0\n)\n',
        'module m\n\nrequire example.com/one v1.3.0\n\nrequire (\n\texample.com/two/v2 v2.0.0 // indirect\n)\n',
        [
          'example.com/one 1.2.0 1.3.0 minor direct go.mod:3',
          'example.com/two/v2 1.9.0 2.0.0 major! indirect go.mod:6',
          'example.com/three 0.1.0 - removed direct go.mod:7',
        ],
      ],
      [
        'requirements.txt',
        'Django==3.2.1\nrequests>=2 # x\n-r other.txt\n',
        'django==4.0 ; python_version > "3"\nrequests>=2\n',
        ['django 3.2.1 4.0 major! requirements.txt:1'],
      ],
      [
        'pom.xml',
        '<project><properties><s.v>5.3.1</s.v></properties><dependencies>\n<dependency><groupId>g</groupId><artifactId>a</artifactId><version>${s.v}</version></dependency>\n<!-- <dependency><groupId>g</groupId><artifactId>c</artifactId></dependency> -->\n</dependencies></project>',
        '<project><properties><s.v>6.0.0</s.v></properties><dependencies>\n<dependency><groupId>g</groupId><artifactId>a</artifactId><version>${s.v}</version></dependency>\n</dependencies></project>',
        ['g:a 5.3.1 6.0.0 major! direct pom.xml:2'],
      ],
    ] as const) {
      assert.deepEqual(await packages({ [file]: base }, { [file]: head }), expected, file);
    }
  });

  it('takes what a manifest asks for only where no lock file changed with it', async () => {
    const base = { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}' };
    const head = { 'package.json': '{\n "dependencies": {\n  "a": "^2.0.0"\n }\n}' };
    assert.deepEqual(await packages(base, head), ['a ^1.0.0 ^2.0.0 major! direct package.json:3']);
    assert.deepEqual(
      await packages(
        { ...base, 'package-lock.json': npmLock({ a: '1.0.0' }, ['a']) },
        { ...head, 'package-lock.json': npmLock({ a: '2.0.0' }, ['a']) },
      ),
      ['a 1.0.0 2.0.0 major! direct package-lock.json:9'],
    );
  });

  it('says that a manifest touches no dependencies where only other parts of it change, and what cannot be read', async () => {
    const touched = await readTouches(
      changeWorld({ 'package.json': '{"version":"1.0.0"}' }, { 'package.json': '{"version":"1.1.0"}' }),
    );
    assert.deepEqual([...touched.untouched], ['dependencies\0package.json']);
    assert.deepEqual(touched.evidence, []);
    assert.deepEqual(await seen({ 'package-lock.json': '{' }, { 'package-lock.json': '{}' }), [
      'dependencies package-lock.json cannot be read as what its name says, so its packages are not compared',
    ]);
    assert.deepEqual(
      await packages({}, { 'test/fixtures/package-lock.json': npmLock({ a: '1.0.0' }, []) }),
      [],
    );
  });

  it('knows which steps may break', () => {
    for (const [before, after, change, mayBreak] of [
      ['1.2.3', '2.0.0', 'major', true],
      ['1.2.3', '1.3.0', 'minor', false],
      ['0.2.3', '0.3.0', 'minor', true],
      ['0.0.3', '0.0.4', 'patch', true],
      ['0.2.3', '0.2.4', 'patch', false],
      ['2.0.0', '1.9.0', 'downgrade', true],
      ['1.0.0', '1.0.0+b', 'other', false],
      ['git', 'main', 'other', false],
    ] as const) {
      assert.deepEqual(stepOf(before, after), { change, mayBreak }, `${before} ${after}`);
    }
  });
});

describe('flags of a change', () => {
  const flags = async (base: Files, head: Files): Promise<readonly string[]> =>
    (await readTouches(changeWorld(base, head))).flags.map(
      ({ key, by, change, path, range }) => `${change} ${key} ${by} ${path}:${range?.start.line ?? 0}`,
    );

  it('finds the keys that code begins or stops to ask for, where a manifest names the library', async () => {
    for (const [manifest, text, file, before, after, expected] of [
      [
        'package.json',
        '{"dependencies":{"launchdarkly-node-server-sdk":"7"}}',
        'src/a.ts',
        "client.variation('old', c, false);\n",
        "// client.variation('comment')\nif (await client.boolVariation('new-cart', context, false)) go();\n",
        ['added new-cart LaunchDarkly src/a.ts:2', 'removed old LaunchDarkly src/a.ts:1'],
      ],
      [
        'requirements.txt',
        'UnleashClient==5\n',
        'app.py',
        '',
        'if client.is_enabled("beta.search"):\n    pass\n',
        ['added beta.search Unleash app.py:1'],
      ],
      [
        'package.json',
        '{"dependencies":{"@openfeature/web-sdk":"1"}}',
        'a.tsx',
        '',
        "const v = client.getBooleanValue('pay', false);\nconst x = `getBooleanValue('no')`;\n",
        ['added pay OpenFeature a.tsx:1'],
      ],
      [
        'go.mod',
        'require github.com/open-feature/go-sdk v1.0.0\n',
        'a.go',
        'package a\n',
        'package a\nvar v, _ = client.BooleanValue(ctx, "pay", false, c)\n',
        ['added pay OpenFeature a.go:2'],
      ],
      [
        'package.json',
        '{"dependencies":{"flagsmith":"3"}}',
        'a.js',
        '',
        "flagsmith.hasFeature('dark');\n",
        ['added dark Flagsmith a.js:1'],
      ],
      [
        'package.json',
        '{"dependencies":{"@growthbook/growthbook":"3"}}',
        'a.js',
        '',
        "if (gb.isOn('dark')) {}\n",
        ['added dark GrowthBook a.js:1'],
      ],
      [
        'package.json',
        '{"dependencies":{"@splitsoftware/splitio":"3"}}',
        'a.js',
        '',
        "client.getTreatment('user', 'checkout');\nclient.getTreatment(key, 'menu');\n",
        ['added checkout Split a.js:1', 'added menu Split a.js:2'],
      ],
      [
        'Gemfile',
        "gem 'flipper'\n",
        'a.rb',
        '',
        'Flipper.enabled?(:search, user)\nother.enable(:x)\nFlipper[:menu].enable\n',
        ['added search Flipper a.rb:1', 'added menu Flipper a.rb:3'],
      ],
      [
        'requirements.txt',
        'django-waffle\n',
        'a.py',
        '',
        "flag_is_active(request, 'promo')\n@waffle_switch('gate')\ndef a(): pass\n",
        ['added promo django-waffle a.py:1', 'added gate django-waffle a.py:2'],
      ],
    ] as const) {
      assert.deepEqual(
        await flags({ [manifest]: text, [file]: before }, { [manifest]: text, [file]: after }),
        expected,
        file,
      );
    }
  });

  it('finds none without the library, where only its file moved, in tests, or put together at run time', async () => {
    const sdk = { 'package.json': '{"dependencies":{"flagsmith":"3"}}' };
    assert.deepEqual(await flags({ 'a.js': '' }, { 'a.js': "x.hasFeature('dark')\n" }), []);
    assert.deepEqual(
      await flags(
        { ...sdk, 'a.js': "x.hasFeature('dark')\n", 'b.js': '' },
        { ...sdk, 'a.js': '', 'b.js': "x.hasFeature('dark')\n" },
      ),
      [],
    );
    assert.deepEqual(await flags({ ...sdk }, { ...sdk, 'test/a.js': "x.hasFeature('dark')\n" }), []);
    assert.deepEqual(
      await flags(
        { ...sdk, 'a.js': '' },
        { ...sdk, 'a.js': "x.hasFeature('a' + b); x.hasFeature(`a${b}`)\n" },
      ),
      [],
    );
  });

  it("reads files of one's own flags", async () => {
    assert.deepEqual(
      await flags(
        { 'config/flags.yml': 'flags:\n  old: true\n  same: true\n' },
        { 'config/flags.yml': 'flags:\n  same: false\n  fresh: { on: 10% }\n' },
      ),
      ['added fresh file config/flags.yml:3', 'removed old file config/flags.yml:2'],
    );
    assert.deepEqual(await flags({}, { 'feature-flags.json': '[\n {"key": "a"},\n {"name": "b"}\n]' }), [
      'added a file feature-flags.json:2',
      'added b file feature-flags.json:3',
    ]);
  });
});

describe('evidence of what a change touches', () => {
  it('names jobs, starts, rights and secrets of workflows', async () => {
    const file = '.github/workflows/deploy.yml';
    const base =
      'on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: a ${{ secrets.OLD }}\n';
    const head =
      "on:\n  push:\n  schedule: []\npermissions:\n  contents: write # wider\njobs:\n  deploy:\n    permissions: write-all\n    steps:\n      # ${{ secrets.COMMENT }}\n      - run: a ${{ secrets.OLD }} ${{ secrets['NEW'] }} ${{ secrets.GITHUB_TOKEN }}\n";
    assert.deepEqual(await seen({ [file]: base }, { [file]: head }), [
      `pipelines ${file}:7 adds the job deploy`,
      `pipelines ${file}:5 (base) removes the job test`,
      `pipelines ${file}:3 starts on schedule`,
      `permissions ${file}:5 gives the workflow write on contents`,
      `permissions ${file}:8 gives the job deploy write on every scope`,
      `secrets ${file}:11 uses the secret NEW`,
    ]);
    assert.deepEqual(await seen({ [file]: base }, { [file]: base.replace('run: a', 'run: b') }), [
      `pipelines ${file} changes what its jobs do`,
    ]);
  });

  it('names variables and keys of configuration and shows no value', async () => {
    const lines = await seen(
      {
        '.env.example': 'PORT=1\nGONE=x\n',
        'chart/values.yaml': 'image:\n  tag: a\nold: 1\n',
        'src/x.env.ts': '',
      },
      {
        '.env.example': 'PORT=2\n# COMMENT=x\nexport STRIPE_API_KEY=sk_live_verysecret\n',
        'chart/values.yaml': 'image:\n  tag: b\n  pullPolicy: verysecret\nlist: [1]\n',
        'src/x.env.ts': 'a=1',
      },
    );
    assert.deepEqual(lines, [
      'infrastructure chart/values.yaml is changed; what it is its path tells',
      'configuration .env.example:3 adds the variable STRIPE_API_KEY',
      'configuration .env.example:2 (base) removes the variable GONE',
      'configuration chart/values.yaml:3 adds the key image.pullPolicy',
      'configuration chart/values.yaml:4 adds the key list',
      'configuration chart/values.yaml:3 (base) removes the key old',
      'secrets .env.example:3 asks for the variable STRIPE_API_KEY, which is called like a secret',
    ]);
    assert.doesNotMatch(lines.join('\n'), /verysecret/);
  });

  it('names roles, accounts and secrets of manifests, and resources of Terraform', async () => {
    const role = (verbs: string, label: string): string =>
      `kind: Role\nmetadata:\n  name: reader\n  labels: { a: ${label} }\nrules:\n  - verbs: [${verbs}]\n`;
    assert.deepEqual(
      await seen({ 'app/role.yaml': role('get', 'b') }, { 'app/role.yaml': role('get', 'c') }),
      [],
    );
    assert.deepEqual(
      await seen({ 'app/x.yaml': role('get', 'b') }, { 'app/x.yaml': role('get, delete', 'b') }),
      ['permissions app/x.yaml:1 changes the Role reader'],
    );
    const pod = (name: string): string =>
      `kind: Deployment\nspec:\n  containers:\n    - env:\n        - name: A\n          valueFrom:\n            secretKeyRef:\n              name: ${name}\n              key: password\n`;
    assert.deepEqual(await seen({ 'app/x.yaml': pod('old') }, { 'app/x.yaml': pod('db') }), [
      'secrets app/x.yaml:7 uses the key password of the secret db',
    ]);
    assert.deepEqual(
      (
        await seen(
          {
            'main.tf':
              'resource "aws_iam_role" "a" {\n  name = "x" # c\n}\nresource "aws_iam_user" "gone" {}\n',
          },
          {
            'main.tf':
              'resource "aws_iam_role" "a" {\n  name = "y"\n}\nresource "aws_s3_bucket_policy" "b" {\n}\nresource "aws_secretsmanager_secret" "s" {}\nresource "aws_s3_bucket" "n" {}\n',
          },
        )
      ).filter((line) => !line.startsWith('infrastructure')),
      [
        'permissions main.tf:1 changes aws_iam_role.a',
        'permissions main.tf:4 adds aws_s3_bucket_policy.b',
        'permissions main.tf:4 (base) removes aws_iam_user.gone',
        'secrets main.tf:6 adds aws_secretsmanager_secret.s',
      ],
    );
  });

  it('names commits of submodules, and scripts that become programs', async () => {
    const world = changeWorld({}, {}, [
      { path: 'lib', status: 'submodule', submodule: { before: 'a'.repeat(40), after: 'b'.repeat(40) } },
      { path: 'scripts/deploy.sh', status: 'modified', mode: { before: '100644', after: '100755' } },
      { path: 'notes.txt', status: 'modified', mode: { before: '100644', after: '100755' } },
    ]);
    assert.deepEqual(
      (await readTouches(world)).evidence.map(({ kind, path, what }) => `${kind} ${path} ${what}`),
      [
        'dependencies lib moves the submodule from aaaaaaaaaaaa to bbbbbbbbbbbb; what that changes is in the other repository',
        'deploy-scripts scripts/deploy.sh can now be run as a program',
      ],
    );
  });

  it('counts what it does not show', async () => {
    const many = Array.from({ length: 40 }, (_, index) => `A_${index}=`).join('\n');
    const lines = await seen({ '.env.example': '' }, { '.env.example': many });
    assert.equal(lines.length, 12);
    assert.match(lines[11] ?? '', /and 29 more of the same kind$/);
  });

  it('never throws, whatever a file holds', async () => {
    for (const path of [
      'package-lock.json',
      'pnpm-lock.yaml',
      'uv.lock',
      'go.mod',
      'pom.xml',
      'pyproject.toml',
      'Cargo.toml',
      '.github/workflows/a.yml',
      'values.yaml',
      'a.tf',
      'k8s/a.yaml',
      'flags.yml',
      '.env.example',
      'composer.lock',
    ]) {
      for (const text of [
        '',
        '\0',
        '[]',
        'null',
        '"x"',
        '{"packages":[1,null]}',
        '[[package]]',
        '&a [*a]',
        '{{',
        'kind: Role\nmetadata: []',
        '{"packages":{"":null,"node_modules/x":7}}',
        '[tool.uv]\nworkspace = 1',
        'on: [1]\njobs: 3\npermissions: 4',
      ]) {
        await readTouches(changeWorld({ [path]: 'a: 1' }, { [path]: text }));
        await readTouches(changeWorld({ [path]: text }, {}));
      }
    }
  });
});
