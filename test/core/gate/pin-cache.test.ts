import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pinsWith, readPinCache, renderPinCache, type CachedPin } from '../../../src/core/gate/pin-cache';
import { check } from '../rules/rule-fixtures';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const mistakes = (text: string): readonly string[] => {
  const reading = readPinCache(text);
  return reading.ok
    ? []
    : reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

describe("the repository's list of commits", () => {
  it('gives back what was written into it', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,8}$/);
    const commit = fc.stringMatching(/^[0-9a-f]{40}$/);
    const pin: fc.Arbitrary<CachedPin> = fc.record({
      action: fc.tuple(name, name).map((parts) => parts.join('/')),
      ref: fc.oneof(fc.stringMatching(/^v\d\.\d\.\d$/), fc.stringMatching(/^[a-z"\\/é-]{1,8}$/)),
      commit,
      version: fc.option(fc.stringMatching(/^v?\d\.\d\.\d$/)),
    });
    const key = ({ action, ref }: CachedPin): string => `${action}@${ref}`.toLowerCase();
    fc.assert(
      fc.property(fc.uniqueArray(pin, { selector: key }), (pins) => {
        const reading = readPinCache(renderPinCache(pins));
        assert.ok(reading.ok);
        const sorted = [...pins].sort((a, b) => (key(a) < key(b) ? -1 : 1));
        assert.deepEqual(
          reading.pins,
          sorted.map((each) => ({ ...each })),
        );
      }),
    );
  });

  it('is one pin a line, to be read by a person', () => {
    assert.equal(
      renderPinCache([
        { action: 'b/b', ref: 'v4', commit: COMMIT, version: 'v4.2.2' },
        { action: 'a/a', ref: 'v1.0.0', commit: COMMIT, version: null },
      ]),
      `{\n  "version": 1,\n  "pins": {\n    "a/a@v1.0.0": { "commit": "${COMMIT}" },\n    "b/b@v4": { "commit": "${COMMIT}", "version": "v4.2.2" }\n  }\n}\n`,
    );
  });

  it('names each mistake with its line, and uses nothing of a list with one', () => {
    const list = (...lines: string[]): string =>
      `{\n  "version": 1,\n  "pins": {\n${lines.map((line) => `    ${line}`).join(',\n')}\n  }\n}\n`;
    for (const [text, expected] of [
      [
        list(`"a/a@v1": { "commit": "${COMMIT.slice(1)}" }`),
        /^4:27 the commit of "a\/a@v1" must be 40 hex digits/,
      ],
      [list(`"a/a@v1": { "commit": "${COMMIT.toUpperCase()}" }`), /^4:27 .*40 hex digits in lower case/],
      [list(`"a/a@v1": { "commit": 1 }`), /^4:5 the commit of "a\/a@v1" must be/],
      [list(`"a/a@v1": "${COMMIT}"`), /^4:15 "a\/a@v1" must be an object/],
      [list(`"a/a@v1": { "commit": "${COMMIT}", "sha": "x" }`), /^4:\d+ "a\/a@v1" has no key "sha"/],
      [list(`"a/a@v1": { "commit": "${COMMIT}", "version": "new" }`), /^4:\d+ the version of "a\/a@v1"/],
      [list(`"actions": { "commit": "${COMMIT}" }`), /^4:5 "actions" must name an action and its tag/],
      [
        list(`"a/a@v1": { "commit": "${COMMIT}" }`, `"A/a@v1": { "commit": "${COMMIT}" }`),
        /^5:5 "A\/a@v1" stands twice/,
      ],
      ['{ "pins": {} }', /^1:1 "version" must be 1/],
      ['{ "version": 2, "pins": {} }', /^1:14 "version" must be 1/],
      ['{ "version": 1 }', /^1:1 "pins" must be an object/],
      ['{ "version": 1, "pins": {}, "more": 1 }', /^1:29 the file has no key "more"/],
      ['[]', /^1:1 the file must be an object/],
      ['version: 1\npins: {}\n', /^1:1 this is no JSON/],
      ['', /^1:1 this is no JSON/],
    ] as const) {
      assert.match(mistakes(text).join('\n'), expected, text);
    }
  });

  it('has the last word over the table, and is a finding where it is wrong', async () => {
    const pin = { action: 'Actions/Checkout', ref: 'v7.0.1', commit: COMMIT, version: null };
    assert.deepEqual(pinsWith([pin]).get('actions/checkout@v7.0.1'), {
      commit: COMMIT,
      version: '7.0.1',
      isOfRepository: true,
    });
    const workflow =
      'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: acme/deploy@v2\n';
    const files = (list: string): Record<string, string> => ({
      '.github/workflows/ci.yml': workflow,
      '.github/release-gate-pins.json': list,
    });
    const good = await check(files(`{"version":1,"pins":{"acme/deploy@v2":{"commit":"${COMMIT}"}}}`));
    assert.equal(good.findings.find(({ rule }) => rule === 'unpinned-action')?.fix?.kind, 'safe');
    const bad = await check(files('{\n"version":1,\n"pins":{"acme/deploy@v2":{"commit":"main"}}}'));
    assert.equal(bad.findings.find(({ rule }) => rule === 'unpinned-action')?.fix, null);
    const finding = bad.findings.find(({ rule }) => rule === 'unreadable-file');
    assert.deepEqual(
      [finding?.path, finding?.range?.start.line, finding?.severity, finding?.status],
      ['.github/release-gate-pins.json', 3, 'warn', 'unknown'],
    );
  });
});
