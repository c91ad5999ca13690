import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { createParsers } from '../../../../src/adapters/parsers';
import { extractRepeatedJobs, type ExtractionResult } from '../../../../src/core/pipeline/extract/extract';
import type { ShellParser } from '../../../../src/core/ports';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { inlinedAndBefore } from './written-inliner';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

let shell: ShellParser;
before(async () => {
  shell = await createParsers().shell();
});

function extract(texts: readonly string[], paths: readonly string[]): ExtractionResult {
  const workflows = texts.map((text, index) => readWorkflow(paths[index] ?? '', text));
  for (const workflow of workflows) assert.deepEqual(workflow.problems, []);
  return extractRepeatedJobs({
    workflows: workflows.map((workflow) => ({ repository: '', workflow })),
    paths: new Map([['', new Set(paths)]]),
    shell,
    referTo: () => assert.fail('there is one repository'),
    home: null,
  });
}

/** What people and attackers write: quotes, expressions, line breaks, YAML's own characters, what looks like a number. */
const hostile = fc.oneof(
  fc.constantFrom(
    "it's",
    '"quoted"',
    '${{ github.sha }}',
    "${{ format('{0}}}', github.sha) }}",
    '${{ github.workspace }}/x',
    '${{ secrets.A }}',
    '${{ secrets.B }}',
    '${{ vars.REGION }}',
    '${{ env.X }}',
    'a: b',
    '- c',
    '# no comment',
    'x # y',
    '*alias',
    '&anchor',
    '!tag',
    '%d',
    '@at',
    '`tick`',
    '{ a: b }',
    '[a]',
    '| pipe',
    '> fold',
    '? what',
    '',
    ' ',
    'true',
    'null',
    '3.10',
    '007',
    '1e3',
    '0x1F',
    'two\nlines',
    'ends with a break\n',
    '\n begins',
    'tab\there',
    'ümläut 🚀',
    '$(rm -rf /)',
    '`id`',
    '"; exit 1; "',
    '}}',
    '${{ never closed',
  ),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
);

/** Scripts that are alike but for words, in places where a variable is the same and in places where it is not. */
const scripts: readonly ((word: string, odd: string) => string)[] = [
  (word) => `./deploy.sh ${word} --to eu`,
  (word) => `echo "deploying ${word} now" && ./deploy.sh`,
  (word) => `echo 'literally ${word} here' it is`,
  (word) => `set -eu\nfor file in a b c; do\n  ./push.sh "$file" services/${word}/dist\ndone\n`,
  (word) => `cat <<EOF\nservice ${word} of ours\nEOF\n`,
  (word) => `export NAME_${word.replaceAll('-', '_')}=1 other words`,
  (word) => `curl -fsS https://${word}.example/healthz`,
  (_, odd) => `echo some words that stay ${odd.split('\n')[0] ?? ''}`,
];

const shape = fc.record({
  jobs: fc.integer({ min: 1, max: 4 }),
  needs: fc.array(fc.nat(10), { minLength: 4, maxLength: 4 }),
  script: fc.array(fc.nat(scripts.length - 1), { minLength: 4, maxLength: 4 }),
  condition: fc.array(fc.constantFrom('', "github.ref == 'refs/heads/main'", 'failure()', 'always()'), {
    minLength: 4,
    maxLength: 4,
  }),
  environment: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  matrix: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  permissions: fc.constantFrom('none', 'top', 'some', 'all'),
  top: fc.boolean(),
  other: fc.boolean(),
  read: fc.boolean(),
});

const caller = fc.record({
  word: fc.stringMatching(/^[a-z][a-z0-9-]{1,8}$/),
  value: hostile,
  variable: hostile,
  minutes: fc.integer({ min: 1, max: 360 }),
  prefix: fc.constantFrom('', 'x'),
  isReversed: fc.boolean(),
  isWindows: fc.boolean(),
  isFlow: fc.boolean(),
  indent: fc.constantFrom(2, 4),
});

type ShapeOf<T> = T extends fc.Arbitrary<infer V> ? V : never;

function workflowOf(form: ShapeOf<typeof shape>, own: ShapeOf<typeof caller>): string {
  const id = (index: number): string => `${own.prefix}job${index}`;
  const jobs: [string, Json][] = Array.from({ length: form.jobs }, (_, index): [string, Json] => {
    const needs = index > 0 ? [...new Set([(form.needs[index] ?? 0) % index])].map(id) : [];
    const job: [string, Json][] = [
      ...(needs.length > 0 ? [['needs', needs.length === 1 && own.isFlow ? (needs[0] ?? '') : needs]] : []),
      ...(form.condition[index] ? [['if', form.condition[index] ?? '']] : []),
      ['runs-on', 'ubuntu-24.04'],
      ['timeout-minutes', own.minutes],
      ...(form.matrix[index] ? [['strategy', { matrix: { v: ['a', 'b'] } }]] : []),
      ...(form.environment[index] ? [['environment', 'production']] : []),
      ...(form.permissions === 'all' || (form.permissions === 'some' && index === 0)
        ? [['permissions', { contents: 'read' }]]
        : []),
      ['env', { V: own.variable }],
      [
        'steps',
        [
          {
            uses: 'actions/checkout@v4',
            with: { ref: own.value, v: form.matrix[index] ? '${{ matrix.v }}' : 'w' },
          },
          {
            ...(index % 2 === 0 ? { name: `Run ${own.word}` } : {}),
            run: (scripts[form.script[index] ?? 0] ?? String)(own.word, own.value),
            ...(form.read && needs.length > 0
              ? { env: { R: `\${{ needs.${needs[0] ?? ''}.result }}` } }
              : {}),
          },
        ],
      ],
    ] as [string, Json][];
    return [id(index), Object.fromEntries(own.isReversed ? job.reverse() : job)];
  });
  const all: Json = {
    name: `Workflow of ${own.word}`,
    on: { push: { branches: ['main'] } },
    ...(form.permissions === 'top' || form.permissions === 'some'
      ? { permissions: { contents: 'read' } }
      : {}),
    ...(form.top ? { env: { TOP: own.word }, defaults: { run: { shell: 'bash' } } } : {}),
    jobs: {
      ...Object.fromEntries(own.isReversed ? jobs.reverse() : jobs),
      ...(form.other ? { notes: { 'runs-on': 'ubuntu-24.04', steps: [{ run: `echo ${own.word}` }] } } : {}),
    },
  };
  const text = stringify(all, {
    indent: own.indent,
    lineWidth: 0,
    defaultStringType: own.isFlow ? 'QUOTE_SINGLE' : 'PLAIN',
  });
  return own.isWindows ? text.replaceAll('\n', '\r\n') : text;
}

describe('extraction, over random workflows', () => {
  const cases = fc.tuple(shape, fc.array(caller, { minLength: 2, maxLength: 4 }));

  it('is the inverse of inlining, keeps all else, gives the same bytes twice and finds nothing more', () => {
    let extracted = 0;
    fc.assert(
      fc.property(cases, ([form, callers]) => {
        const texts = callers.map((own) => workflowOf(form, own));
        const paths = texts.map((_, index) => `.github/workflows/w${index}.yml`);
        const result = extract(texts, paths);
        extracted += result.extractions.length;
        assert.deepEqual(extract(texts, paths), result);
        const before = (_: string, at: string): string => texts[paths.indexOf(at)] ?? '';
        const after = (_: string, at: string): string =>
          result.changed.find((file) => file.path === at)?.after ?? before('', at);
        for (const extraction of result.extractions) {
          assert.deepEqual(readWorkflow(extraction.path, extraction.text).problems, []);
          for (const pair of inlinedAndBefore(extraction, before, after))
            assert.deepEqual(pair.inlined, pair.before);
        }
        for (const { path: at, before: was, after: is } of result.changed) {
          const gone = new Set(
            result.extractions
              .flatMap((one) => one.callers)
              .filter((one) => one.path === at)
              .flatMap((one) => one.jobs),
          );
          const calls = new Set(
            result.extractions
              .flatMap((one) => one.callers)
              .filter((one) => one.path === at)
              .map((one) => one.job),
          );
          assert.deepEqual(rest(is, calls), rest(was, gone));
          assert.equal(is.includes('\r\n'), was.includes('\r\n'));
          // Whatever line is left was there before; what is new belongs to a call.
          const known = new Set(was.split(/\r?\n/));
          const added = is.split(/\r?\n/).filter((line) => !known.has(line));
          const written = added.join('\n');
          assert.ok(!/^\S/m.test(written), written);
        }
        const all = [...texts.map((text, index) => after('', paths[index] ?? '') || text)];
        const made = result.extractions;
        const again = extract(
          [...all, ...made.map(({ text }) => text)],
          [...paths, ...made.map((one) => one.path)],
        );
        assert.deepEqual(again.extractions, []);
      }),
      { numRuns: 60, seed: 20261126 },
    );
    // The property says nothing where nothing is extracted.
    assert.ok(extracted > 15, `${extracted} extractions`);
  });
});

function rest(text: string, left: ReadonlySet<string>): unknown {
  const root = parse(text) as { readonly jobs: Readonly<Record<string, unknown>> };
  return {
    ...root,
    jobs: Object.fromEntries(Object.entries(root.jobs).filter(([id]) => !left.has(id))),
  };
}
