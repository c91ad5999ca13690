import type { Parsers } from '../../../src/core/ports';

/** Parsers for tests in which nothing is parsed; a use is a mistake of the test. */
export function createParsersForTests(): Parsers {
  return {
    shell: () => Promise.reject(new Error('no shell parser in this test')),
    sql: () => Promise.reject(new Error('no SQL parser in this test')),
  };
}
