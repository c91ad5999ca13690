import { remembered } from '../text/remember';

/** Options of these wrappers that take a value as their next word. */
const VALUE_OPTIONS: Readonly<Record<string, RegExp>> = {
  sudo: /^-[ugpCh]$/,
  env: /^-[uC]$/,
  timeout: /^-[ks]$/,
  nice: /^-n$/,
  ionice: /^-[cn]$/,
  stdbuf: /^-[ioe]$/,
  doas: /^-[uC]$/,
  xargs: /^-[nPLIdEsa]$/,
  npx: /^(-p|--package)$/,
  uv: /^(--with|--extra|--group|--python|-p|--directory|--package)$/,
  docker: /^(-[uwef]|--(user|workdir|env|env-file|file|project-name|profile))$/,
  'docker-compose': /^(-[uwef]|--(user|workdir|env|file|project-name))$/,
  'xvfb-run': /^(-[nes]|--(server-num|server-args|error-file))$/,
  retry: /^-\S+$/,
};

/** Wrappers by their words, and how many plain words stand between them and the command that they run. */
const WRAPPERS: readonly (readonly [readonly string[], number])[] = [
  [['sudo'], 0],
  [['time'], 0],
  [['exec'], 0],
  [['command'], 0],
  [['nohup'], 0],
  [['setsid'], 0],
  [['stdbuf'], 0],
  [['unbuffer'], 0],
  [['doas'], 0],
  [['ionice'], 0],
  [['xargs'], 0],
  [['nice'], 0],
  [['timeout'], 1],
  [['xvfb-run'], 0],
  [['retry'], 0],
  [['npx'], 0],
  [['bunx'], 0],
  [['uvx'], 0],
  [['pipx', 'run'], 0],
  [['npm', 'exec'], 0],
  [['pnpm', 'exec'], 0],
  [['pnpm', 'dlx'], 0],
  [['yarn', 'exec'], 0],
  [['yarn', 'dlx'], 0],
  [['bun', 'x'], 0],
  [['poetry', 'run'], 0],
  [['pipenv', 'run'], 0],
  [['uv', 'run'], 0],
  [['pdm', 'run'], 0],
  [['rye', 'run'], 0],
  [['bundle', 'exec'], 0],
  [['mise', 'exec'], 0],
  [['doppler', 'run'], 0],
  [['op', 'run'], 0],
  [['aws-vault', 'exec'], 1],
  [['chamber', 'exec'], 1],
  [['docker', 'compose', 'exec'], 1],
  [['docker', 'compose', 'run'], 1],
  [['docker-compose', 'exec'], 1],
  [['docker-compose', 'run'], 1],
  [['docker', 'exec'], 1],
];

const wrappersBy = new Map<string, (typeof WRAPPERS)[number][]>();
for (const row of WRAPPERS) {
  const program = row[0][0] ?? '';
  wrappersBy.set(program, [...(wrappersBy.get(program) ?? []), row]);
}

/** Wrappers within wrappers are followed so far. */
const MAX_WRAPPERS = 8;

/**
 * The command that really does something: `sudo -E env A=b npx --yes eslint .` is `eslint .`. `python -m X` is `X`, and
 * a program called by a path outside the repository (`/usr/bin/kubectl`, `node_modules/.bin/jest`) is called by its name.
 */
export const unwrapCommand = remembered((words: readonly string[]): readonly string[] => {
  let current = words;
  for (let round = 0; round < MAX_WRAPPERS; round++) {
    const next = unwrapOnce(current);
    if (next === current || next.length === 0) break;
    current = next;
  }
  const [program = '', ...rest] = current;
  const named = /(^|\/)(node_modules\/\.bin|usr\/(?:local\/)?bin|vendor\/bin|\.venv\/bin)\/([^/]+)$/.exec(
    program,
  );
  return named?.[3] ? [named[3], ...rest] : current;
});

function unwrapOnce(words: readonly string[]): readonly string[] {
  const program = words[0] ?? '';
  if (program === 'env') {
    const at = words.findIndex(
      (word, index) =>
        index > 0 &&
        !word.startsWith('-') &&
        !/^[A-Za-z_]\w*=/.test(word) &&
        !(VALUE_OPTIONS['env']?.test(words[index - 1] ?? '') ?? false),
    );
    return at < 0 ? words : words.slice(at);
  }
  // It asks whether there is such a program, and runs nothing.
  if (program === 'command' && /^-[vV]+$/.test(words[1] ?? '')) return words;
  if (/^python[\d.]*$/.test(program) && words[1] === '-m') return words.slice(2);
  for (const [wrapper, skipped] of wrappersBy.get(program) ?? []) {
    let at = 0;
    let matched = 0;
    while (at < words.length && matched < wrapper.length) {
      const word = words[at] ?? '';
      if (word === wrapper[matched]) matched++;
      else if (matched === 0 || !word.startsWith('-')) break;
      else if (VALUE_OPTIONS[program]?.test(word)) at++;
      at++;
    }
    if (matched < wrapper.length) continue;
    let plain = 0;
    for (; at < words.length; at++) {
      const word = words[at] ?? '';
      if (word === '--') return words.slice(at + 1);
      if (word.startsWith('-')) {
        if (VALUE_OPTIONS[program]?.test(word)) at++;
      } else if (plain++ >= skipped) return words.slice(at);
    }
    return words;
  }
  return words;
}
