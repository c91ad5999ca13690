import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runHook, tagRelease, type HookInput } from '../../../src/adapters/release/follow-ups';
import { defaultRelease, type HookName } from '../../../src/core/evidence/release-settings';
import { initialState, type ReleaseState } from '../../../src/core/release/state';
import { gitRepository, type GitRepository } from '../../support/git-repository';

const ID = 'release_2.4.0_production_2026-11-26-2140';
const LEFTOVERS = 'docs/release/leftovers';
const signal = new AbortController().signal;

describe('what follows a verdict', () => {
  let repository: GitRepository;
  let state: ReleaseState;
  let released: string;

  const leftovers = (): string[] =>
    existsSync(path.join(repository.root, LEFTOVERS))
      ? readdirSync(path.join(repository.root, LEFTOVERS))
      : [];
  const leftover = (): string => {
    const [name] = leftovers();
    assert.ok(name);
    return readFileSync(path.join(repository.root, LEFTOVERS, name), 'utf8');
  };

  beforeEach(() => {
    repository = gitRepository();
    released = repository.commit('released', { 'a.txt': 'a' });
    repository.commit('later', { 'a.txt': 'b' });
    state = {
      ...initialState,
      at: '2026-11-26T22:45:00.000Z',
      run: {
        id: ID,
        mode: 'release',
        version: '2.4.0',
        environment: 'production',
        isProduction: true,
        commit: released,
        target: '2.3.1',
        startedBy: { name: 'Ada Example', via: 'terminal' },
        isUnattended: false,
        engine: '0.1.0',
      },
      verdict: {
        verdict: 'Released',
        reason: 'the watch window held',
        liveSystem: 'changed',
        isRollbackVerified: null,
        override: null,
      },
    };
  });
  afterEach(() => repository.remove());

  describe('the tag', () => {
    const tag = (of = state, template: string | null = 'release/{version}'): ReturnType<typeof tagRelease> =>
      tagRelease(repository.root, { ...defaultRelease, tag: template }, of, signal);

    it('is annotated, on the released commit and not on HEAD, and names the run', async () => {
      const done = await tag();
      assert.equal(done.isDone, true, done.detail);
      assert.match(done.detail, /it is not pushed \(git push origin refs\/tags\/release\/2\.4\.0\)/);
      assert.equal(repository.git('rev-parse', 'release/2.4.0^{commit}'), released);
      assert.equal(repository.git('cat-file', '-t', 'release/2.4.0'), 'tag');
      const words = repository.git('tag', '--list', '--format=%(contents)', 'release/2.4.0');
      assert.match(
        words,
        new RegExp(`2\\.4\\.0 released to production\n\nRelease-Run: ${ID}\nReleased-By: Ada Example`),
      );
      assert.deepEqual(await tag(), { isDone: true, detail: `release/2.4.0 stands on ${released} already` });
      assert.deepEqual(leftovers(), []);
    });

    it('is never moved: one on another commit is owed, and said', async () => {
      repository.git('tag', 'release/2.4.0', 'HEAD');
      const done = await tag();
      assert.equal(done.isDone, false);
      assert.match(
        done.detail,
        /^release\/2\.4\.0 stands on [0-9a-f]{40}, and no tag is moved; what is owed stands in /,
      );
      assert.notEqual(repository.git('rev-parse', 'release/2.4.0^{commit}'), released);
      assert.deepEqual(leftovers(), [`2026-11-26_tag_${ID}.md`]);
      await tag();
      assert.deepEqual(leftovers().sort(), [`2026-11-26_tag_${ID}-2.md`, `2026-11-26_tag_${ID}.md`]);
    });

    it('is owed with the command that makes it where the commit is not here', async () => {
      const run = { ...state.run!, commit: '1'.repeat(40) };
      const done = await tag({ ...state, run });
      assert.equal(done.isDone, false);
      assert.match(leftover(), /```sh\ngit tag --annotate --message '2\.4\.0 released to production/);
      const unknown = await tag({ ...state, run: { ...run, commit: null } });
      assert.match(unknown.detail, /^no commit is known/);
    });

    it('is none for a name that means something else', async () => {
      for (const template of ['-d', '--delete', 'a..{version}', 'a b', '{version}.lock', '']) {
        assert.equal((await tag(state, template)).isDone, false, template);
        assert.equal(repository.git('tag', '--list'), '');
      }
      assert.equal((await tag({ ...state, run: { ...state.run!, version: '../x' } })).isDone, false);
      assert.equal((await tag(state, null)).isDone, false);
    });
  });

  describe('a hook', () => {
    const program = (body: string): string => {
      const file = path.join(repository.root, 'hook.sh');
      writeFileSync(file, `#!/bin/sh\n${body}\n`);
      chmodSync(file, 0o755);
      return './hook.sh';
    };
    const hook = (
      name: HookName,
      argv: readonly string[],
      options: Parameters<typeof runHook>[6] = {},
      event: Parameters<typeof runHook>[3] = 'announce-verdict',
    ): ReturnType<typeof runHook> =>
      runHook(
        repository.root,
        { ...defaultRelease, hooks: { [name]: argv } },
        name,
        event,
        state,
        signal,
        options,
      );

    it('gets what there is to know on its standard input, and what it asks for as arguments', async () => {
      const argv = [
        program('cat > in.json; printf "%s\\n" "$@" > args; echo told'),
        '--for={version}',
        '{environment}/{verdict}',
        '{record}',
        '{event} {other} $HOME `id`',
      ];
      assert.deepEqual(await hook('announce', argv), { isDone: true, detail: 'told' });
      const input = JSON.parse(readFileSync(path.join(repository.root, 'in.json'), 'utf8')) as HookInput;
      assert.deepEqual(input, {
        hook: 'announce',
        event: 'announce-verdict',
        run: ID,
        mode: 'release',
        version: '2.4.0',
        environment: 'production',
        verdict: 'Released',
        reason: 'the watch window held',
        liveSystem: 'changed',
        isRollbackVerified: null,
        target: '2.3.1',
        commit: released,
        by: 'Ada Example',
        tickets: [],
        record: `docs/release/records/${ID}.md`,
      });
      assert.equal(
        readFileSync(path.join(repository.root, 'args'), 'utf8'),
        `--for=2.4.0\nproduction/Released\ndocs/release/records/${ID}.md\nannounce-verdict {other} $HOME \`id\`\n`,
      );
    });

    it('keeps the state file of a project (S4-65)', async () => {
      mkdirSync(path.join(repository.root, '_docs'));
      const argv = [
        program('echo "$1 $2 in $3" >> _docs/_autodev_state.md'),
        '{verdict}',
        '{version}',
        '{environment}',
      ];
      assert.equal((await hook('state', argv, {}, 'state')).isDone, true);
      assert.equal(
        readFileSync(path.join(repository.root, '_docs/_autodev_state.md'), 'utf8'),
        'Released 2.4.0 in production\n',
      );
    });

    it('that fails is owed, with a command that does it by hand', async () => {
      const failing = program(
        "[ -e ready ] && cat > told.json && exit 0\necho 'tracker: 401 Unauthorized' >&2; exit 3",
      );
      const done = await hook('tickets-released', [failing, "it's {version}"], {}, 'tickets-released');
      assert.equal(done.isDone, false);
      assert.equal(
        done.detail,
        `./hook.sh ended with 3: tracker: 401 Unauthorized; what is owed stands in ${LEFTOVERS}/2026-11-26_tickets-released_${ID}.md`,
      );
      const text = leftover();
      assert.match(text, /^# Owed: tickets-released$/m);
      assert.match(text, /^- Not done because: \.\/hook\.sh ended with 3: tracker: 401 Unauthorized$/m);
      const command = /```sh\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
      writeFileSync(path.join(repository.root, 'ready'), '');
      execFileSync('sh', ['-c', command], { cwd: repository.root });
      const told = JSON.parse(readFileSync(path.join(repository.root, 'told.json'), 'utf8')) as HookInput;
      assert.equal(told.run, ID);
    });

    it('is ended at its time, not found, or not named, and each is said', async () => {
      const begin = performance.now();
      const late = await hook('announce', [program('sleep 60 & sleep 60')], { timeoutMs: 300 });
      assert.ok(performance.now() - begin < 5_000);
      assert.match(late.detail, /did not end within 0\.3 seconds/);
      assert.match(
        (await hook('tracker', ['no-such-program-of-ours'], {}, 'tracker')).detail,
        /is not installed/,
      );
      assert.match((await hook('retrospective', [], {}, 'retrospective')).detail, /names no program/);
    });

    it('tells no secret that it prints', async () => {
      const mask = (text: string): string => text.replaceAll('hunter2', '***');
      const done = await hook('announce', [program('echo "hunter2 refused" >&2; exit 1')], { mask });
      assert.match(done.detail, /\*\*\* refused/);
      assert.ok(!leftover().includes('hunter2'));
    });

    it('says it where not even what is owed can be written', async () => {
      rmSync(path.join(repository.root, 'docs'), { recursive: true, force: true });
      writeFileSync(path.join(repository.root, 'docs'), 'a file');
      const done = await hook('announce', ['false']);
      assert.match(done.detail, /^false ended with 1; and what is owed could not be written down: /);
    });
  });
});
