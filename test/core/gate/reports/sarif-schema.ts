import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv, { type ValidateFunction } from 'ajv';

let validate: ValidateFunction | null = null;

/** Holds a SARIF file against the standard's own schema, and names the first few places that are wrong. */
export function assertSarif(text: string): void {
  if (!validate) {
    // The schema is draft 4, whose `id` later drafts call `$id`; nothing else in it differs for the validator.
    const schema = JSON.parse(readFileSync('test/fixtures/sarif/sarif-2.1.0-rtm.5.json', 'utf8')) as Record<
      string,
      unknown
    >;
    delete schema['id'];
    delete schema['$schema'];
    validate = new Ajv({
      strict: false,
      unicodeRegExp: false,
      allErrors: true,
      formats: { uri: true, 'uri-reference': true, 'date-time': true },
    }).compile(schema);
  }
  const isValid = validate(JSON.parse(text));
  const errors = (validate.errors ?? []).slice(0, 5);
  assert.ok(isValid, errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join('\n'));
}
