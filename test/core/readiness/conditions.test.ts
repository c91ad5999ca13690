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

  it('have an id each, and a row in the documentation', () => {
    assert.equal(new Set(ids).size, ids.length);
    const page = readFileSync('docs/readiness.md', 'utf8');
    for (const id of ids) assert.match(page, new RegExp(`^\\| \`${id}\``, 'm'), id);
  });
});
