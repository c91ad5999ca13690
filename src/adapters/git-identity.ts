import { runGit } from './git-history';

const MAX_NAME_BYTES = 1_000;

/** The name that git gives a person at work in a folder (`user.name`); null where it has none, or is not there. */
export async function gitUserName(folder: string, signal?: AbortSignal): Promise<string | null> {
  let name = '';
  const exit = await runGit(
    'git',
    folder,
    ['config', '--get', 'user.name'],
    (chunk) => {
      name += chunk.toString('utf8');
      return name.length <= MAX_NAME_BYTES;
    },
    signal,
  );
  const [line = ''] = name.split('\n');
  return exit.kind === 'ended' && exit.code === 0 && line.trim() !== '' ? line.trim() : null;
}
