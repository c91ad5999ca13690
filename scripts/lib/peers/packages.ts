import { sampleRepository } from '../../../test/support/sample-repository';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const extension = (lock: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  'package.json': json({
    name: 'tidy-notes',
    publisher: 'sample',
    version: '1.2.0',
    private: true,
    main: './dist/extension.js',
    engines: { vscode: '^1.100.0' },
    scripts: { build: 'esbuild src/extension.ts --outfile=dist/extension.js', test: 'mocha' },
    devDependencies: { '@vscode/vsce': '^3.9.2', mocha: '^11.0.0', esbuild: '^0.28.0' },
  }),
  ...lock,
});

const pyproject = (backend: string): string =>
  `[build-system]\nrequires = ["${backend}"]\nbuild-backend = "${backend}.api"\n\n[project]\nname = "tide-words"\nversion = "1.0.0"\nrequires-python = ">=3.12"\n`;

/** Repositories that publish a package and deploy nothing, one for each registry and for each tool that packs. */
export const PACKAGES: readonly (readonly [name: string, files: Readonly<Record<string, string>>])[] = [
  ['npm', sampleRepository('units')],
  [
    'npm-by-pnpm',
    {
      'package.json': json({
        name: '@sample/knots',
        version: '2.0.0',
        main: './lib/index.js',
        packageManager: 'pnpm@10.12.1',
        scripts: { build: 'tsc', test: 'node --test' },
      }),
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    },
  ],
  ['pypi', sampleRepository('tide-tables')],
  ['pypi-by-uv', { 'pyproject.toml': pyproject('hatchling'), 'uv.lock': 'version = 1\n' }],
  [
    'pypi-by-poetry',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n\n[tool.poetry]\nname = "tide-words"\nversion = "1.0.0"\n\n[tool.poetry.dependencies]\npython = "^3.12"\n',
      'poetry.lock': '[metadata]\nlock-version = "2.1"\n',
    },
  ],
  [
    'crate',
    {
      'Cargo.toml':
        '[package]\nname = "knot-words"\ndescription = "Words for knots"\nrepository = "https://github.com/sample/repository"\nversion = "0.3.0"\nedition = "2024"\nlicense = "MIT"\n',
      'Cargo.lock': 'version = 4\n',
      'src/lib.rs': '#[test]\nfn holds() {}\n',
    },
  ],
  ['nuget', sampleRepository('rates-sdk')],
  ['gem', sampleRepository('slug-tools')],
  ['extension', extension({ 'package-lock.json': '{ "lockfileVersion": 3 }\n' })],
  ['extension-by-pnpm', extension({ 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" })],
  [
    'package-in-a-folder',
    Object.fromEntries(
      Object.entries(sampleRepository('units')).map(([path, text]) => [`lib/units/${path}`, text]),
    ),
  ],
];
