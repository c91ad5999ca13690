import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { executables, originUrl, steps } from './demo-repository/commits.mjs';

const run = promisify(execFile);

/**
 * Makes the demonstration repository in `folder`, which must be empty or not exist yet: the service "orders-api" with
 * its history, the tags v1.3.0 and v1.4.0, and a clean working tree. The same commit ids come out everywhere. Needs
 * git and no network.
 *
 * @param {string} folder
 * @returns {Promise<void>}
 */
export async function makeDemoRepository(folder) {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);

  const git = (args, environment = {}) =>
    run('git', ['-C', folder, ...args], {
      timeout: 30_000,
      env: {
        ...environmentWithoutGit(),
        // The person's own settings (signing, hooks, line ends) would change the commits.
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
        ...environment,
      },
    });

  await git(['init', '--quiet', '--initial-branch=main', '--object-format=sha1', '--template=']);
  await git(['config', 'core.autocrlf', 'false']);
  await git(['config', 'commit.gpgsign', 'false']);

  const made = new Set();
  for (const step of steps) {
    const environment = {
      GIT_AUTHOR_NAME: step.by.name,
      GIT_AUTHOR_EMAIL: step.by.email,
      GIT_AUTHOR_DATE: step.at,
      GIT_COMMITTER_NAME: step.by.name,
      GIT_COMMITTER_EMAIL: step.by.email,
      GIT_COMMITTER_DATE: step.at,
    };
    const branch = step.branch ?? 'main';
    if (made.size > 0) {
      const isNew = !made.has(branch);
      await git(['checkout', '--quiet', ...(isNew ? ['-b', branch, 'main'] : [branch])]);
    }
    made.add(branch);

    if (step.merges) {
      await git(['merge', '--quiet', '--no-ff', '-m', step.message, step.merges], environment);
      await git(['branch', '--quiet', '--delete', step.merges]);
    } else {
      await writeFiles(folder, step.files ?? {});
      await git(['add', '--all']);
      for (const file of Object.keys(step.files ?? {})) {
        // Said to git itself, since a file system may not keep the bit.
        if (executables.has(file)) await git(['update-index', '--chmod=+x', file]);
      }
      await git(['commit', '--quiet', '-m', step.message], environment);
    }
    if (step.tag) await git(['tag', '-a', step.tag, '-m', step.tag], environment);
  }

  // As a clone would have it.
  await git(['remote', 'add', 'origin', originUrl]);
  await git(['update-ref', 'refs/remotes/origin/main', 'HEAD']);
  await git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
}

async function writeFiles(folder, files) {
  for (const [file, content] of Object.entries(files)) {
    const absolute = path.join(folder, file);
    if (content === null) {
      await rm(absolute);
      continue;
    }
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
    if (executables.has(file)) await chmod(absolute, 0o755);
  }
}

/** Without the variables that would point git to another repository (a hook that runs this sets them). */
function environmentWithoutGit() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
}
