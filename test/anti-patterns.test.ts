import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pageOf, rules } from '../src/core/rules/index';

/** The ten of the requirement, in its order. */
const ANTI_PATTERNS = [
  'Snowflake environments',
  'Secrets in code',
  'Pipeline as afterthought',
  'Manual deployment heroics',
  'Ignoring rollback',
  'Configuration sprawl',
  'Over-permissioned pipelines',
  'Silent pipeline failures',
  'Environment-specific builds',
  'Tribal-knowledge operations',
];

describe('the page on anti-patterns', () => {
  const page = readFileSync('docs/anti-patterns.md', 'utf8');
  const sections = new Map(
    page.split(/^## /m).map((section): [string, string] => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end)];
    }),
  );
  const linked = (text: string): string[] =>
    [...text.matchAll(/\[([\w-]+)\]\((rules\/[\w-]+\.md)\)/g)].map(([, id = '', target = '']) => {
      assert.equal(`docs/${target}`, pageOf(id));
      return id;
    });

  it('has a section for each of the ten, with a rule that finds it and what cannot be seen', () => {
    assert.deepEqual([...sections.keys()].slice(1), ANTI_PATTERNS);
    for (const name of ANTI_PATTERNS) {
      const section = sections.get(name) ?? '';
      assert.ok(linked(section).length > 0, name);
      assert.ok(section.includes('Not seen:'), name);
    }
  });

  it('links rules that exist, each by its page', () => {
    const ids = rules.map((rule) => rule.id);
    for (const id of linked(page)) assert.ok(ids.includes(id), id);
  });
});
