import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { workflowText, type WorkflowSpec } from '../../../../src/core/pipeline/generate/workflow-text';

/** Words that YAML 1.1 reads as something else than text, and some that only look so. */
const WORDS = [
  'on',
  'Off',
  'yes',
  'NO',
  'y',
  'n',
  'null',
  '~',
  '1e3',
  '0x10',
  '0o17',
  '017',
  '3.10',
  '1_000',
  '12:30:45',
  '.5',
  '.inf',
  '.nan',
  '2026-11-26',
  '<<',
  '=',
  'one',
  'north',
  'v1.10',
];

interface Read {
  readonly jobs: Record<string, { name: unknown; steps: { 'working-directory': unknown; run: unknown }[] }>;
}

function workflow(text: string, comment = 'Made by a test.'): WorkflowSpec {
  return {
    comment,
    name: 'Pipeline',
    on: { push: { branches: ['main'] } },
    jobs: [
      {
        id: 'job',
        name: text,
        permissions: {},
        timeoutMinutes: 5,
        steps: [{ name: 'Step', workingDirectory: text, run: text }],
      },
    ],
  };
}

describe('the text of a generated workflow', () => {
  it('keeps text as text for readers of YAML 1.1 too, and writes `on` as people do', () => {
    for (const word of WORDS) {
      const text = workflowText(workflow(word));
      for (const version of ['1.1', '1.2'] as const) {
        const { jobs } = parse(text, { version, merge: version === '1.1' }) as Read;
        assert.equal(jobs['job']?.name, word, `${word} in YAML ${version}\n${text}`);
        assert.equal(jobs['job'].steps[0]?.['working-directory'], word);
      }
      assert.match(text, /^on:$/m);
    }
    assert.match(workflowText(workflow('one')), /name: one$/m);
  });

  it('never lets a comment end early or become an expression', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(
            'a\nb: c',
            '${{ secrets.X }}',
            'x\r\ny',
            'a\u2028b',
            'a\u0085b',
            '# #',
            '\ud800',
            '- x',
          ),
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc
            .array(fc.constantFrom('word', '${{', 'a-very-long-path/'.repeat(12)), { maxLength: 60 })
            .map((words) => words.join(' ')),
        ),
        (note) => {
          const text = workflowText(workflow('x', `First line.\n- ${note}`));
          assert.ok(!text.includes('${{'), text);
          const head = text.slice(0, text.indexOf('\nname: Pipeline'));
          for (const line of head.split(/\r\n|[\n\r\u0085\u2028\u2029]/)) assert.match(line, /^(#.*)?$/);
          assert.deepEqual(Object.keys(parse(text) as object), [
            'name',
            'on',
            'permissions',
            'defaults',
            'jobs',
          ]);
        },
      ),
    );
  });

  it('wraps what is assumed, a line of a list under its own text', () => {
    const text = workflowText(workflow('x', `Made.\n- ${'word '.repeat(40).trim()}`));
    assert.deepEqual(text.split('\n').slice(0, 3), [
      '# Made.',
      `# - ${'word '.repeat(21).trim()}`,
      `#   ${'word '.repeat(19).trim()}`,
    ]);
  });

  it('refuses an expression where the text of a repository stands', () => {
    assert.throws(() => workflowText(workflow('${{ github.token }}')), RangeError);
  });
});
