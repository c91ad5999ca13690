import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/**
 * Who may import whom inside `src/core`: each layer with the layers that it sees besides itself.
 * `docs/architecture.md` says why; a layer that is not named here cannot exist.
 */
const coreLayers = {
  text: [],
  ports: ['text'],
  shell: ['text', 'ports'],
  sql: ['text', 'ports'],
  evidence: ['text', 'ports'],
  workflow: ['text', 'ports', 'shell', 'evidence'],
  change: ['text', 'ports', 'shell', 'sql', 'evidence'],
  risk: ['text', 'ports', 'evidence', 'change', 'documents', 'records'],
  documents: ['text', 'ports', 'evidence'],
  records: ['text', 'ports', 'evidence', 'documents'],
  rules: [
    'text',
    'ports',
    'evidence',
    'shell',
    'workflow',
    'documents',
    'records',
    'change',
    'risk',
    'pipeline',
  ],
  gate: ['text', 'ports', 'evidence', 'shell', 'workflow', 'documents', 'records', 'change', 'risk', 'rules'],
  readiness: [
    'text',
    'ports',
    'evidence',
    'shell',
    'workflow',
    'documents',
    'records',
    'change',
    'risk',
    'rules',
    'gate',
  ],
  graph: ['text', 'ports', 'evidence', 'workflow', 'rules', 'gate'],
  pipeline: ['text', 'ports', 'evidence', 'shell', 'workflow'],
  release: ['text', 'ports', 'evidence'],
  incident: ['text', 'ports', 'evidence'],
  drafting: ['text', 'ports', 'evidence', 'documents', 'rules', 'gate'],
  tasks: [
    'text',
    'ports',
    'evidence',
    'shell',
    'sql',
    'workflow',
    'change',
    'risk',
    'documents',
    'records',
    'rules',
    'gate',
    'readiness',
    'pipeline',
    'release',
    'incident',
    'drafting',
  ],
};

const place = (layer) => (layer === 'ports' ? './src/core/ports.ts' : `./src/core/${layer}`);

const coreZones = Object.entries(coreLayers).flatMap(([layer, visible]) =>
  Object.keys(coreLayers)
    .filter((other) => other !== layer && !visible.includes(other))
    .map((other) => ({
      target: place(layer),
      from: place(other),
      message: `core/${layer} does not see core/${other} (eslint.config.mjs, docs/architecture.md).`,
    })),
);

export default tseslint.config(
  { ignores: ['dist/**', 'dist-test/**', 'node_modules/**', 'test/fixtures/**', '**/*.d.ts'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...coreZones,
            { target: './src/core', from: ['./src/adapters', './src/cli', './src/vscode'] },
            { target: './src/adapters', from: ['./src/cli', './src/vscode'] },
            { target: './src/cli', from: './src/vscode' },
            { target: './src/vscode', from: './src/cli' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^node:',
              message: 'The engine has no node: modules; ask the world through src/core/ports.ts.',
            },
            {
              regex: '^(fs|path|child_process|os|http|https|crypto|url|util|stream|process)(/.*)?$',
              message: 'The engine has no node modules; ask the world through src/core/ports.ts.',
            },
            { regex: '^vscode$', message: 'Only src/vscode imports vscode.' },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        'process',
        'Buffer',
        'setTimeout',
        'setInterval',
        'fetch',
        'require',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The engine has no clock; use the Clock port.' },
        { object: 'Math', property: 'random', message: 'The engine has no randomness.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'The engine has no clock; use the Clock port.',
        },
      ],
    },
  },
  {
    files: ['src/adapters/**/*.ts', 'src/cli/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    ignores: ['test/host/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', message: 'Only src/vscode imports vscode.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
