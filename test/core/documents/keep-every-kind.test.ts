import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outlineOf, type Leaf, type Unit } from '../../../src/core/documents/keep/outline';
import { renderKeepingWritten } from '../../../src/core/documents/keep-written';
import { documentKinds } from '../../../src/core/documents/index';
import type { DocumentKind } from '../../../src/core/documents/document';
import type { DefinedKind } from '../../../src/core/documents/shape/define-kind';
import { dataOfFields } from '../../support/generated-data';

const PATH = 'docs/document.md';
const RUNS = 5;
/** A word that no generated data holds. */
const WORD = 'Qxwritten';

/**
 * Data of a kind without what was told, which goes before what stands there, and without equal paragraphs, of which nobody
 * can tell whether one was taken out.
 */
function dataOf(kind: DefinedKind<unknown>): fc.Arbitrary<object> {
  return dataOfFields(kind.fields)
    .map((data) => ('claims' in data ? { ...data, claims: [] } : data))
    .filter((data) =>
      Object.values(data).every((value) => {
        const paragraphs = typeof value === 'string' ? value.split('\n\n') : [];
        return new Set(paragraphs).size === paragraphs.length;
      }),
    );
}

function leavesOf(unit: Unit): readonly Leaf[] {
  switch (unit.type) {
    case 'table':
      return unit.rows.flatMap(({ cells }) => cells.filter((cell) => cell !== null));
    case 'list':
      return unit.items.flatMap(({ pair, parts }) => [
        ...(pair && unit.isPairs ? [pair.leaf] : []),
        ...parts.filter(({ type }) => type === 'pair').map(({ leaf }) => leaf),
      ]);
    default:
      return [];
  }
}

/** The document with one cell or value of a bullet written over; null where it has none. */
function withWord(kind: DocumentKind<unknown>, text: string, at: number): string | null {
  const leaves = outlineOf(kind.read(PATH, text)).flatMap(({ units }) => units.flatMap(leavesOf));
  const leaf = leaves[at % Math.max(leaves.length, 1)];
  if (!leaf) return null;
  const { start, end } = leaf.span;
  return `${text.slice(0, start)}${start === end ? ` ${WORD} ` : WORD}${text.slice(end)}`;
}

const anew = (kind: DocumentKind<unknown>, data: unknown, existing: string | null): string =>
  renderKeepingWritten(kind, PATH, data, existing).text;

/** Data in which order is no difference. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'string') return value.split('\n\n').sort().join('\n\n');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unordered(each)]));
}

describe('a document of any kind that is made anew', () => {
  for (const kind of documentKinds) {
    if (!isDefined(kind) || kind.isSealed) continue;
    const data = dataOf(kind);

    it(`keeps the ${kind.id} as it is with equal data`, () => {
      fc.assert(
        fc.property(data, (value) => {
          const text = anew(kind, value, null);
          assert.equal(anew(kind, value, text), text);
          // Somebody's remark has it merged, and not written as a whole.
          const touched = `${text}\nA remark.\n`;
          const merged = anew(kind, value, touched);
          assert.equal(merged.replace('\nA remark.\n', ''), text);
          assert.equal(anew(kind, value, merged), merged);
        }),
        { numRuns: RUNS },
      );
    }).timeout(60_000);

    it(`keeps a value that a person wrote into the ${kind.id}`, () => {
      fc.assert(
        fc.property(data, data, fc.nat(), (before, now, at) => {
          const existing = withWord(kind, anew(kind, before, null), at);
          if (existing === null) return;
          const text = anew(kind, now, existing);
          assert.ok(text.includes(WORD), `lost from\n${existing}\nin\n${text}`);
          assert.equal(anew(kind, now, text), text, `a second time changes\n${text}`);
        }),
        { numRuns: RUNS },
      );
    }).timeout(60_000);

    it(`renews what nobody touched in the ${kind.id}`, () => {
      fc.assert(
        fc.property(data, data, (before, now) => {
          const existing = `${anew(kind, before, null)}\nA remark.\n`;
          const text = anew(kind, now, existing);
          const read = (source: string): unknown => unordered(kind.read(PATH, source).data);
          assert.deepEqual(
            read(text.replace('\nA remark.\n', '')),
            read(kind.render(now)),
            `${existing}\nto\n${text}`,
          );
        }),
        { numRuns: RUNS },
      );
    }).timeout(60_000);
  }
});

function isDefined(kind: DocumentKind<unknown>): kind is DefinedKind<unknown> {
  return 'fields' in kind;
}
