import assert from 'node:assert/strict';
import { readFrontMatter } from '../../../src/core/text/front-matter';

describe('front matter', () => {
  it('is YAML between dashes, with the place where the text goes on', () => {
    const text = '---\nkind: runbook\nn: 1\n---\n# Title\n';
    const read = readFrontMatter(text);
    assert.ok(read.ok);
    assert.deepEqual(read.data, { kind: 'runbook', n: 1 });
    assert.equal(text.slice(read.bodyOffset), '# Title\n');
    assert.equal(read.body, '# Title\n');
  });

  it('is read behind a byte order mark and with Windows line ends', () => {
    const text = '\uFEFF---\r\nkind: runbook\r\n---\r\n# T\r\n';
    const read = readFrontMatter(text);
    assert.ok(read.ok);
    assert.deepEqual(read.data, { kind: 'runbook' });
    assert.equal(text.slice(read.bodyOffset), '# T\r\n');
  });

  it('is none where the text begins otherwise, or the dashes are a line across the page', () => {
    for (const text of [
      '',
      '# T\n',
      '----\na: 1\n----\n',
      '---\nno end\n',
      ' ---\na: 1\n---\n',
      '--- a\nb\n---\n',
    ]) {
      const read = readFrontMatter(text);
      assert.ok(read.ok, text);
      assert.deepEqual([read.data, read.bodyOffset], [{}, 0], text);
    }
  });

  it('in JavaScript is refused and never run', () => {
    const target = globalThis as { wasRun?: boolean };
    for (const label of ['js', 'javascript', ' js', 'JS', 'coffee', 'json', 'toml', 'js yaml', '=js']) {
      const text = `---${label}\n{ a: (globalThis.wasRun = true) }\n---\n# T\n`;
      const read = readFrontMatter(text);
      assert.equal(target.wasRun, undefined, label);
      if (read.ok) assert.deepEqual(read.data, {}, label);
      else assert.match(read.message, /only YAML is read/);
    }
    const refused = readFrontMatter('---js\nmodule.exports = {}\n---\n# T\n');
    assert.ok(!refused.ok);
    assert.equal(refused.message, 'The front matter is marked "js", and only YAML is read: it was not run');
    assert.deepEqual(refused.span, { start: 0, end: 5 });
    assert.equal(refused.bodyOffset, '---js\nmodule.exports = {}\n---\n'.length);
  });

  it('that is broken, no map, too long or a bomb of aliases says so', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map(
        (name, index) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdef'[index] ?? ''}`)
            .join(',')}]`,
      ),
    ].join('\n');
    for (const yaml of [
      'a: [',
      '- a\n- b',
      'text',
      `a: ${'x'.repeat(70_000)}`,
      bomb,
      'a: 1\na: 2',
      'a: *nobody',
    ]) {
      const read = readFrontMatter(`---\n${yaml}\n---\n# T\n`);
      assert.ok(!read.ok, yaml.slice(0, 40));
      assert.match(read.message, /^The front matter /);
      assert.ok(read.bodyOffset > 0);
    }
  });

  it('makes plain data of every tag', () => {
    const read = readFrontMatter('---\na: !!js/function "function () { globalThis.wasRun = true }"\n---\n');
    assert.equal((globalThis as { wasRun?: boolean }).wasRun, undefined);
    if (read.ok) assert.equal(typeof read.data['a'], 'string');
  });

  it('refuses what is nested beyond what a person writes, before a parser sees it', () => {
    for (const deep of [`a: ${'['.repeat(30_000)}`, `a:\n${' '.repeat(1500)}b: 1`]) {
      const read = readFrontMatter(`---\n${deep}\n---\nText\n`);
      assert.ok(!read.ok);
      assert.match(read.message, /nested too deeply/);
    }
    assert.ok(readFrontMatter('---\na: [[1], { b: [2] }]\n---\n').ok);
  });
});
