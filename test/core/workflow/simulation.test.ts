import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import type { ShellParser } from '../../../src/core/ports';
import { readWorkflow } from '../../../src/core/workflow/read';
import { understandWorkflows } from '../../../src/core/workflow/understand';
import { simulate, type Faults, type Sight, type SimulatedJob } from './simulator';

const count = Number(process.env['RELEASE_GATE_SIMULATIONS'] ?? 1000);

const allGood = (sight: Sight): boolean =>
  !sight.isCancelled && sight.ancestors.every((result) => result === 'success');
const anyFailed = (sight: Sight): boolean => sight.ancestors.includes('failure');

/** Conditions as GitHub reads them beside what they mean, each written by hand. `N` is a direct need. */
const CONDITIONS: readonly (readonly [string | null, (sight: Sight, need: string) => boolean])[] = [
  [null, allGood],
  [null, allGood],
  [null, allGood],
  ['success()', allGood],
  ['always()', () => true],
  ['failure()', anyFailed],
  ['${{ !failure() }}', (sight) => !anyFailed(sight)],
  ['${{ !cancelled() }}', (sight) => !sight.isCancelled],
  ['${{ !failure() && !cancelled() }}', (sight) => !anyFailed(sight) && !sight.isCancelled],
  ['success() || failure()', (sight) => allGood(sight) || anyFailed(sight)],
  ["needs.N.result != 'failure'", (sight, need) => allGood(sight) && sight.direct[need] !== 'failure'],
  ["needs.N.result == 'failure'", () => false],
  ["always() && needs.N.result == 'success'", (sight, need) => sight.direct[need] === 'success'],
  ["always() && needs.N.result != 'failure'", (sight, need) => sight.direct[need] !== 'failure'],
  [
    "${{ !cancelled() && needs.N.result == 'success' }}",
    (sight, need) => !sight.isCancelled && sight.direct[need] === 'success',
  ],
  [
    "always() && !contains(needs.*.result, 'failure')",
    (sight) => !Object.values(sight.direct).includes('failure'),
  ],
  [
    "always() && !contains(needs.*.result, 'failure') && !contains(needs.*.result, 'cancelled') && !contains(needs.*.result, 'skipped')",
    (sight) => Object.values(sight.direct).every((result) => result === 'success'),
  ],
];

interface Sample {
  readonly text: string;
  readonly jobs: readonly SimulatedJob[];
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

function sampleOf(seed: number): Sample {
  const random = randomOf(seed);
  const size = 2 + random(3);
  const ids = Array.from({ length: size }, (_, index) =>
    index === 0 ? 'guard' : index === size - 1 ? 'production' : `job${index}`,
  );
  let text = 'on: push\njobs:\n';
  const jobs = ids.map((id, index): SimulatedJob => {
    const earlier = ids.slice(0, index);
    const needs = earlier.filter((_, at) => at === index - 1 || random(3) === 0);
    const choice = CONDITIONS[needs.length === 0 ? random(4) : random(CONDITIONS.length)];
    const [condition, meaning] = choice ?? [null, allGood];
    const need = needs[0] ?? '';
    const isTolerated = random(12) === 0;
    text += `  ${id}:\n    runs-on: ubuntu-latest\n    needs: [${needs.join(', ')}]\n`;
    if (condition !== null) text += `    if: "${condition.replace('N.', `${need}.`)}"\n`;
    if (isTolerated) text += '    continue-on-error: true\n';
    return { id, needs, isTolerated, condition: (sight) => meaning(sight, need) };
  });
  return { text, jobs };
}

describe('the proof against a brute-force simulator', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  const judge = (sample: Sample) => {
    const workflow = readWorkflow('.github/workflows/random.yml', sample.text);
    assert.deepEqual(workflow.problems, []);
    const set = understandWorkflows([workflow], parser, {
      productionEnvironments: [],
      otherEnvironments: [],
    });
    const production = set.factsOf(workflow, 'production');
    const guard = set.factsOf(workflow, 'guard');
    assert.ok(production && guard);
    return set.canStartWithout(production, guard);
  };

  it(`agrees on ${count} random workflows, and each counterexample can be replayed`, function () {
    this.timeout(120_000);
    const tally = { holds: 0, fails: 0, unknown: 0 };
    for (let seed = 1; seed <= count; seed++) {
      const sample = sampleOf(seed);
      const verdict = judge(sample);
      const truth = simulate(sample.jobs, 'production', 'guard');
      tally[verdict.kind]++;
      if (verdict.kind === 'holds') assert.ok(!truth.isUnsafe, `called safe, seed ${seed}:\n${sample.text}`);
      if (verdict.kind !== 'fails') continue;
      const results = new Map(verdict.counterexample.steps.map((step) => [step.job, step.result]));
      const told = sample.jobs
        .map((job) => `${job.id}=${job.id === 'production' ? '' : (results.get(job.id) ?? '')}`)
        .join(' ');
      assert.ok(truth.unsafeStarts.has(told), `cannot be replayed, seed ${seed}: ${told}\n${sample.text}`);
    }
    assert.ok(tally.holds >= count / 4 && tally.fails >= count / 4, JSON.stringify(tally));
    assert.ok(tally.unknown <= count / 5, JSON.stringify(tally));
  });

  const faults: readonly (readonly [string, Faults])[] = [
    ['success() sees direct needs only', { successSeesDirectOnly: true }],
    ['nothing is ever cancelled', { nothingIsCancelled: true }],
    ['continue-on-error does not hide a failure', { toleratedFails: true }],
  ];
  for (const [name, fault] of faults) {
    it(`would notice another semantics: ${name}`, () => {
      const disagrees = (seed: number): boolean => {
        const sample = sampleOf(seed);
        const verdict = judge(sample);
        const { isUnsafe } = simulate(sample.jobs, 'production', 'guard', fault);
        return verdict.kind !== 'unknown' && (verdict.kind === 'fails') !== isUnsafe;
      };
      assert.ok(Array.from({ length: 400 }, (_, seed) => seed + 1).some(disagrees));
    });
  }
});
