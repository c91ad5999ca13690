import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rules } from '../src/core/rules/index';
import { tasks } from '../src/core/tasks/index';
import manifest from '../package.json';

const begin = '<!-- rules:begin (held to src/core/rules/index.ts by a test) -->';
const end = '<!-- rules:end -->';

/** The formatter pads a table's columns: what counts is the text. */
const squeezed = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();

describe('the README', () => {
  const read = (): string => readFileSync('README.md', 'utf8');

  it('lists the rules that there are', () => {
    const table = [
      '| rule | finds | severity |',
      '| --- | --- | --- |',
      ...rules.map((rule) => `| [${rule.id}](docs/rules/${rule.id}.md) | ${rule.title} | ${rule.severity} |`),
    ].join('\n');
    const text = read();
    const [before = '', rest = ''] = text.split(begin);
    const [listed = '', after = ''] = rest.split(end);
    if (process.env['UPDATE_EXPECTED'] === '1' && squeezed(listed) !== squeezed(table)) {
      writeFileSync('README.md', `${before}${begin}\n\n${table}\n\n${end}${after}`);
      return;
    }
    assert.equal(squeezed(listed), squeezed(table), 'run npm run update-expected');
  });

  it('names every slash command', () => {
    for (const task of tasks) assert.ok(read().includes(`\`/${task.id}\``), task.id);
  });

  it('names only files and scripts that exist', () => {
    const text = read();
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!/^https?:/.test(target)) assert.ok(existsSync(target), target);
    }
    for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g)) {
      assert.ok(Object.hasOwn(manifest.scripts, script), script);
    }
  });
});
