import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { documentKinds } from '../src/core/documents/index';
import { conditions } from '../src/core/readiness/conditions/index';
import { rules } from '../src/core/rules/index';
import { documents } from '../src/core/tasks/index';
import { DONE_ITEMS, SELF_REVIEW_QUESTIONS } from '../src/core/tasks/reports/questions';

const text = readFileSync(path.join(__dirname, '..', 'docs', 'documents.md'), 'utf8');
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const codesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
const rowsUnder = (heading: string): string[][] => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map(cellsOf);
};

/** The rows of the requirements that are about documents. */
const asked: readonly string[] = [
  ...range('S0', 15, 18),
  ...range('S0', 37, 45),
  ...range('S0', 54, 59),
  ...range('S0', 73, 74),
  ...range('S1', 28, 33),
  ...range('S2', 5, 10),
  ...range('S2', 18, 25),
  ...range('S2', 39, 42),
  ...range('S2', 47, 48),
  ...range('S3', 1, 63),
  ...range('S3', 79, 88),
  'S3-94',
];

function range(group: string, first: number, last: number): string[] {
  return Array.from(
    { length: last - first + 1 },
    (_, at) => `${group}-${String(first + at).padStart(2, '0')}`,
  );
}

describe('docs/documents.md', () => {
  it('lists every kind once', () => {
    const listed = rowsUnder('Kinds').map(([kind = '']) => codesOf(kind)[0]);
    assert.deepEqual([...listed].sort(), documentKinds.map(({ id }) => id).sort());
  });

  it('leaves no kind that nobody can reach', () => {
    const written = new Set(documents.map(({ kind }) => kind));
    const recorded = rowsUnder('Kinds')
      .filter(([, , reached = '']) => / record`|^written by a run /.test(reached))
      .map(([kind = '']) => codesOf(kind)[0]);
    for (const { id } of documentKinds) assert.ok(written.has(id) || recorded.includes(id), id);
  });

  it('says what answers each question of the self-review and of the definition of done', () => {
    const rows = rowsUnder('What answers the self-review and the definition of done').filter(
      ([question = '']) => question !== 'Question' && !/^-+$/.test(question),
    );
    const questions = [...SELF_REVIEW_QUESTIONS, ...DONE_ITEMS];
    assert.deepEqual(
      rows.map(([question]) => question),
      questions.map(({ question }) => question),
    );
    rows.forEach(([question, answered = ''], at) => {
      const { rules: named = [], rulesAnywhere = [], conditions: held = [] } = questions[at] ?? {};
      const ids = [...named, ...rulesAnywhere, ...held];
      assert.deepEqual(
        codesOf(answered).filter((code) => !code.includes(' ')),
        ids,
        question,
      );
    });
  });

  it('leads from every requirement on documents to kinds, sections, fields, rules and conditions that exist', () => {
    const rows = rowsUnder('From requirement to document');
    assert.deepEqual(
      rows.map(([row = '']) => row),
      asked,
    );
    const judges = new Set([...rules, ...conditions].map(({ id }) => id));
    const faults: string[] = [];
    for (const [row = '', , kindCell = '', whereCell = '', ruleCell = ''] of rows) {
      const kinds = codesOf(kindCell).map((id) => {
        const kind = documentKinds.find((other) => other.id === id);
        assert.ok(kind, `${row}: no kind ${id}`);
        return kind;
      });
      assert.ok(kinds.length > 0 || kindCell === 'every kind', `${row}: no kind`);
      const names = new Set(
        kinds.flatMap((kind) => [
          ...kind.sections.map(({ title }) => title),
          ...('fields' in kind ? Object.keys(kind.fields as object) : []),
        ]),
      );
      const where = kindCell === 'every kind' ? [] : codesOf(whereCell);
      for (const name of where) if (!names.has(name)) faults.push(`${row}: no section or field ${name}`);
      for (const id of codesOf(ruleCell))
        if (!judges.has(id)) faults.push(`${row}: no rule or condition ${id}`);
      if (whereCell === '–' && codesOf(ruleCell).length === 0) faults.push(`${row}: nothing holds it`);
    }
    assert.deepEqual(faults, []);
  });
});
