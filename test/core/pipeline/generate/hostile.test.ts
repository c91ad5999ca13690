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
  readonly jobs: number;
  readonly jobKeys: readonly string[];
  readonly steps: number;
  readonly permissions: readonly string[];
  readonly uses: readonly string[];
  readonly programs: readonly string[];
  readonly inputs: readonly string[];
}

describe('names that somebody else chose', () => {
  let shell: ShellParser;
  let subjects: readonly { readonly sample: string; readonly word: string }[];

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
      jobs: Object.keys(jobs).length,
      jobKeys: distinct(Object.values(jobs).flatMap((job) => Object.keys(job))),
      steps: steps.length,
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

  /** Everything of `hostile` that its twin with a harmless name does not have. */
  function beyond(hostile: Shape, harmless: Shape): readonly string[] {
    const more = (name: string, has: readonly string[], may: readonly string[]): readonly string[] =>
      has.filter((each) => !may.includes(each)).map((each) => `${name} ${each}`);
    return [
      ...more('trigger', hostile.triggers, harmless.triggers),
      ...more('key', hostile.keys, harmless.keys),
      ...more('job key', hostile.jobKeys, harmless.jobKeys),
      ...more('permission', hostile.permissions, harmless.permissions),
      ...more('action', hostile.uses, harmless.uses),
      ...more('step key', hostile.inputs, harmless.inputs),
      ...(hostile.jobs > harmless.jobs ? [`${hostile.jobs} jobs, not ${harmless.jobs}`] : []),
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
            const twin = harmless.texts[file];
            // What is no name of anything any more (a file that tools know by it) can change what there is to do.
            if (twin === undefined || /[/.\w]/.test(word) === false) continue;
            const more = beyond(shape, shapeOf(`.github/workflows/${file}`, twin));
            assert.deepEqual(more, [], `${place}, ${file}\n${text}`);
          }
        },
      ),
      {
        numRuns: Number(process.env['HOSTILE_RUNS'] ?? 60),
        seed: Number(process.env['HOSTILE_SEED'] ?? 20261126),
      },
    );
  }).timeout(600_000);
});
