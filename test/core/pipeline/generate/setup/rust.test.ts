import assert from 'node:assert/strict';
import { jobsOf } from '../../../../support/generated-jobs';

const CRATE = '[package]\nname = "tide"\nversion = "1.0.0"\n';

describe('setup of Rust in generated pipelines', () => {
  it('takes the toolchain of the file, the lock file, and a cache in no job that builds what ships', async () => {
    const { jobs, notes } = await jobsOf({
      'Cargo.toml': CRATE,
      'Cargo.lock': 'version = 4\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "1.82.0"\n',
      'src/main.rs': '#[test]\nfn rises() {}\nfn main() {}\n',
      'deny.toml': '',
    });
    assert.deepEqual(jobs['unit']?.slice(1), [
      'rustup toolchain install\nrustup component add clippy rustfmt',
      'actions/cache',
      'cargo fetch --locked',
      'cargo test --locked',
    ]);
    assert.deepEqual(jobs['audit']?.slice(-2), [
      'cargo +stable install --locked cargo-deny',
      'cargo deny check',
    ]);
    assert.deepEqual(jobs['build']?.slice(1, 4), [
      'rustup toolchain install\nrustup component add clippy rustfmt',
      'cargo fetch --locked',
      'cargo build --release --locked',
    ]);
    assert.ok(jobs['codeql-rust']);
    assert.ok(!notes.some((note) => /pins the version|lock file/.test(note)), notes.join('\n'));
  });

  it('says that no file pins a toolchain, and that there is no lock file', async () => {
    const { jobs, notes } = await jobsOf({ 'Cargo.toml': CRATE, 'src/main.rs': 'fn main() {}\n' });
    assert.equal(
      jobs['quality']?.[1],
      'rustup toolchain install stable --profile minimal --component clippy,rustfmt\nrustup default stable',
    );
    assert.ok(!jobs['quality'].includes('actions/cache'), 'nothing tells one cache from the next');
    assert.ok(
      notes.includes('No file pins the version for Cargo.toml; the pipeline takes the stable toolchain.'),
    );
    assert.ok(notes.includes('Cargo.toml has no lock file, so two builds of one commit may differ.'));
  });

  it('installs each tool once that the commands call', async () => {
    const { jobs } = await jobsOf({
      'Cargo.toml': CRATE,
      'src/main.rs': 'fn main() {}\n',
      'rustfmt.toml': 'group_imports = "StdExternalCrate"\n',
      justfile: 'lint:\n  cargo clippy\n\ntest:\n  cargo test\n',
    });
    assert.deepEqual(
      jobs['quality']?.filter((step) => step.includes('nightly') || step.includes('just')),
      [
        'rustup toolchain install nightly --profile minimal --component rustfmt',
        'pipx install rust-just',
        'cargo +nightly fmt --check',
        'just lint',
      ],
    );
  });
});
