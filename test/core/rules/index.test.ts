import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import {
  gateRules,
  pageOf,
  partsOfGitHub,
  ruleOf,
  rules,
  rulesOfGitHub,
  workflowRules,
} from '../../../src/core/rules/index';
import { nearMiss } from '../../../src/core/rules/near-miss';

const root = path.resolve(__dirname, '../../..');
const inRoot = (...parts: string[]): string => path.join(root, ...parts);
const isUpdating = process.env['UPDATE_EXPECTED'] === '1';

const PAGE_SECTIONS = ['Why', 'How it decides', 'What it cannot see', 'How to fix', 'How to waive'];

describe('the rules', () => {
  it('have ids of the house, each once, and none that needs the network', () => {
    const ids = rules.map((rule) => rule.id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const id of ids) assert.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
    for (const { id } of rulesOfGitHub) assert.equal(ruleOf(id), null);
  });

  it('are listed as not asked where only GitHub could tell, each once', () => {
    const ids = [...rulesOfGitHub, ...partsOfGitHub].map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(ids.sort(), [
      'admins-can-bypass',
      'approval-blocks-queue',
      'environment-without-reviewers',
      'no-deployment-branch-policy',
      'no-wait-timer',
      'reviewers-not-enforceable',
      'self-review-allowed',
      'unknown-environment',
    ]);
  });

  it('say what they are and why, in plain sentences', () => {
    for (const rule of rules) {
      assert.match(rule.title, /^[A-Z].*[^.!]$/, rule.id);
      assert.match(rule.why, /^[A-Z].*\.$/, rule.id);
    }
  });

  it('each have a page with every section, and there is no other page', () => {
    const pages = fs.readdirSync(inRoot('docs/rules')).filter((name) => name !== 'README.md');
    assert.deepEqual(pages.sort(), rules.map((rule) => `${rule.id}.md`).sort());
    for (const rule of rules) {
      const page = fs.readFileSync(inRoot(pageOf(rule.id)), 'utf8');
      assert.ok(page.startsWith(`# ${rule.id}\n`), rule.id);
      const prose = page.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1/gm, '');
      const sections = [...prose.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
      assert.deepEqual(sections, PAGE_SECTIONS, rule.id);
    }
  });

  it('that read files each have a module, a test and fixtures of their own', () => {
    for (const rule of workflowRules) {
      assert.ok(fs.existsSync(inRoot(`src/core/rules/workflow/${rule.id}.ts`)), rule.id);
      assert.ok(fs.existsSync(inRoot(`test/core/rules/workflow/${rule.id}.test.ts`)), rule.id);
      const cases = fs.readdirSync(inRoot('test/fixtures/rules', rule.id));
      for (const kind of ['fails', 'passes', 'alike']) {
        assert.ok(
          cases.some((name) => name.startsWith(kind)),
          `${rule.id} has no case that ${kind}`,
        );
      }
    }
    for (const rule of gateRules) {
      assert.ok(fs.existsSync(inRoot(`src/core/rules/gate/${rule.id}.ts`)), rule.id);
    }
  });

  it('are listed in docs/rules/README.md as they are', () => {
    const rows = rules.map((rule) => `| [${rule.id}](${rule.id}.md) | ${rule.title} | ${rule.severity} |`);
    // The formatter pads the table's columns: what counts is the text.
    const squeezed = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
    const index = [
      '# Rules',
      '',
      'What the gate looks for, in the order of its report. `block` stops a release, `warn` asks for a look, `info` tells.',
      'A blocking rule over workflows blocks only on the way to production; elsewhere the same finding is a warning.',
      'Severities can be changed, and findings waived, as [configuration](../configuration.md) says.',
      '',
      '| rule | finds | severity |',
      '| --- | --- | --- |',
      ...rows,
      '',
      "What only GitHub's API can tell is named in every report as not checked:",
      '',
      ...[...rulesOfGitHub, ...partsOfGitHub].map(({ id, needs }) => `- ${id}: needs ${needs}`),
      '',
    ].join('\n');
    const file = inRoot('docs/rules/README.md');
    const isCurrent = (): boolean =>
      fs.existsSync(file) && squeezed(fs.readFileSync(file, 'utf8')) === squeezed(index);
    if (isUpdating && !isCurrent()) fs.writeFileSync(file, index);
    assert.ok(isCurrent(), 'run npm run update-expected');
  });

  it('are the ids that the schema of the configuration takes', () => {
    const file = inRoot('schemas/release-gate.schema.json');
    const schema = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      definitions: { ruleId: { enum: string[] } };
    };
    const ids = [...rules.map((rule) => rule.id), ...rulesOfGitHub.map((rule) => rule.id)];
    if (isUpdating && JSON.stringify(schema.definitions.ruleId.enum) !== JSON.stringify(ids)) {
      schema.definitions.ruleId.enum = ids;
      fs.writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
    }
    assert.deepEqual(schema.definitions.ruleId.enum, ids, 'run npm run update-expected');
  });
});

describe('a near miss', () => {
  it('is the closest known name, if it is close', () => {
    assert.equal(nearMiss('unpined-action', ['unpinned-action', 'no-rollback-path']), 'unpinned-action');
    assert.equal(nearMiss('Enviroments', ['environments', 'rules']), 'environments');
    assert.equal(nearMiss('something-else', ['unpinned-action']), null);
    assert.equal(nearMiss('', ['a']), null);
    assert.equal(nearMiss('x'.repeat(10_000), ['a']), null);
  });
});
