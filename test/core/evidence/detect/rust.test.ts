import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold, stackIn, told } from '../../../support/told-profile';

const WORKSPACE = `[workspace]
members = ["crates/*", "cli"]
exclude = ["crates/bench"]
resolver = "2"

[workspace.package]
version = "0.8.2"
edition = "2021"
rust-version = "1.75"
license = "MIT OR Apache-2.0"
`;

describe('profile of a Rust repository', () => {
  it('reads a workspace with its members, programs, toolchain and tools', async () => {
    const profile = await profileOf({
      'Cargo.toml': WORKSPACE,
      'Cargo.lock': 'version = 4\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "1.82.0"\n',
      '.config/nextest.toml': '[profile.ci]\n',
      'deny.toml': '[advisories]\n',
      'crates/core/Cargo.toml':
        '[package]\nname = "tide-core"\nversion.workspace = true\ndescription = "Tides"\nlicense.workspace = true\n',
      'crates/core/src/lib.rs':
        'pub fn level() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn rises() {}\n}\n',
      'crates/bench/Cargo.toml': '[package]\nname = "bench"\nversion = "0.0.0"\npublish = false\n',
      'crates/bench/src/main.rs': 'fn main() {}\n',
      'cli/Cargo.toml': '[package]\nname = "tide"\nversion = "1.4.0"\npublish = false\n',
      'cli/src/main.rs': 'fn main() {}\n',
      'cli/src/bin/tide-import.rs': 'fn main() {}\n',
      'sample/Cargo.toml': '[package]\nname = "not-a-member"\nversion = "0.0.0"\n',
      'fuzz/Cargo.toml':
        '[package]\nname = "fuzz"\nversion = "0.0.0"\n[package.metadata]\ncargo-fuzz = true\n[workspace]\n',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => `${stack.folder} ${stack.workspaceRoot ?? '-'} ${stack.isPublished}`),
      [' - false', 'cli  false', 'crates/bench - false', 'crates/core  true'],
    );
    const root = stackIn(profile, '');
    assert.deepEqual(commandsTold(root), {
      format: ['cargo fmt --all --check @ Cargo.toml'],
      lint: ['cargo clippy --workspace --all-targets --locked @ Cargo.toml'],
      unit: [
        'cargo nextest run --workspace --locked @ .config/nextest.toml',
        'cargo test --doc --workspace --locked @ Cargo.toml',
      ],
      scan: ['cargo deny check @ deny.toml'],
      build: ['cargo build --workspace --release --locked @ cli/src/main.rs'],
    });
    assert.deepEqual(root?.outputs?.map(told), [
      'target/release/tide @ cli/src/main.rs',
      'target/release/tide-import @ cli/src/bin/tide-import.rs',
    ]);
    assert.equal(told(root?.languageVersion), '1.82.0 @ rust-toolchain.toml:2');
    assert.equal(told(stackIn(profile, 'crates/core')?.version), '0.8.2 @ Cargo.toml:7');
    assert.equal(told(stackIn(profile, 'crates/core')?.lockFile), 'Cargo.lock @ Cargo.lock');
    assert.equal(stackIn(profile, 'cli')?.commands.build, undefined, 'the root builds its members');
  });

  it('calls the tools as a workflow of the repository does, and leaves partial calls', async () => {
    const profile = await profileOf({
      'Cargo.toml': '[package]\nname = "reef"\nversion = "0.1.0"\nrust-version = "1.70"\n',
      'src/main.rs': '#[tokio::test]\nasync fn starts() {}\nfn main() {}\n',
      '.github/workflows/ci.yml': [
        'jobs:',
        '  test:',
        '    steps:',
        '      - run: cargo test --no-default-features',
        '      - run: |',
        '          cargo clippy --all-targets --all-features -- -D warnings',
        '          cargo test --all-features',
        '      - run: cargo audit',
      ].join('\n'),
    });
    assert.deepEqual(commandsTold(profile.stacks[0]), {
      format: ['cargo fmt --check @ Cargo.toml'],
      lint: ['cargo clippy --all-targets --all-features -- -D warnings @ .github/workflows/ci.yml:6'],
      unit: ['cargo test --all-features @ .github/workflows/ci.yml:7'],
      scan: ['cargo audit @ .github/workflows/ci.yml:8'],
      build: ['cargo build --release @ src/main.rs'],
    });
    assert.equal(told(profile.stacks[0]?.languageVersion), '>=1.70 @ Cargo.toml:4');
  });

  it('packs a crate that others install, and names no test where there is none', async () => {
    const profile = await profileOf({
      'Cargo.toml':
        '[package]\nname = "shoal"\nversion = "2.0.0"\ndescription = "Sets of fish"\nlicense = "MIT"\n\n[lib]\nname = "shoal"\n',
      'Cargo.lock': 'version = 4\n',
      'src/lib.rs': 'pub fn one() -> u8 { 1 }\n',
      'rustfmt.toml': 'edition = "2021"\nimports_granularity = "Crate"\n',
    });
    const [stack] = profile.stacks;
    assert.equal(stack?.isPublished, true);
    assert.deepEqual(commandsTold(stack), {
      format: ['cargo +nightly fmt --check @ rustfmt.toml:2'],
      lint: ['cargo clippy --all-targets --locked @ Cargo.toml'],
      build: ['cargo package --locked @ Cargo.toml'],
    });
    assert.deepEqual(stack?.outputs?.map(told), ['target/package/*.crate @ Cargo.toml']);
  });

  it('takes targets of a Makefile or justfile that call cargo, and no other', async () => {
    const profile = await profileOf({
      'Cargo.toml': '[package]\nname = "kelp"\nversion = "0.1.0"\n',
      'src/main.rs': 'fn main() {}\n',
      justfile:
        'lint:\n  cargo clippy -- -D clippy::pedantic\n\nsmoke url="":\n  cargo run -- probe\n\nbuild:\n  npm run build\n',
      Makefile: 'test:\n\tcargo test --all\n\ne2e:\n\t./e2e.sh\n',
    });
    assert.deepEqual(commandsTold(profile.stacks[0]), {
      format: ['cargo fmt --check @ Cargo.toml'],
      lint: ['just lint @ justfile:1'],
      build: ['cargo build --release @ src/main.rs'],
      unit: ['make test @ Makefile:1'],
    });
  });

  it('reports a manifest that is no TOML and reads the others', async () => {
    const profile = await profileOf({
      'a/Cargo.toml': '[package\n',
      'b/Cargo.toml': '[package]\nname = "b"\nversion = "1.0.0"\n',
      'b/src/main.rs': 'fn main() {}\n',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => stack.folder),
      ['b'],
    );
    assert.equal(profile.problems?.[0]?.path, 'a/Cargo.toml');
  });
});
