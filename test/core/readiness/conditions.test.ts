import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { CONDITION_IDS } from '../../../src/core/gate/condition-ids';
import { conditions } from '../../../src/core/readiness/conditions/index';

describe('the conditions of readiness', () => {
  const ids = conditions.map(({ id }) => id);

  it('are those that a configuration may name, in the schema too', () => {
    assert.deepEqual([...CONDITION_IDS].sort(), [...ids].sort());
    const schema = JSON.parse(readFileSync('schemas/release-gate.schema.json', 'utf8')) as {
      readonly properties: {
        readonly readiness: {
          readonly properties: {
            readonly conditions: { readonly propertyNames: { readonly enum: readonly string[] } };
          };
        };
      };
    };
    assert.deepEqual(
      [...schema.properties.readiness.properties.conditions.propertyNames.enum].sort(),
      [...ids].sort(),
    );
  });

  it('are what the documentation says meets each requirement of readiness', () => {
    const page = readFileSync('docs/readiness.md', 'utf8');
    const rows = [...page.matchAll(/^\| (S\d-\d\d) +\| (.+?) +\|$/gm)];
    for (const [, row = '', named = ''] of rows) {
      for (const [, id = ''] of named.matchAll(/`([^`]+)`/g)) assert.ok(ids.includes(id), `${row} ${id}`);
    }
    const range = (series: string, from: number, to: number): readonly string[] =>
      Array.from(
        { length: to - from + 1 },
        (_, index) => `${series}-${String(from + index).padStart(2, '0')}`,
      );
    // Those that are no conditions of readiness: the plan and the release itself.
    const left = [...range('S1', 7, 11), 'S1-13', 'S1-14', ...range('S1', 20, 22), 'S3-67'];
    const asked = [
      ...range('S1', 1, 27),
      ...range('S2', 1, 4),
      ...range('S2', 27, 32),
      ...range('S3', 66, 72),
      'S3-82',
      ...range('S4', 16, 23),
    ].filter((row) => !left.includes(row));
    assert.deepEqual(
      rows.map(([, row]) => row),
      asked,
    );
  });

  it('have an id each, and a row in the documentation', () => {
    assert.equal(new Set(ids).size, ids.length);
    const page = readFileSync('docs/readiness.md', 'utf8');
    for (const id of ids) assert.match(page, new RegExp(`^\\| \`${id}\``, 'm'), id);
  });
});
