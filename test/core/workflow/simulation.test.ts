import assert from 'node:assert/strict';
import path from 'node:path';
import Module from 'node:module';
import { build } from 'esbuild';
import { createParsers } from '../../../src/adapters/parsers';
import type { ShellParser } from '../../../src/core/ports';
import { readWorkflow } from '../../../src/core/workflow/read';
import { understandWorkflows } from '../../../src/core/workflow/understand';
import type { ReachVerdict } from '../../../src/core/workflow/understanding';
import { sampleOf, type Sample } from './random-workflows';
import { simulate, type OpenPoints } from './simulator';

/** `npm test` asks for 5,000 (scripts/test.mjs); a quick look is content with fewer. */
const count = Number(process.env['RELEASE_GATE_SIMULATIONS'] ?? 1500);

/** Each open point read the other way, and all of them that can be at once. */
const OTHER_READINGS: readonly OpenPoints[] = [
  { timeLimitDoesNotCancel: true },
  { failureIsBlindAfterCancellation: true },
  { cancelledCountsAsFailure: true },
  { toleratedCountsAsFailure: true },
  { neverStartedIsCancelled: true },
  { plainConditionsEndWithTheRun: true },
  { survivorsMayBeCancelled: true },
  { starHoldsAncestors: true },
];

/** Open points read the other way two at a time, and all together. */
const OTHER_COMBINATIONS: readonly OpenPoints[] = [
  // What cannot end as cancelled by one of them is not cancelled by another.
  { ...OTHER_READINGS.reduce((all, points) => ({ ...all, ...points }), {}), survivorsMayBeCancelled: false },
  ...OTHER_READINGS.flatMap((first, at) =>
    OTHER_READINGS.slice(at + 1).map((second) => ({ ...first, ...second })),
  ),
];

/** The part of the engine that is on trial: it reads a workflow and judges it. */
interface Engine {
  readonly readWorkflow: typeof readWorkflow;
  readonly understandWorkflows: typeof understandWorkflows;
}

/** What is true of a sample by simulation: in every reading, or `open` where they differ. */
function truthOf({ jobs, starts }: Sample, points: OpenPoints): boolean {
  return starts.some((start) => simulate(jobs, 'production', 'guard', start, points).isUnsafe);
}

describe('the proof against a brute-force simulator', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  const judge = (sample: Sample, engine: Engine = { readWorkflow, understandWorkflows }): ReachVerdict => {
    const workflow = engine.readWorkflow('.github/workflows/random.yml', sample.text);
    assert.deepEqual(workflow.problems, []);
    const set = engine.understandWorkflows([workflow], parser, {
      productionEnvironments: [],
      otherEnvironments: [],
    });
    const production = set.factsOf(workflow, 'production');
    const guard = set.factsOf(workflow, 'guard');
    assert.ok(production && guard);
    return set.canStartWithout(production, guard);
  };

  it(`agrees on ${count} random workflows: nothing unsafe is called safe, each counterexample can be replayed, and nothing is unknown that sources settle`, function () {
    this.timeout(600_000);
    const tally = { safe: 0, unsafe: 0, open: 0 };
    for (let seed = 1; seed <= count; seed++) {
      const sample = sampleOf(seed);
      const verdict = judge(sample);
      const isUnsafe = truthOf(sample, {});
      const about = `seed ${seed}:\n${sample.text}`;
      if (verdict.kind === 'holds') assert.ok(!isUnsafe, `called safe, ${about}`);
      if (verdict.kind === 'fails') {
        assert.ok(isUnsafe, `called unsafe, ${about}`);
        assertReplays(sample, verdict, about);
      }
      if (verdict.kind !== 'unknown') {
        tally[isUnsafe ? 'unsafe' : 'safe']++;
        continue;
      }
      tally.open++;
      const isSettled = [...OTHER_READINGS, ...OTHER_COMBINATIONS].every(
        (points) => truthOf(sample, points) === isUnsafe,
      );
      assert.ok(!isSettled, `unknown though settled (${verdict.because}), ${about}`);
    }
    assert.ok(tally.safe >= count / 4 && tally.unsafe >= count / 4, JSON.stringify(tally));
    assert.ok(tally.open <= count / 4, JSON.stringify(tally));
  });

  /**
   * The engine, broken on purpose in one place at a time: the comparison has to notice each. A text that is no longer
   * in the source fails the test, so that the list stays true.
   */
  const mutations: readonly (readonly [name: string, file: string, from: string, to: string])[] = [
    [
      'success() sees direct needs only',
      'run-graph',
      'for (const further of startOf(needed).ancestors) first.ancestors.add(further);',
      '',
    ],
    ['always() is ignored', 'explore', "case 'always':\n          return true;", "case 'always':\n          return (flags & BROKEN) === 0;"],
    ['nothing is ever cancelled', 'explore', '? [false, true] : [false]', '? [false] : [false]'],
    ['failure() is never true', 'explore', '(flags & FAILED) !== 0 ||', ''],
    ['continue-on-error hides nothing', 'explore', "result: search.isTolerated ? 'success' : 'failure'", "result: 'failure'"],
    ['a skipped job counts as successful', 'explore', "if (result !== 'success') more |= BROKEN;", "if (result === 'failure' || result === 'cancelled') more |= BROKEN;"],
    ['a skipped job counts as failed', 'explore', "if (result === 'failure') more |= FAILED;", "if (result !== 'success') more |= FAILED;"],
    ['no implicit success()', 'expression', 'if (!read.ok || callsStatus(read.expression)) return read;', 'if (read.ok) return read;'],
    ['text around an expression is the expression', 'expression', "if (!whole || inner.includes('${{')) return readText(source);", 'if (!whole) return readExpression(source.replace(/^\\$\\{\\{|\\}\\}\\s*$/g, ""));'],
    ['texts are compared with their case', 'expression', 'isText ? a.toUpperCase()', 'isText ? a'],
    ['a push filtered to branches lets tags through', 'runs', 'if (isTag ? hasBranchFilter && !hasTagFilter : hasTagFilter && !hasBranchFilter) return false;', ''],
    ['what production does not need cannot fail beside it', 'prove', 'const bits = own.length > 0 ? own : [before ?? found.any];', 'const bits = own;'],
    ['an input keeps its value on other events', 'runs', "(start.inputs[parts[1] ?? ''] ?? null) : null", "(start.inputs[parts[1] ?? ''] ?? null) : true"],
  ]; // prettier-ignore

  for (const [name, file, from, to] of mutations) {
    it(`would notice a broken engine: ${name}`, async function () {
      this.timeout(120_000);
      const engine = await engineWith(`conditions/${file}.ts`, from, to);
      const notices = (seed: number): boolean => {
        const sample = sampleOf(seed);
        const verdict = judge(sample, engine);
        const isUnsafe = truthOf(sample, {});
        return verdict.kind !== 'unknown' && (verdict.kind === 'fails') !== isUnsafe;
      };
      assert.ok(Array.from({ length: 1500 }, (_, seed) => seed + 1).some(notices));
    });
  }
});

/** The run that a counterexample tells is one that the simulator saw, started in the way that it tells. */
function assertReplays(
  { jobs, starts }: Sample,
  verdict: Extract<ReachVerdict, { kind: 'fails' }>,
  about: string,
): void {
  const { trigger, ref, inputs, steps } = verdict.counterexample;
  const flag = inputs['flag'];
  const flags = starts.filter(
    (each) =>
      each.event === trigger && (flag === undefined || each.flag === null || String(each.flag) === flag),
  );
  // Of tags any that begins with v will do, where a tag does.
  const start =
    flags.find((each) => each.ref === ref) ??
    flags
      .filter((each) => /^refs\/tags\/v/.test(each.ref) && /^refs\/tags\/v/.test(ref))
      .map((each) => ({ ...each, ref }))[0];
  assert.ok(start, `starts as nothing does (${trigger} on ${ref}), ${about}`);
  const results = new Map(steps.map((step) => [step.job, step.result]));
  const { unsafeStarts } = simulate(jobs, 'production', 'guard', start);
  // Jobs that production does not wait for may be in any state: they are not told.
  const isSeen = [...unsafeStarts].some((told) =>
    told.split(' ').every((each) => {
      const [id = '', result = ''] = each.split('=');
      const said = results.get(id);
      return (
        said === undefined || said === 'starts' || said === result || (result === '' && isBeside(id, jobs))
      );
    }),
  );
  assert.ok(isSeen, `cannot be replayed: ${JSON.stringify([...results])}, ${about}`);
}

function isBeside(id: string, jobs: Sample['jobs']): boolean {
  const needed = new Set<string>();
  const visit = (of: string): void => {
    for (const need of jobs.find((job) => job.id === of)?.needs ?? []) {
      needed.add(need);
      visit(need);
    }
  };
  visit('production');
  return !needed.has(id);
}

/** The engine with one text of one of its files replaced, bundled into memory. */
async function engineWith(file: string, from: string, to: string): Promise<Engine> {
  const folder = path.resolve(__dirname, '../../../src/core/workflow');
  let replaced = 0;
  const result = await build({
    stdin: {
      contents: "export * from './read'; export * from './understand';",
      resolveDir: folder,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    mainFields: ['main', 'module'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'one text replaced',
        setup(bundling) {
          bundling.onLoad({ filter: /\.ts$/ }, async (args) => {
            if (args.path !== path.join(folder, ...file.split('/'))) return null;
            const { readFile } = await import('node:fs/promises');
            const text = await readFile(args.path, 'utf8');
            replaced = text.split(from).length - 1;
            return { contents: text.replace(from, () => to), loader: 'ts' };
          });
        },
      },
    ],
  });
  assert.equal(replaced, 1, `${file} holds this ${replaced} times: ${from}`);
  const loaded = new Module(path.join(folder, 'mutated.js')) as Module & {
    _compile(text: string, name: string): void;
  };
  loaded.paths = module.paths;
  loaded._compile(result.outputFiles[0]?.text ?? '', path.join(folder, 'mutated.js'));
  return loaded.exports as Engine;
}
