import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGitHistory, withoutCredentials } from '../../src/adapters/git-history';
import { gitRepository, type GitRepository } from '../support/git-repository';

const trusted = { isTrusted: true } as const;

describe('git history', () => {
  const made: GitRepository[] = [];
  const repository = (options: readonly string[] = []): GitRepository => {
    const one = gitRepository(options);
    made.push(one);
    return one;
  };
  afterEach(() => {
    while (made.length > 0) made.pop()?.remove();
  });

  describe('state', () => {
    it('names head and branch', async () => {
      const repo = repository();
      const head = repo.commit('feat: begin', { a: '1\n' });
      assert.deepEqual(await createGitHistory(repo.root, trusted).state(), {
        kind: 'git',
        head,
        branch: 'main',
        isShallow: false,
      });
    });

    it('runs nothing in an untrusted folder, and asks for trust at each call', async () => {
      const repo = repository();
      const head = repo.commit('feat: begin', { a: '1\n' });
      let isTrusted = false;
      const history = createGitHistory(repo.root, {
        isTrusted: () => isTrusted,
      });
      assert.deepEqual(await history.state(), {
        kind: 'unavailable',
        detail: 'the workspace is not trusted',
      });
      assert.equal(await history.resolve('HEAD'), null);
      assert.deepEqual(await history.commits({ base: null, head }), []);
      isTrusted = true;
      assert.equal(await history.resolve('HEAD'), head);
      isTrusted = false;
      assert.deepEqual(await history.commits({ base: null, head }), []);
    });

    it('says why there is no history: no repository, no commit, no git', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'release-gate-none-'));
      try {
        assert.deepEqual(await createGitHistory(folder, trusted).state(), {
          kind: 'unavailable',
          detail: 'this is no git repository',
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
      assert.deepEqual(await createGitHistory(repository().root, trusted).state(), {
        kind: 'unavailable',
        detail: 'the repository has no commit yet',
      });
      const history = createGitHistory(repository().root, { ...trusted, program: 'git-that-is-not-there' });
      assert.deepEqual(await history.state(), {
        kind: 'unavailable',
        detail: 'git is not installed, or not on the PATH',
      });
      assert.deepEqual(await history.tags('0'.repeat(40)), []);
    });

    it('knows a detached head and a shallow clone', async () => {
      const repo = repository();
      const first = repo.commit('feat: one', { a: '1\n' });
      repo.commit('feat: two', { a: '2\n' });
      const clone = mkdtempSync(path.join(tmpdir(), 'release-gate-clone-'));
      try {
        execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${repo.root}`, clone]);
        const history = createGitHistory(clone, trusted);
        const state = await history.state();
        assert.ok(state.kind === 'git' && state.isShallow);
        assert.equal((await history.commits({ base: null, head: state.head })).length, 1);
        assert.equal(await history.resolve(first), null);
        assert.equal(await history.defaultBranch(), 'main');
        assert.equal(await history.remoteUrl(), `file://${repo.root}`);
      } finally {
        rmSync(clone, { recursive: true });
      }
      repo.git('checkout', '--quiet', '--detach', first);
      const state = await createGitHistory(repo.root, trusted).state();
      assert.ok(state.kind === 'git');
      assert.equal(state.branch, null);
      assert.equal(state.head, first);
    });
  });

  it('lists commits newest first, merges included, bodies whole', async () => {
    const repo = repository();
    const base = repo.commit('chore: base', { a: '1\n' });
    repo.git('checkout', '--quiet', '-b', 'side');
    const side = repo.commit('feat(api): side\n\nFirst line.\n\nBREAKING CHANGE: gone', { b: '1\n' });
    repo.git('checkout', '--quiet', 'main');
    const main = repo.commit('fix: main — “quotes” 日本 🚀', { a: '2\n' });
    repo.git('merge', '--quiet', '--no-ff', '-m', "Merge branch 'side'", 'side');
    const head = repo.git('rev-parse', 'HEAD');
    const commits = await createGitHistory(repo.root, trusted).commits({ base, head });
    assert.equal(commits.length, Number(repo.git('rev-list', '--count', `${base}..${head}`)));
    assert.deepEqual(new Set(commits.map((commit) => commit.hash)), new Set([head, main, side]));
    assert.deepEqual(commits[0]?.parents, [main, side]);
    const feature = commits.find((commit) => commit.hash === side);
    assert.equal(feature?.subject, 'feat(api): side');
    assert.equal(feature?.body, 'First line.\n\nBREAKING CHANGE: gone');
    assert.match(feature?.authoredAt ?? '', /^2026-01-01T00:\d\d:00(Z|\+00:00)$/);
    assert.equal(commits.find((commit) => commit.hash === main)?.subject, 'fix: main — “quotes” 日本 🚀');
  });

  it('compares the ends of a range: kinds of change, counts, odd names', async () => {
    const repo = repository();
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
    const base = repo.commit('chore: base', {
      'old name.txt': long,
      'gone.txt': 'only here\n',
      'kept.txt': 'a\nb\nc\n',
    });
    repo.write('image.png', Buffer.from([0, 1, 2, 255]));
    symlinkSync('kept.txt', path.join(repo.root, 'link'));
    const head = repo.commit('feat: many', {
      'old name.txt': null,
      'sub dir/new "name".txt': long,
      'gone.txt': null,
      'kept.txt': 'a\nB\nc\nd\n',
      'tab\tand\nnewline.txt': 'x\n',
      ':colon\tfile': 'x\n',
      'ünïcode.txt': 'x\n',
    });
    const files = await createGitHistory(repo.root, trusted).changedFiles({ base, head });
    const by = new Map(files.map((file) => [file.path, file]));
    assert.deepEqual(by.get('sub dir/new "name".txt'), {
      status: 'renamed',
      path: 'sub dir/new "name".txt',
      oldPath: 'old name.txt',
      isSameContent: true,
      added: 0,
      removed: 0,
    });
    const paths = await createGitHistory(repo.root, trusted).changedPaths({ base, head });
    assert.deepEqual(
      paths,
      files.map((file) => ({ ...file, added: null, removed: null })),
    );
    assert.equal(by.get('gone.txt')?.status, 'deleted');
    assert.deepEqual([by.get('kept.txt')?.added, by.get('kept.txt')?.removed], [2, 1]);
    assert.deepEqual([by.get('image.png')?.status, by.get('image.png')?.added], ['added', null]);
    assert.equal(by.get('tab\tand\nnewline.txt')?.added, 1);
    assert.equal(by.get(':colon\tfile')?.added, 1);
    assert.equal(by.get('ünïcode.txt')?.status, 'added');
    assert.equal(by.get('link')?.status, 'added');
    assert.equal(files.length, 8);
  });

  it('compares a root commit with nothing, also where ids are SHA-256', async () => {
    for (const options of [[], ['--object-format=sha256']]) {
      const repo = repository(options);
      const head = repo.commit('feat: begin', { a: '1\n', b: '1\n' });
      const history = createGitHistory(repo.root, trusted);
      assert.equal((await history.changedFiles({ base: null, head })).length, 2);
      assert.deepEqual(await history.fileAt(head, 'a'), { ok: true, text: '1\n' });
    }
  });

  it('calls a submodule what it is', async () => {
    const inner = repository();
    const pointed = inner.commit('feat: inner', { x: '1\n' });
    const repo = repository();
    const base = repo.commit('chore: base', { a: '1\n' });
    repo.git('update-index', '--add', '--cacheinfo', `160000,${pointed},vendor/inner`);
    repo.git('commit', '--quiet', '-m', 'chore: add submodule');
    const head = repo.git('rev-parse', 'HEAD');
    const history = createGitHistory(repo.root, trusted);
    const [file] = await history.changedFiles({ base, head });
    assert.equal(file?.status, 'submodule');
    assert.equal(file?.path, 'vendor/inner');
    assert.deepEqual(file?.submodule, { before: null, after: pointed });
    const moved = inner.commit('feat: more', { x: '2\n' });
    repo.git('update-index', '--cacheinfo', `160000,${moved},vendor/inner`);
    repo.git('commit', '--quiet', '-m', 'chore: move submodule');
    const next = await history.changedFiles({ base: head, head: repo.git('rev-parse', 'HEAD') });
    assert.deepEqual(next[0]?.submodule, { before: pointed, after: moved });
  });

  it('tells a script that becomes a program, and names that are not UTF-8 or have odd characters', async () => {
    const repo = repository();
    repo.write('run.sh', 'echo\n');
    const base = repo.commit('chore: base');
    chmodSync(path.join(repo.root, 'run.sh'), 0o755);
    const odd = Buffer.concat([Buffer.from(`${repo.root}/caf`), Buffer.from([0xe9]), Buffer.from('.sql')]);
    writeFileSync(odd, 'DROP TABLE a;\n');
    repo.write('back\\slash.sql', 'DROP TABLE b;\n');
    const head = repo.commit('feat: odd', { 'new\nline.sql': 'DROP TABLE c;\n' });
    const history = createGitHistory(repo.root, trusted);
    const files = await history.changedFiles({ base, head });
    assert.deepEqual(files.map((file) => [file.path, file.added, file.mode]).sort(), [
      ['back\\slash.sql', 1, undefined],
      ['caf\\351.sql', 1, undefined],
      ['new\nline.sql', 1, undefined],
      ['run.sh', 0, { before: '100644', after: '100755' }],
    ]);
    assert.deepEqual(
      await Promise.all(
        ['back\\slash.sql', 'caf\\351.sql', 'new\nline.sql'].map((file) => history.fileAt(head, file)),
      ),
      ['b', 'a', 'c'].map((table) => ({ ok: true, text: `DROP TABLE ${table};\n` })),
    );
    assert.equal((await history.fileAt(head, 'never\\seen')).ok, false);
  });

  it('names the files of each commit, whatever they are called', async () => {
    const repo = repository();
    const base = repo.commit('chore: base', { a: '1\n' });
    const name = 'a'.repeat(40);
    const one = repo.commit('fix: one', { [name]: '1\n', ':100644 x': '1\n', 'dir/\nb': '1\n' });
    const empty = repo.commit('chore: nothing');
    repo.git('checkout', '--quiet', '-b', 'side', base);
    const side = repo.commit('feat: side', { c: '1\n' });
    repo.git('checkout', '--quiet', 'main');
    repo.git('merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
    const head = repo.git('rev-parse', 'HEAD');
    const history = createGitHistory(repo.root, trusted);
    const commits = await history.commitPaths({ base, head }, 100);
    assert.deepEqual(Object.fromEntries(commits.map((commit) => [commit.hash, [...commit.paths].sort()])), {
      [head]: [],
      [side]: ['c'],
      [empty]: [],
      [one]: [':100644 x', name, 'dir/\nb'].sort(),
    });
    assert.deepEqual(
      [commits[0]?.subject, commits[0]?.authorName, commits[0]?.authorEmail],
      ['Merge side', 'Ada Example', 'ada@example.test'],
    );
    assert.equal((await history.commitPaths({ base: null, head }, 2)).length, 2);
  });

  it('counts paths from its own root where that is a folder of the repository', async () => {
    const repo = repository();
    const base = repo.commit('chore: base', { 'service/a.txt': '1\n', 'other/b.txt': '1\n' });
    const head = repo.commit('feat: both', { 'service/a.txt': '2\n', 'other/b.txt': '2\n' });
    const history = createGitHistory(path.join(repo.root, 'service'), trusted);
    assert.deepEqual(
      (await history.changedFiles({ base, head })).map((file) => file.path),
      ['a.txt'],
    );
    assert.deepEqual(await history.fileAt(base, 'a.txt'), { ok: true, text: '1\n' });
    assert.equal((await history.lastCommitOf('a.txt'))?.hash, head);
    assert.equal((await history.commits({ base, head })).length, 1);
  });

  it('lists tags of the head with their commits, annotated, lightweight, nested and oddly named', async () => {
    const repo = repository();
    const first = repo.commit('feat: one', { a: '1\n' });
    repo.git('tag', 'v1.0.0');
    repo.git('tag', '-a', 'v1.0.0-signed', '-m', 'release');
    repo.git('tag', '-a', 'nested', '-m', 'tag of a tag', 'v1.0.0-signed');
    repo.git('update-ref', 'refs/tags/--help', first);
    const second = repo.commit('feat: two', { a: '2\n' });
    repo.git('tag', 'v1.1.0');
    const history = createGitHistory(repo.root, trusted);
    const old = await history.tags(first);
    assert.deepEqual(Object.fromEntries(old.map((tag) => [tag.name, tag.commit])), {
      'v1.0.0': first,
      'v1.0.0-signed': first,
      nested: first,
      '--help': first,
    });
    assert.ok((await history.tags(second)).some((tag) => tag.name === 'v1.1.0'));
    assert.match(old[0]?.taggedAt ?? '', /^2026-01-01T/);
  });

  it('resolves names and nothing that looks like an option, a search or a range', async () => {
    const repo = repository();
    const first = repo.commit('feat: one', { a: '1\n' });
    const second = repo.commit('feat: two', { a: '2\n' });
    repo.git('update-ref', 'refs/tags/--help', first);
    const history = createGitHistory(repo.root, trusted);
    assert.equal(await history.resolve('main'), second);
    assert.equal(await history.resolve('HEAD~1'), first);
    for (const name of ['--help', '-n1', ':/feat', '^main', 'main..main', 'a\nb', 'nope', '', 'main\0x']) {
      assert.equal(await history.resolve(name), null, JSON.stringify(name));
    }
    assert.equal(await history.mergeBase(first, second), first);
  });

  it('reads a file as it was, and says why where it cannot', async () => {
    const repo = repository();
    repo.write('binary', Buffer.from([0, 1, 2]));
    repo.write('big.sql', Buffer.alloc(6 * 1024 * 1024, 'a'));
    const head = repo.commit('feat: one', { 'folder/a "b".sql': 'select 1;\r\n' });
    const history = createGitHistory(repo.root, trusted);
    assert.deepEqual(await history.fileAt(head, 'folder/a "b".sql'), { ok: true, text: 'select 1;\r\n' });
    const reasons = await Promise.all(
      ['binary', 'big.sql', 'missing', 'folder', '../x', 'folder/../folder'].map((file) =>
        history.fileAt(head, file),
      ),
    );
    assert.deepEqual(
      reasons.map((answer) => (answer.ok ? 'ok' : answer.reason)),
      ['binary', 'too-large', 'missing', 'not-a-file', 'outside', 'outside'],
    );
  });

  it('reads many files by two programs that stay open, in any order, and goes on when one dies', async () => {
    const repo = repository();
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`f/${index} é.txt`, `${index}\n`.repeat(index)]),
    );
    const head = repo.commit('feat: many', { ...files, 'odd\nname.txt': 'odd\n', empty: '' });
    const started = path.join(repo.root, 'started');
    repo.write('counting-git', `#!/bin/sh\necho run >> ${started}\nexec git "$@"\n`);
    chmodSync(path.join(repo.root, 'counting-git'), 0o755);
    const history = createGitHistory(repo.root, {
      ...trusted,
      program: path.join(repo.root, 'counting-git'),
    });
    await history.state();
    const runs = (): number => readFileSync(started, 'utf8').split('\n').length - 1;
    const before = runs();
    const read = await Promise.all(Object.keys(files).map((file) => history.fileAt(head, file)));
    assert.deepEqual(
      read.map((answer) => (answer.ok ? answer.text : answer.detail)),
      Object.values(files),
    );
    assert.equal(runs() - before, 2);
    assert.deepEqual(await history.fileAt(head, 'empty'), { ok: true, text: '' });
    // A line end would be two questions: such a name has a program of its own.
    assert.deepEqual(await history.fileAt(head, 'odd\nname.txt'), { ok: true, text: 'odd\n' });
    assert.equal(runs() - before, 3);
    const answers = await Promise.all([
      history.fileAt(head, 'not there missing'),
      history.fileAt(head, 'f/3 é.txt'),
      history.fileAt(head, 'f'),
    ]);
    assert.deepEqual(
      answers.map((answer) => (answer.ok ? answer.text : answer.reason)),
      ['missing', '3\n3\n3\n', 'not-a-file'],
    );
  });

  it('gives up a question when it is aborted, and answers the next one with its own', async () => {
    const repo = repository();
    const head = repo.commit('feat: two', { a: 'a\n', b: 'b\n' });
    const history = createGitHistory(repo.root, trusted);
    await history.state();
    const controller = new AbortController();
    const stopped = history.fileAt(head, 'a', controller.signal);
    const other = history.fileAt(head, 'b');
    controller.abort(new Error('stopped'));
    await assert.rejects(stopped, /stopped/);
    assert.deepEqual(await other, { ok: true, text: 'b\n' });
    assert.deepEqual(await history.fileAt(head, 'a'), { ok: true, text: 'a\n' });
  });

  it('does not take a large file into memory, not even in pieces', async () => {
    const repo = repository();
    repo.write('huge.sql', Buffer.alloc(100 * 1024 * 1024, 'DROP TABLE a;\n'));
    const head = repo.commit('feat: huge');
    const history = createGitHistory(repo.root, trusted);
    await history.state();
    const before = process.memoryUsage().rss;
    const answer = await history.fileAt(head, 'huge.sql');
    assert.ok(!answer.ok);
    assert.equal(answer.reason, 'too-large');
    assert.match(answer.detail, /100\.0 MiB/);
    assert.ok(process.memoryUsage().rss - before < 30 * 1024 * 1024);
  }).timeout(30_000);

  it('lets the process end while its programs are still open', () => {
    const repo = repository();
    const head = repo.commit('feat: one', { a: 'a\n' });
    const script = `
      const { createGitHistory } = require(${JSON.stringify(path.join(__dirname, '../../src/adapters/git-history.ts'))});
      const history = createGitHistory(${JSON.stringify(repo.root)}, { isTrusted: true });
      void history.fileAt(${JSON.stringify(head)}, 'a').then(() => {
        const start = Date.now();
        process.on('exit', () => console.log(Date.now() - start < 700));
      });`;
    assert.equal(
      execFileSync(process.execPath, ['--import', 'tsx', '-e', script], {
        encoding: 'utf8',
        cwd: path.join(__dirname, '../..'),
      }).trim(),
      'true',
    );
  }).timeout(20_000);

  it('stops when it is aborted', async () => {
    const repo = repository();
    const head = repo.commit('feat: one', { a: '1\n' });
    const history = createGitHistory(repo.root, trusted);
    await assert.rejects(
      history.commits({ base: null, head }, AbortSignal.abort(new Error('stopped by the person'))),
      /stopped by the person/,
    );
    // A program that never ends: it is killed.
    const slow = path.join(repo.root, 'slow-git');
    repo.write('slow-git', '#!/bin/sh\nexec sleep 60\n');
    chmodSync(slow, 0o755);
    const controller = new AbortController();
    const waiting = createGitHistory(repo.root, { ...trusted, program: slow }).state(controller.signal);
    setTimeout(() => controller.abort(new Error('stopped later')), 50);
    await assert.rejects(waiting, /stopped later/);
  });

  it('runs nothing that the configuration or attributes of the repository name', async () => {
    const repo = repository();
    const mark = path.join(repo.root, 'was-run');
    const evil = `touch ${mark}; true`;
    repo.write('.gitattributes', '*.txt diff=evil filter=evil\n');
    const base = repo.commit('chore: base', { 'a.txt': '1\n' });
    const head = repo.commit('feat: one', { 'a.txt': '2\n' });
    for (const [name, value] of [
      ['core.fsmonitor', evil],
      ['core.pager', evil],
      ['pager.log', evil],
      ['core.sshCommand', evil],
      ['core.askPass', evil],
      ['credential.helper', `!${evil}`],
      ['diff.external', evil],
      ['diff.evil.textconv', evil],
      ['diff.evil.command', evil],
      ['filter.evil.clean', evil],
      ['filter.evil.smudge', evil],
      ['log.showSignature', 'true'],
      ['gpg.program', evil],
      ['gpg.ssh.program', evil],
      ['alias.log', `!${evil}`],
      ['alias.rev-parse', `!${evil}`],
      ['core.hooksPath', path.join(repo.root, 'hooks')],
      ['format.pretty', 'format:nonsense'],
      ['log.diffMerges', 'on'],
      ['diff.orderFile', '/dev/null'],
      ['core.quotePath', 'true'],
    ] as const) {
      repo.git('config', name, value);
    }
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout']) {
      repo.write(`hooks/${hook}`, `#!/bin/sh\n${evil}\n`);
      chmodSync(path.join(repo.root, 'hooks', hook), 0o755);
    }
    const history = createGitHistory(repo.root, trusted);
    assert.equal((await history.state()).kind, 'git');
    assert.deepEqual(
      (await history.commits({ base, head })).map((commit) => commit.subject),
      ['feat: one'],
    );
    assert.equal((await history.changedFiles({ base, head })).length, 1);
    assert.deepEqual(await history.fileAt(head, 'a.txt'), { ok: true, text: '2\n' });
    await history.tags(head);
    await history.lastCommitOf('a.txt');
    await history.remoteUrl();
    await history.defaultBranch();
    assert.equal(existsSync(mark), false);
  });

  it('reports a damaged repository instead of giving a short answer', async () => {
    const repo = repository();
    const first = repo.commit('feat: one', { a: '1\n' });
    const head = repo.commit('feat: two', { a: '2\n' });
    rmSync(path.join(repo.root, '.git', 'objects', first.slice(0, 2), first.slice(2)), { force: true });
    await assert.rejects(
      createGitHistory(repo.root, trusted).commits({ base: null, head }),
      /^HistoryFailure: git could not read the history \(/,
    );
  });

  it('fetches nothing that a partial clone lacks, and says what that hides', async () => {
    const repo = repository();
    repo.git('config', 'uploadpack.allowFilter', 'true');
    const base = repo.commit('feat: one', { 'a.sql': 'DROP TABLE a;\n' });
    const head = repo.commit('feat: two', { 'a.sql': 'DROP TABLE b;\n', 'b.sql': 'DROP TABLE c;\n' });
    const clone = mkdtempSync(path.join(tmpdir(), 'release-gate-partial-'));
    try {
      const url = `file://${repo.root}`;
      execFileSync('git', ['clone', '--quiet', '--filter=blob:none', '--no-checkout', url, clone]);
      const history = createGitHistory(clone, trusted);
      assert.deepEqual(
        (await history.changedFiles({ base, head })).map((file) => [file.status, file.path, file.added]),
        [
          ['modified', 'a.sql', null],
          ['added', 'b.sql', null],
        ],
      );
      const answer = await history.fileAt(head, 'a.sql');
      assert.ok(!answer.ok);
      assert.match(answer.detail, /the clone is partial/);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  it('gives a remote without its credentials', async () => {
    assert.equal(
      withoutCredentials('https://user:secret@example.test/a/b.git'),
      'https://example.test/a/b.git',
    );
    assert.equal(
      withoutCredentials('https://token@example.test/a/b.git?key=1'),
      'https://example.test/a/b.git',
    );
    assert.equal(withoutCredentials('git@example.test:a/b.git'), 'git@example.test:a/b.git');
    assert.equal(withoutCredentials('ssh://git:secret@example.test/a/b'), 'ssh://git@example.test/a/b');
    assert.equal(withoutCredentials('https://user:pa/ss@example.test/a'), null);
    assert.equal(withoutCredentials('../neighbour'), '../neighbour');
    const repo = repository();
    repo.commit('feat: one', { a: '1\n' });
    const history = createGitHistory(repo.root, trusted);
    assert.equal(await history.remoteUrl(), null);
    repo.git('remote', 'add', 'upstream', 'https://user:secret@example.test/a/b.git');
    assert.equal(await history.remoteUrl(), 'https://example.test/a/b.git');
    repo.git('remote', 'add', 'origin', 'git@example.test:c/d.git');
    assert.equal(await history.remoteUrl(), 'git@example.test:c/d.git');
  });
});
