import { satisfies, valid } from 'semver';
import { isKnown } from '../../../evidence/fact';
import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import { expression, type StepSpec } from '../workflow-text';
import { inFolder } from './places';

/** Versions of PHP that a constraint may allow, the one that is taken first where it allows several. */
const VERSIONS = ['8.4', '8.3', '8.2', '8.1', '8.0', '7.4', '8.5'];

/** Where Composer keeps what it downloads, so that one path serves whatever the runner's own default is. */
const CACHE = expression('${{ runner.temp }}/composer-cache');

/** PHP in the version that the manifest allows, with its extensions and the packages of the lock file. */
export function phpSetup(
  root: Stack,
  paths: ReadonlySet<string>,
  useCache: boolean,
  notes: Set<string>,
): StepSpec[] {
  const at = (name: string): string => (root.folder === '' ? name : `${root.folder}/${name}`);
  const extensions = (root.extensions ?? []).map((extension) => extension.value);
  const isCached = useCache && root.lockFile !== null;
  if (!root.lockFile)
    notes.add(`${root.manifest.value} has no lock file, so two builds of one commit may differ.`);
  // Laravel's tests read the key and the settings of an environment file that no repository keeps.
  const isLaravel = paths.has(at('artisan')) && paths.has(at('.env.example')) && !paths.has(at('.env'));
  return [
    {
      name: 'Set up PHP',
      uses: useAction('shivammathur/setup-php'),
      with: {
        'php-version': version(root, notes),
        ...(extensions.length > 0 ? { extensions: extensions.join(', ') } : {}),
        coverage: root.coverage ? 'pcov' : 'none',
        tools: 'composer:v2',
      },
    },
    ...(isCached
      ? [
          {
            name: 'Keep downloaded packages',
            uses: useAction('actions/cache'),
            with: {
              path: CACHE,
              key: expression("composer-${{ runner.os }}-${{ hashFiles('**/composer.lock') }}"),
            },
          },
        ]
      : []),
    inFolder(root, {
      name: 'Install packages',
      ...(isCached ? { env: { COMPOSER_CACHE_DIR: CACHE } } : {}),
      run: 'composer install --no-interaction --no-progress --prefer-dist',
    }),
    ...(isLaravel
      ? [
          inFolder(root, {
            name: 'Prepare the application',
            run: 'cp .env.example .env\nphp artisan key:generate',
          }),
        ]
      : []),
  ];
}

/** The minor version that is pinned, or the first of ours that the constraint allows. */
function version(root: Stack, notes: Set<string>): string {
  if (!isKnown(root.languageVersion)) {
    notes.add(
      `No file pins the version for ${root.manifest.value}; the pipeline takes PHP ${VERSIONS[0] ?? ''}.`,
    );
    return VERSIONS[0] ?? '';
  }
  const { value } = root.languageVersion;
  const exact = /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(value)?.[1];
  if (exact) return exact;
  // Composer writes `or` with one bar or two and `and` with a comma; the rest is as in npm.
  const range = value.replace(/\|+/g, '||').replace(/,/g, ' ');
  const allowed = VERSIONS.find((minor) => valid(`${minor}.99`) && satisfies(`${minor}.99`, range));
  const taken = allowed ?? VERSIONS[0] ?? '';
  notes.add(`${root.manifest.value} asks for PHP ${value}; the pipeline takes ${taken}.`);
  return taken;
}
