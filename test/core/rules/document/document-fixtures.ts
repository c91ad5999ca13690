import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createShellParser } from '../../../../src/adapters/shell-parser';
import { documentKinds } from '../../../../src/core/documents/index';
import type { ReadDocument } from '../../../../src/core/documents/document';
import { documentRules } from '../../../../src/core/rules/document/index';
import { judgesKind } from '../../../../src/core/rules/rule';
import type { DocumentRule, GateFacts, RuleFinding } from '../../../../src/core/rules/rule';
import { applyEdits } from '../../../../src/core/text/edit';
import { readFrontMatter } from '../../../../src/core/text/front-matter';

const folder = path.resolve(__dirname, '../../../fixtures/rules');
/** Rules over commands ask it; loaded once. */
const shell = createShellParser();
const isUpdating = process.env['UPDATE_EXPECTED'] === '1';
const noFacts: GateFacts = {
  paths: new Set(),
  profile: null,
  pins: new Map(),
  environments: { production: [], other: [] },
};

/** Reads a document whose front matter names its kind. */
export function readFixture(text: string, file = 'document.md'): ReadDocument {
  const read = readFrontMatter(text);
  assert.ok(read.ok);
  const kind = documentKinds.find((other) => other.recognises(file, read.data));
  assert.ok(kind, 'the front matter names no kind');
  return kind.read(file, text);
}

/** What one rule says of a text. */
export function findingsOf(
  id: string,
  document: ReadDocument,
  more: Partial<GateFacts> = {},
): readonly RuleFinding[] {
  return ruleOf(id).check(document, { ...noFacts, ...more });
}

function ruleOf(id: string): DocumentRule {
  const rule = documentRules.find((other) => other.id === id);
  assert.ok(rule, `${id} is not in the list`);
  return rule;
}

/**
 * Each case of test/fixtures/rules/<id> gives the findings beside it: `fails…` one that blocks, `warns…` only such as do
 * not, `passes…` and `alike…` none. With Windows line ends the same is found. A fix is the end of its finding, and adds
 * none but for the count of what is unknown.
 */
export function describeDocumentFixtures(
  id: string,
  factsOf: (name: string) => Partial<GateFacts> = () => ({}),
): void {
  describe(`${id}: fixtures`, () => {
    const cases = fs.readdirSync(path.join(folder, id)).filter((name) => name.endsWith('.md'));
    for (const kind of ['passes', 'alike'])
      assert.ok(
        cases.some((name) => name.startsWith(kind)),
        kind,
      );
    for (const name of cases) {
      it(name.replace(/\.md$/, ''), async () => {
        const file = path.join(folder, id, name);
        const text = fs.readFileSync(file, 'utf8');
        const facts = { shell: await shell, ...factsOf(name) };
        const found = judged(id, text, facts);
        const blocks = found.some((finding) => (finding.severity ?? ruleOf(id).severity) === 'block');
        if (name.startsWith('fails')) assert.ok(blocks, 'nothing blocks');
        else if (name.startsWith('warns')) assert.ok(found.length > 0 && !blocks);
        else
          assert.deepEqual(
            found.map(({ message }) => message),
            [],
          );
        const brief = found.map((finding) => describeFinding(id, text, finding));
        const expected = file.replace(/\.md$/, '.expected.json');
        if (isUpdating) fs.writeFileSync(expected, `${JSON.stringify(brief, null, 2)}\n`);
        assert.deepEqual(brief, JSON.parse(fs.readFileSync(expected, 'utf8')));
        const windows = text.replace(/\n/g, '\r\n');
        assert.deepEqual(
          judged(id, windows, facts).map((finding) => describeFinding(id, windows, finding)),
          brief,
        );
        for (const each of [text, windows]) checkFixes(id, each, facts);
      });
    }
  });
}

function judged(id: string, text: string, facts: Partial<GateFacts>): readonly RuleFinding[] {
  return findingsOf(id, readFixture(text), facts);
}

function describeFinding(id: string, text: string, finding: RuleFinding): object {
  const { lines } = readFixture(text);
  const range = finding.span ? lines.rangeOf(finding.span) : null;
  return {
    severity: finding.severity ?? ruleOf(id).severity,
    message: finding.message,
    place: range ? `${range.start.line}:${range.start.column}-${range.end.line}:${range.end.column}` : null,
    evidence: (finding.evidence ?? []).map(({ message }) => message),
    fix: finding.fix ? `${finding.fix.kind}: ${finding.fix.title}` : null,
  };
}

function checkFixes(id: string, text: string, facts: Partial<GateFacts>): void {
  for (const finding of judged(id, text, facts)) {
    const fix = finding.fix;
    if (!fix) continue;
    const fixed = applyEdits(
      text,
      fix.edits.flatMap(({ edits }) => edits),
    );
    assert.ok(
      judged(id, fixed, facts).filter(({ message }) => message === finding.message).length <
        judged(id, text, facts).filter(({ message }) => message === finding.message).length,
      `after "${fix.title}" the finding is still there:\n${fixed}`,
    );
    for (const rule of documentRules) {
      if (rule.id === 'unresolved-placeholder') continue;
      const count = (of: string) =>
        judgesKind(rule, readFixture(of).kind)
          ? rule.check(readFixture(of), { ...noFacts, ...facts }).length
          : 0;
      assert.ok(count(fixed) <= count(text), `"${fix.title}" adds a finding of ${rule.id}:\n${fixed}`);
    }
    if (text.includes('\r\n')) assert.ok(!/[^\r]\n/.test(fixed), `"${fix.title}" mixes line ends`);
    // Everything that was there is there, save for what the fix replaces.
    let rest = fixed;
    for (const line of text.split(/\r?\n/).filter(
      (each) =>
        !fix.edits.some(({ edits }) =>
          edits.some(
            ({ span }) =>
              span.end > span.start &&
              text
                .slice(span.start, span.end)
                .split(/\r?\n/)
                .some((part) => each.includes(part)),
          ),
        ),
    )) {
      const at = rest.indexOf(line);
      assert.ok(at >= 0, `"${fix.title}" loses "${line}"`);
      rest = rest.slice(at + line.length);
    }
  }
}
