import assert from 'node:assert/strict';
import { pinActions, type PinInput, type PinnedRepository } from '../../../src/core/gate/pin-actions';
import { PIN_CACHE_PATH, readPinCache } from '../../../src/core/gate/pin-cache';
import type { CommitAnswer, CommitLookup } from '../../../src/core/ports';
import { memoryFiles } from '../../support/world';

const CHECKOUT = '3d3c42e5aac5ba805825da76410c181273ba90b1';
const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

const workflow = (...uses: string[]): string =>
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${uses.map((use) => `      - uses: ${use}\n`).join('')}`;

const pin = (files: Record<string, string>, more: Partial<PinInput> = {}): Promise<PinnedRepository> =>
  pinActions({ files: memoryFiles(files), cache: [], ...more });

/** Answers by `owner/name@ref`, and remembers what it was asked. */
function lookupOf(answers: Record<string, CommitAnswer>): CommitLookup & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: 'api.example.com',
    asked,
    commitOf: (repository, ref) => {
      asked.push(`${repository}@${ref}`);
      return Promise.resolve(
        answers[`${repository}@${ref}`] ?? { ok: false, detail: 'is no tag or branch', isFinal: false },
      );
    },
  };
}

const textOf = (result: PinnedRepository, path: string): string | undefined =>
  result.files.find((file) => file.path === path)?.after;

describe('pinning actions', () => {
  it('pins steps, called workflows and the composite actions of the repository, and nothing else', async () => {
    const files = {
      '.github/workflows/ci.yml':
        workflow(
          'actions/checkout@v7.0.1',
          '"actions/checkout@v7.0.1"   ',
          './local',
          'docker://alpine:3.20',
          'acme/unknown@v1',
          '${{ matrix.action }}',
        ) + '  b:\n    uses: acme/flows/.github/workflows/build.yml@v2\n',
      'tools/build/action.yml':
        "name: build\nruns:\n  using: composite\n  steps:\n    - {uses: actions/checkout@v7.0.1}\r\n    - run: echo 'uses: actions/checkout@v7.0.1'\n      shell: bash\n",
      'docs/example.yml': workflow('actions/checkout@v7.0.1'),
    };
    const cache = [{ action: 'acme/flows', ref: 'v2', commit: A, version: 'v2.3.4' }];
    const result = await pin(files, { cache });
    assert.deepEqual(
      result.files.map(({ path, before, after }) => [path, before?.length, after]),
      [
        [
          '.github/workflows/ci.yml',
          files['.github/workflows/ci.yml'].length,
          files['.github/workflows/ci.yml']
            .replace('actions/checkout@v7.0.1\n', `actions/checkout@${CHECKOUT} # v7.0.1\n`)
            .replace('"actions/checkout@v7.0.1"   ', `"actions/checkout@${CHECKOUT}" # v7.0.1   `)
            .replace('build.yml@v2', `build.yml@${A} # v2.3.4`),
        ],
        [
          'tools/build/action.yml',
          files['tools/build/action.yml'].length,
          files['tools/build/action.yml'].replace(
            '{uses: actions/checkout@v7.0.1}',
            `{uses: actions/checkout@${CHECKOUT}}`,
          ),
        ],
      ],
    );
    assert.deepEqual(
      result.unknown.map(({ uses, reason }) => [uses, reason]),
      [['acme/unknown@v1', 'its commit is not known here']],
    );
    assert.equal(result.count, 5);
    const again = await pin(
      { ...files, ...Object.fromEntries(result.files.map((file) => [file.path, file.after])) },
      { cache },
    );
    assert.deepEqual([again.files, again.pinned], [[], []]);
  });

  it('asks once for what is not known, and keeps the answer', async () => {
    const lookup = lookupOf({
      'acme/deploy@v2': { ok: true, commit: A, version: 'v2.1.0' },
      'Acme/deploy@main': { ok: true, commit: B, version: null },
    });
    const path = '.github/workflows/ci.yml';
    const cache = [{ action: 'acme/old', ref: 'v1', commit: B, version: null }];
    const result = await pin(
      {
        [path]: workflow(
          'acme/deploy@v2',
          'acme/deploy/sub@v2',
          'Acme/deploy@main',
          'acme/gone@v1',
          'acme/old@v1',
        ),
      },
      { lookup, cache },
    );
    assert.deepEqual(lookup.asked, ['acme/deploy@v2', 'Acme/deploy@main', 'acme/gone@v1']);
    assert.equal(
      textOf(result, path),
      workflow(
        `acme/deploy@${A} # v2.1.0`,
        `acme/deploy/sub@${A} # v2.1.0`,
        `Acme/deploy@${B} # main`,
        'acme/gone@v1',
        `acme/old@${B} # v1`,
      ),
    );
    assert.deepEqual(
      result.unknown.map(({ reason }) => reason),
      ['"v1" is no tag or branch'],
    );
    const kept = readPinCache(textOf(result, PIN_CACHE_PATH) ?? '');
    assert.deepEqual(
      kept.ok && kept.pins.map(({ action, ref, commit, version }) => [action, ref, commit, version]),
      [
        ['Acme/deploy', 'main', B, null],
        ['acme/deploy', 'v2', A, 'v2.1.0'],
        ['acme/old', 'v1', B, null],
      ],
    );
  });

  it('asks for a tag that moves rather than take it from the table', async () => {
    const path = '.github/workflows/ci.yml';
    const files = { [path]: workflow('actions/checkout@v7', 'actions/checkout@v7.0.1') };
    const lookup = lookupOf({ 'actions/checkout@v7': { ok: true, commit: A, version: 'v7.9.0' } });
    assert.equal(
      textOf(await pin(files, { lookup }), path),
      workflow(`actions/checkout@${A} # v7.9.0`, `actions/checkout@${CHECKOUT} # v7.0.1`),
    );
    const { pinned } = await pin(files);
    assert.match(pinned[0]?.source ?? '', /the tag may have moved since/);
  });

  it('stops asking when nobody answers', async () => {
    const lookup = lookupOf({
      'a/a@v1': { ok: false, detail: 'could not be asked for: no answer', isFinal: true },
    });
    const result = await pin(
      { '.github/workflows/ci.yml': workflow('a/a@v1', 'actions/checkout@v7.0.1', 'b/b@v1') },
      { lookup },
    );
    assert.deepEqual(lookup.asked, ['a/a@v1']);
    assert.equal(result.unknown.length, 2);
    assert.equal(result.pinned.length, 1);
  });

  it('reports a pin that is not the commit of the version beside it, and does not touch it', async () => {
    const uses = [
      `actions/checkout@${A} # v7.0.1`,
      `actions/checkout@${CHECKOUT} # v7.0.1`,
      `actions/checkout@${A} # v7`,
      `actions/checkout@${A} # v99.0.0`,
      `actions/checkout@${A} # see v7.0.1`,
    ];
    const result = await pin({ '.github/workflows/ci.yml': workflow(...uses) });
    assert.deepEqual(result.files, []);
    assert.deepEqual(
      result.conflicts.map(({ range, version, knownCommit }) => [range.start.line, version, knownCommit]),
      [[6, 'v7.0.1', CHECKOUT]],
    );
  });

  it('leaves a comment of somebody else alone', async () => {
    const path = '.github/workflows/ci.yml';
    const result = await pin({ [path]: workflow('actions/checkout@v7.0.1 # the whole history') });
    assert.equal(textOf(result, path), workflow(`actions/checkout@${CHECKOUT} # the whole history`));
  });

  it('pins a step behind an anchor once', async () => {
    const path = '.github/workflows/ci.yml';
    const text =
      'on: push\njobs:\n  a:\n    runs-on: x\n    steps: &steps\n      - uses: actions/checkout@v7.0.1\n  b:\n    runs-on: x\n    steps: *steps\n';
    const result = await pin({ [path]: text });
    assert.equal(textOf(result, path), text.replace('@v7.0.1', `@${CHECKOUT} # v7.0.1`));
  });

  it('refreshes: finds a tag that was moved, brings the list up to date, and asks about each tag once', async () => {
    const path = '.github/workflows/ci.yml';
    const lookup = lookupOf({
      'acme/moved@v1.2.3': { ok: true, commit: B, version: null },
      'acme/fine@2.0.0': { ok: true, commit: A, version: null },
      'acme/listed@v3': { ok: true, commit: B, version: 'v3.1.0' },
    });
    const cache = [
      { action: 'acme/listed', ref: 'v3', commit: A, version: 'v3.0.0' },
      { action: 'acme/gone', ref: 'v9', commit: A, version: null },
    ];
    const files = {
      [path]: workflow(
        `acme/moved@${A} # v1.2.3`,
        `acme/moved@${A} # v1.2.3`,
        `acme/fine@${A} # v2.0.0`,
        'acme/listed@v3',
      ),
      [PIN_CACHE_PATH]: '{}',
    };
    const result = await pin(files, { cache, lookup, refresh: true });
    assert.deepEqual(
      result.conflicts.map(({ uses, knownCommit }) => [uses.split('@')[0], knownCommit]),
      [
        ['acme/moved', B],
        ['acme/moved', B],
      ],
    );
    assert.match(textOf(result, path) ?? '', new RegExp(`acme/listed@${B} # v3\\.1\\.0`));
    const list = readPinCache(textOf(result, PIN_CACHE_PATH) ?? '');
    assert.deepEqual(list.ok && list.pins.map(({ action, commit }) => [action, commit]), [
      ['acme/gone', A],
      ['acme/listed', B],
    ]);
    assert.equal(lookup.asked.filter((asked) => asked === 'acme/moved@v1.2.3').length, 1);
    assert.equal(result.unreached, null);
  });

  it('says why nobody answered, and asks no further, where there is no network', async () => {
    const down: CommitAnswer = { ok: false, detail: 'could not be asked for: ENOTFOUND', isFinal: true };
    const lookup = lookupOf({ 'acme/a@v1.0.0': down });
    const result = await pin(
      { '.github/workflows/ci.yml': workflow(`acme/a@${A} # v1.0.0`, `acme/b@${A} # v1.0.0`) },
      { lookup, refresh: true },
    );
    assert.equal(result.unreached, 'could not be asked for: ENOTFOUND');
    assert.deepEqual(lookup.asked, ['acme/a@v1.0.0']);
    assert.deepEqual(result.conflicts, []);
  });
});
