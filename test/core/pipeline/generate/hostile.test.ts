import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createParsers } from '../../../../src/adapters/parsers';
import { ROLLOUTS } from '../../../../src/core/evidence/rollouts';
import type { ShellParser } from '../../../../src/core/ports';
import { readCommands, shellModeOf } from '../../../../src/core/shell/commands';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { languageServiceFindings } from '../../../../scripts/lib/peers/language-service';
import { shownFinding } from '../../../../scripts/lib/peers/finding';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../../support/sample-repository';
import { namesThatArrive, renamed } from '../../../support/tainted-repository';

/** The word that must never become a command, a key, a job, a step, a permission or an expression. */
const EVIL = 'hostile';

/** Another one looks elsewhere: `HOSTILE_SEED=7 HOSTILE_RUNS=1000`. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20261126);

/** What people could name a thing, each against one of the places that a name is put. */
const PAYLOADS = [
  `a"; ${EVIL}; "`,
  `a'; ${EVIL}; '`,
  `a\n${EVIL}: x`,
  `a\n      - run: ${EVIL}`,
  `a\r\n${EVIL}`,
  `a\`${EVIL}\``,
  `a$(${EVIL})`,
  `a\${${EVIL}}`,
  `a && ${EVIL}`,
  `a; ${EVIL} #`,
  `a | ${EVIL}`,
  `a > /tmp/${EVIL}`,
  `\${{ secrets.${EVIL} }}`,
  `\${{ github.event.${EVIL}`,
  `a: ${EVIL}`,
  `a # ${EVIL}`,
  `&${EVIL} a`,
  `*${EVIL}`,
  `!!str ${EVIL}`,
  `- ${EVIL}`,
  `--${EVIL}`,
  `-rf`,
  `? ${EVIL}`,
  `{${EVIL}: 1}`,
  `[${EVIL}]`,
  `|`,
  `>-`,
  `%${EVIL}`,
  `@${EVIL}`,
  `a\u2028${EVIL}`,
  `a\u2029${EVIL}: x`,
  `a\u202e${EVIL}`,
  `a\u0085${EVIL}: x`,
  `a\ufeff${EVIL}`,
  `a\\${EVIL}`,
  `a\\"; ${EVIL}; \\"`,
  `a\t${EVIL}`,
  `::error::${EVIL}`,
  `a,${EVIL}`,
  `a=${EVIL}`,
  `*/${EVIL}`,
  `~`,
  `null`,
  `true`,
  `0x10`,
  `1e3`,
  `12:30:45`,
  `__proto__`,
  `constructor`,
  `é ${EVIL}`,
] as const;

/** What a workflow does, without the names in it. */
interface Shape {
  readonly triggers: readonly string[];
  readonly keys: readonly string[];
  readonly jobKeys: readonly string[];
  readonly permissions: readonly string[];
  readonly uses: readonly string[];
  readonly programs: readonly string[];
  readonly inputs: readonly string[];
}

describe('names that somebody else chose', () => {
  let shell: ShellParser;
  let subjects: readonly { readonly sample: string; readonly word: string }[];

  /** What the pipelines of all samples do. */
  let usual: readonly Shape[];

  before(async function () {
    this.timeout(60_000);
    shell = await createParsers().shell();
    const made = new Map<string, readonly string[]>();
    for (const name of sampleNames()) {
      const { texts } = await generate(sampleRepository(name), null, 'main', name);
      made.set(name, Object.values(texts));
    }
    subjects = sampleNames().flatMap((sample) => {
      const others = [...made].filter(([name]) => name !== sample).map(([, texts]) => texts);
      const names = namesThatArrive(sampleRepository(sample), made.get(sample) ?? [], others);
      return [...names, 'staging', 'production'].map((word) => ({ sample, word }));
    });
    assert.ok(subjects.length > 100);
    usual = [...made.values()].flat().map((text) => shapeOf('.github/workflows/sample.yml', text));
  });

  function generate(
    files: Readonly<Record<string, string>>,
    rollout: (typeof ROLLOUTS)[number] | null,
    branch: string,
    owner: string,
  ): ReturnType<typeof generatedFrom> {
    const history = remoteHistory(`https://github.com/${owner}/sample`, branch);
    return generatedFrom(files, { history, settings: { rollout } });
  }

  const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();

  function shapeOf(path: string, text: string): Shape {
    const workflow = readWorkflow(path, text);
    assert.deepEqual(workflow.problems, [], text);
    const data = parse(text, { uniqueKeys: true }) as Record<string, unknown>;
    const jobs = data['jobs'] as Record<
      string,
      Record<string, unknown> & { steps?: Record<string, unknown>[] }
    >;
    const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    const mode = shellModeOf('bash');
    assert.ok(mode);
    const commands = steps.flatMap((step) =>
      typeof step['run'] === 'string' ? readCommands(step['run'], shell, mode) : [],
    );
    const record = (value: unknown): Record<string, unknown> =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    return {
      triggers: workflow.triggers.map(({ event }) => event),
      keys: Object.keys(data),
      jobKeys: distinct(Object.values(jobs).flatMap((job) => Object.keys(job))),
      permissions: distinct(
        Object.values(jobs).flatMap((job) =>
          Object.entries(record(job['permissions'])).map((each) => each.join(': ')),
        ),
      ),
      uses: distinct(
        [...steps, ...Object.values(jobs)].flatMap(({ uses }) => (typeof uses === 'string' ? [uses] : [])),
      ),
      programs: distinct(commands.map(({ words }) => words[0] ?? '')),
      inputs: distinct(
        steps.flatMap((step) => [
          ...Object.keys(step),
          ...Object.keys(record(step['with'])).map((key) => `with ${key}`),
        ]),
      ),
    };
  }

  /** Everything that neither the same repository with a harmless name has, nor any sample. */
  function beyond(hostile: Shape, harmless: readonly Shape[]): readonly string[] {
    const more = (name: string, pick: (shape: Shape) => readonly string[]): readonly string[] => {
      const may = new Set(harmless.flatMap(pick));
      return pick(hostile)
        .filter((each) => !may.has(each))
        .map((each) => `${name} ${each}`);
    };
    return [
      ...more('trigger', ({ triggers }) => triggers),
      ...more('key', ({ keys }) => keys),
      ...more('key of a job', ({ jobKeys }) => jobKeys),
      ...more('permission', ({ permissions }) => permissions),
      ...more('action', ({ uses }) => uses),
      ...more('key of a step', ({ inputs }) => inputs),
      // A script of the repository is called by its path.
      ...more('program', ({ programs }) => programs.filter((program) => !program.includes('/'))),
    ];
  }

  /** Bad in itself, whatever a harmless name gives. */
  function faults(text: string, shape: Shape): readonly string[] {
    const data = parse(text) as { jobs: Record<string, { steps?: { run?: string }[] }> };
    return [
      ...shape.programs.filter((program) => program.includes(EVIL) && !program.includes('/')),
      ...Object.values(data.jobs).flatMap((job) =>
        (job.steps ?? []).flatMap(({ run }) =>
          run?.includes('${{') ? [`a script holds an expression: ${run}`] : [],
        ),
      ),
      ...[...text.matchAll(/\$\{\{(.*?)(\}\}|$)/gms)]
        // A job's id may be made of a name: letters, digits and hyphens.
        .filter(([, inner = '']) => inner.replace(/\b(needs|steps)\.[\w-]+\./g, '').includes(EVIL))
        .map(([whole]) => `an expression: ${whole}`),
    ];
  }

  const payloads = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PAYLOADS) },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.constantFrom('"', "'", '`', '$', '{', '}', '(', ')', ';', '\n', ':', ' ', '#', EVIL), {
          minLength: 2,
          maxLength: 8,
        })
        .map((parts) => parts.join('')),
    },
  );

  it('stay where they are put, whatever they are: things of the repository', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        payloads,
        fc.constantFrom(null, ...ROLLOUTS),
        async (index, payload, rollout) => {
          const { sample, word } = subjects[index % subjects.length] ?? { sample: '', word: '' };
          const files = sampleRepository(sample);
          const harmless = await generate(renamed(files, word, 'harmless'), rollout, 'main', 'acme');
          const { texts } = await generate(renamed(files, word, payload), rollout, 'main', 'acme');
          const place = `${sample}, ${word} named ${JSON.stringify(payload)}`;
          for (const [file, text] of Object.entries(texts)) {
            const shape = shapeOf(`.github/workflows/${file}`, text);
            assert.deepEqual(faults(text, shape), [], `${place}, ${file}\n${text}`);
            const twins = Object.entries(harmless.texts).map(([twin, other]) => shapeOf(twin, other));
            assert.deepEqual(beyond(shape, [...usual, ...twins]), [], `${place}, ${file}\n${text}`);
          }
        },
      ),
      { numRuns: Number(process.env['HOSTILE_RUNS'] ?? 40), seed: SEED },
    );
  }).timeout(600_000);

  it('stay where they are put: branches, owners, and environments that a person names', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), payloads, payloads, payloads, async (index, branch, owner, environment) => {
        const { sample } = subjects[index % subjects.length] ?? { sample: '' };
        const { texts, pipeline } = await generatedFrom(sampleRepository(sample), {
          history: remoteHistory(`https://github.com/${owner}/sample`, branch),
          environments: `qa, ${environment}, production`,
        });
        const place = JSON.stringify({ sample, branch, owner, environment });
        for (const [file, text] of Object.entries(texts)) {
          const shape = shapeOf(file, text);
          assert.deepEqual(faults(text, shape), [], `${place}\n${text}`);
          assert.deepEqual(beyond(shape, usual), [], `${place}\n${text}`);
        }
        for (const { name } of pipeline.plan.environments) assert.match(name, /^[\w.-]+$/);
      }),
      { numRuns: 40, seed: SEED },
    );
  }).timeout(600_000);

  // Each was a name that broke out once.
  for (const [sample, word, name] of [['invoice-engine', 'k8s', `a"; ${EVIL}; "`]] as const) {
    it(`stay where they are put: ${word} of ${sample} named ${name}, and GitHub takes the result`, async () => {
      const { texts } = await generate(renamed(sampleRepository(sample), word, name), null, 'main', 'acme');
      const files = new Map(
        Object.entries(texts).map(([file, text]) => [`.github/workflows/${file}`, text] as const),
      );
      for (const [file, text] of files) assert.deepEqual(faults(text, shapeOf(file, text)), [], file);
      assert.deepEqual((await languageServiceFindings(files)).map(shownFinding), []);
    });
  }
});
