import { isKnown } from '../../../evidence/fact';
import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import type { StepSpec } from '../workflow-text';
import { inFolder } from './places';

/** Ruby in the version that a file pins, with the gems of the lock file and no others. */
export function rubySetup(root: Stack, useCache: boolean, notes: Set<string>): StepSpec[] {
  const isCached = useCache && root.lockFile !== null;
  if (!root.lockFile)
    notes.add(`${root.manifest.value} has no lock file, so two builds of one commit may differ.`);
  return [
    {
      name: 'Set up Ruby',
      uses: useAction('ruby/setup-ruby'),
      with: {
        'ruby-version': version(root, notes),
        ...(root.folder === '' ? {} : { 'working-directory': root.folder }),
        // With a lock file the action installs as in a deployment: what the file does not name is refused.
        ...(isCached ? { 'bundler-cache': 'true' } : {}),
      },
    },
    ...(isCached
      ? []
      : [
          inFolder(root, {
            name: 'Install gems',
            ...(root.lockFile ? { env: { BUNDLE_FROZEN: 'true' } } : {}),
            run: 'bundle install',
          }),
        ]),
  ];
}

/** The name of the file that pins it, which the action reads itself; else an exact version; else the newest that is stable. */
function version(root: Stack, notes: Set<string>): string {
  if (!isKnown(root.languageVersion)) {
    notes.add(
      `No file pins the version for ${root.manifest.value}; the pipeline takes the newest stable Ruby.`,
    );
    return 'ruby';
  }
  const { value, sources } = root.languageVersion;
  const [source] = sources;
  const name = source?.kind === 'file' ? source.path.slice(source.path.lastIndexOf('/') + 1) : '';
  if (name === '.ruby-version' || name === '.tool-versions') return name;
  // `~> 3.3.0` stays with 3.3; `>= 3.1` and `~> 3.1` name where it begins, not what it runs on.
  const exact =
    /^(?:=\s*)?(\d+\.\d+(?:\.\d+)?)$/.exec(value)?.[1] ?? /^~>\s*(\d+\.\d+)\.\d+$/.exec(value)?.[1];
  if (exact) return exact;
  notes.add(
    `${source?.kind === 'file' ? source.path : root.manifest.value} asks for Ruby ${value}; the pipeline takes the newest stable one.`,
  );
  return 'ruby';
}
