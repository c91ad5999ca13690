import type { SimulatedJob, SimulatedStart, Tree } from './simulator';

/** A random workflow: its text for the engine, its meaning for the simulator, and every way in which it can start. */
export interface Sample {
  readonly text: string;
  readonly jobs: readonly SimulatedJob[];
  readonly starts: readonly SimulatedStart[];
}

/** A small generator with a seed (mulberry32), so that a failure can be run again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const push = (ref: string): SimulatedStart => ({ event: 'push', ref, flag: null });
const MAIN = push('refs/heads/main');
const BRANCH = push('refs/heads/another-branch');
const TAG = push('refs/tags/v1.0.0');
const OTHER_TAG = push('refs/tags/v2');
const DISPATCHES: readonly SimulatedStart[] = [true, false].flatMap((flag) =>
  ['refs/heads/main', 'refs/heads/another-branch', 'refs/tags/v1.0.0'].map((ref) => ({
    event: 'workflow_dispatch',
    ref,
    flag,
  })),
);

/** Triggers with the starts that they let through. */
const TRIGGERS: readonly (readonly [string, readonly SimulatedStart[]])[] = [
  ['on: push', [MAIN, BRANCH, TAG, OTHER_TAG]],
  ['on: { push: { branches: [main] } }', [MAIN]],
  ["on: { push: { tags: ['v*'] } }", [TAG, OTHER_TAG]],
  ["on: { push: { branches: [main], tags: ['v*'] } }", [MAIN, TAG, OTHER_TAG]],
  [
    'on: { push: { branches: [main] }, workflow_dispatch: { inputs: { flag: { type: boolean } } } }',
    [MAIN, ...DISPATCHES],
  ],
  ['on: { workflow_dispatch: { inputs: { flag: { type: boolean } } } }', DISPATCHES],
];

const RESULTS = ['success', 'failure', 'cancelled', 'skipped'] as const;

function treeOf(random: (below: number) => number, depth: number, jobs: readonly string[]): Tree {
  if (depth > 0 && random(5) < 3) {
    if (random(4) === 0) return { kind: 'not', of: treeOf(random, depth - 1, jobs) };
    return {
      kind: random(3) === 0 ? 'or' : 'and',
      left: treeOf(random, depth - 1, jobs),
      right: treeOf(random, depth - 1, jobs),
    };
  }
  const job = jobs[random(jobs.length)];
  const choice = random(job === undefined ? 9 : 16);
  switch (choice) {
    case 0:
      return { kind: 'status', name: 'success' };
    case 1:
      return { kind: 'status', name: 'always' };
    case 2:
      return { kind: 'status', name: random(2) === 0 ? 'failure' : 'cancelled' };
    case 3:
      return { kind: 'event', is: random(2) === 0, value: random(2) === 0 ? 'push' : 'workflow_dispatch' };
    case 4:
      return { kind: 'ref', value: random(2) === 0 ? 'refs/heads/main' : 'refs/tags/v1.0.0' };
    case 5:
      return { kind: 'refStarts', value: random(2) === 0 ? 'refs/tags/' : 'refs/heads/' };
    case 6:
      return { kind: 'input' };
    case 7:
      return { kind: 'inputIs', value: random(3) === 0 ? 'true' : random(2) === 0 };
    case 8:
      return { kind: 'constant', value: random(2) === 0 };
    case 9:
    case 10:
      return { kind: 'someResult', value: RESULTS[random(4)] ?? 'failure' };
    default: {
      const value = RESULTS[random(8) < 5 ? 0 : random(4)] ?? 'success';
      // Texts are compared without case.
      const spelled = random(6) === 0 ? value.toUpperCase() : value;
      return { kind: 'result', job: job ?? '', is: random(3) > 0, value: spelled };
    }
  }
}

function textOf(tree: Tree): string {
  switch (tree.kind) {
    case 'status':
      return `${tree.name}()`;
    case 'result':
      return `needs.${tree.job}.result ${tree.is ? '==' : '!='} '${tree.value}'`;
    case 'someResult':
      return `contains(needs.*.result, '${tree.value}')`;
    case 'event':
      return `github.event_name ${tree.is ? '==' : '!='} '${tree.value}'`;
    case 'ref':
      return `github.ref == '${tree.value}'`;
    case 'refStarts':
      return `startsWith(github.ref, '${tree.value}')`;
    case 'input':
      return 'inputs.flag';
    case 'inputIs':
      return `inputs.flag == ${typeof tree.value === 'string' ? `'${tree.value}'` : tree.value}`;
    case 'constant':
      return String(tree.value);
    case 'not':
      return `!(${textOf(tree.of)})`;
    case 'and':
    case 'or':
      return `(${textOf(tree.left)} ${tree.kind === 'and' ? '&&' : '||'} ${textOf(tree.right)})`;
  }
}

/** The conditions that people write on deployments, so that they are not left to chance. */
function usual(random: (below: number) => number, need: string): Tree {
  const result = (is: boolean, value: string): Tree => ({ kind: 'result', job: need, is, value });
  const status = (name: 'always' | 'failure' | 'cancelled' | 'success'): Tree => ({ kind: 'status', name });
  const not = (of: Tree): Tree => ({ kind: 'not', of });
  const and = (left: Tree, right: Tree): Tree => ({ kind: 'and', left, right });
  const choices: readonly Tree[] = [
    and(status('always'), result(true, 'success')),
    and(status('always'), result(false, 'failure')),
    and(status('always'), result(false, 'failure')),
    not(status('success')),
    { kind: 'or', left: status('success'), right: status('failure') },
    and(not(status('cancelled')), result(true, 'success')),
    and(status('always'), and(result(true, 'success'), { kind: 'ref', value: 'refs/heads/main' })),
    result(false, 'failure'),
    { kind: 'ref', value: 'refs/heads/main' },
    not({ kind: 'input' }),
    status('always'),
    status('always'),
    and(status('always'), not({ kind: 'someResult', value: 'failure' })),
  ];
  return choices[random(choices.length)] ?? status('success');
}

/** A workflow of two to five jobs, the first called guard, the last production. */
export function sampleOf(seed: number): Sample {
  const random = randomOf(seed);
  const size = 2 + random(seed % 5 === 0 ? 4 : 3);
  const ids = Array.from({ length: size }, (_, index) =>
    index === 0 ? 'guard' : index === size - 1 ? 'production' : `job${index}`,
  );
  const [trigger, starts] = TRIGGERS[random(TRIGGERS.length)] ?? ['on: push', [MAIN]];
  let text = `${trigger}\njobs:\n`;
  const jobs = ids.map((id, index): SimulatedJob => {
    const earlier = ids.slice(0, index);
    const needs = earlier.filter((_, at) => (at === index - 1 ? random(12) > 0 : random(3) === 0));
    // Production has a condition more often than not, so that about half of the workflows are unsafe.
    const kind = random(10) + (index === size - 1 ? 3 : 0);
    const need = needs[random(Math.max(1, needs.length))];
    const condition =
      kind < 4
        ? null
        : kind < 9 && need !== undefined
          ? usual(random, need)
          : treeOf(random, 2, earlier.length > 0 ? earlier : []);
    const isTolerated = random(14) === 0;
    const isText = condition !== null && random(25) === 0;
    text += `  ${id}:\n    runs-on: ubuntu-latest\n    needs: [${needs.join(', ')}]\n`;
    if (condition !== null) {
      const written = textOf(condition);
      const wrapped = isText ? `\${{ ${written} }} ` : random(2) === 0 ? written : `\${{ ${written} }}`;
      text += `    if: "${wrapped}"\n`;
    }
    if (isTolerated) text += '    continue-on-error: true\n';
    return { id, needs, isTolerated, condition, isText };
  });
  return { text, jobs, starts };
}
