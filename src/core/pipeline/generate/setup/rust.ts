import { isKnown } from '../../../evidence/fact';
import type { Stack } from '../../../evidence/profile';
import { useAction } from '../actions';
import { expression, type StepSpec } from '../workflow-text';
import { inFolder } from './places';

/** Rust by rustup, which the runner image carries: no action of somebody else's is needed for it. */
export function rustSetup(root: Stack, useCache: boolean, notes: Set<string>): StepSpec[] {
  const version = isKnown(root.languageVersion) ? root.languageVersion : null;
  const isPinned = version !== null && !version.value.startsWith('>=');
  if (!isPinned) {
    notes.add(
      version
        ? `${root.manifest.value} asks for Rust ${version.value.slice(2)} or later; the pipeline takes the stable toolchain.`
        : `No file pins the version for ${root.manifest.value}; the pipeline takes the stable toolchain.`,
    );
  }
  if (!root.lockFile)
    notes.add(`${root.manifest.value} has no lock file, so two builds of one commit may differ.`);
  return [
    inFolder(root, {
      name: 'Set up Rust',
      run: isPinned
        ? // Without a name it is the toolchain of the folder's own file.
          'rustup toolchain install\nrustup component add clippy rustfmt'
        : 'rustup toolchain install stable --profile minimal --component clippy,rustfmt\nrustup default stable',
    }),
    ...(useCache && root.lockFile ? [cacheStep(root)] : []),
    inFolder(root, {
      name: 'Fetch dependencies',
      run: root.lockFile ? 'cargo fetch --locked' : 'cargo fetch',
    }),
  ];
}

/** One cache for a job and its lock files, never carried on from another, so that what is stale in it does not pile up. */
function cacheStep(root: Stack): StepSpec {
  const target = root.folder === '' ? 'target' : `${root.folder}/target`;
  return {
    name: 'Keep what was compiled',
    uses: useAction('actions/cache'),
    with: {
      path: ['~/.cargo/registry/index', '~/.cargo/registry/cache', '~/.cargo/git/db', target].join('\n'),
      key: expression(
        "cargo-${{ runner.os }}-${{ github.job }}-${{ hashFiles('**/Cargo.lock', '**/rust-toolchain*') }}",
      ),
    },
  };
}
