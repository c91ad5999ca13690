import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A git repository in a temporary folder that a test makes commit by commit. */
export interface GitRepository {
  readonly root: string;
  /** Runs git in it and gives its output, trimmed. */
  git(...args: readonly string[]): string;
  write(file: string, content: string | Buffer): void;
  /** Writes files (null removes), stages everything and commits; the commit's id. */
  commit(message: string, files?: Readonly<Record<string, string | null>>): string;
  remove(): void;
}

/** Makes an empty repository whose commits are one minute apart, beginning 2026-01-01T00:00:00Z. */
export function gitRepository(options: readonly string[] = []): GitRepository {
  const root = mkdtempSync(path.join(tmpdir(), 'release-gate-git-'));
  let minutes = 0;
  const git = (...args: readonly string[]): string => {
    const date = new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: 'Ada Example',
        GIT_AUTHOR_EMAIL: 'ada@example.test',
        GIT_COMMITTER_NAME: 'Ada Example',
        GIT_COMMITTER_EMAIL: 'ada@example.test',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    }).trim();
  };
  const write = (file: string, content: string | Buffer): void => {
    const absolute = path.join(root, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
  };
  git('init', '--quiet', '--initial-branch=main', ...options);
  return {
    root,
    git,
    write,
    commit: (message, files = {}) => {
      for (const [file, content] of Object.entries(files)) {
        if (content === null) rmSync(path.join(root, file), { recursive: true, force: true });
        else write(file, content);
      }
      minutes++;
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--no-verify', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
