import { secretColumns } from '../../documents/secrets-rotation-plan/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { isCalled } from '../../evidence/secrets/secret-inventory';
import type { Span } from '../../text/position';
import { nearMiss } from '../near-miss';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';

/** The rotation plan lists a secret that no file of the repository names. */
export const rule: DocumentRule = {
  id: 'listed-secret-unused',
  title: 'The rotation plan lists a secret that nothing uses',
  severity: 'warn',
  why: 'What is listed under another name than it is used by is not found when it leaks, and what is used no more should be revoked, not rotated.',
  subject: 'document',
  kinds: ['secrets-rotation-plan'],
  check: (document, { secrets, unreadWorkflows = [] }): readonly RuleFinding[] => {
    // Where the repository names no secret by which the plan could be meant, it is about other places.
    if (!secrets || secrets.known.length === 0) return [];
    const listed = readTable(blocksOf(document, 'inventory'), secretColumns);
    const isListed = (name: string): boolean =>
      listed.some(({ cells }) => cells.secret.trim().toLowerCase() === name.toLowerCase());
    return listed.flatMap(({ cells, cellSpan }): RuleFinding[] => {
      const name = cells.secret.trim();
      // A name in words is for people: only what could stand in a file can be missed there.
      if (!/^[A-Za-z][\w.-]{2,99}$/.test(name)) return [];
      if (secrets.known.some((secret) => isCalled(secret, name))) return [];
      const near = nearMiss(
        name,
        secrets.known.map((secret) => secret.name).filter((other) => !isListed(other)),
      );
      if (near === null && (!secrets.isComplete || unreadWorkflows.length > 0)) return [];
      const span = within(document.text, cellSpan('secret'), name);
      return [
        {
          message:
            near === null
              ? `No workflow, manifest or settings file names the secret ${quoted(name)}: revoke it and take it out, or say where it is used`
              : `No workflow, manifest or settings file names the secret ${quoted(name)}: ${quoted(near)} may be meant`,
          path: document.path,
          span,
          status: 'fail',
          // It may be used where no file of this repository shows it.
          ...(near === null ? { severity: 'info' as const } : {}),
          ...(near !== null && document.text.slice(span.start, span.end) === name
            ? {
                fix: {
                  kind: 'proposed',
                  title: `Write ${quoted(near)} in the place of ${quoted(name)}`,
                  edits: [{ path: document.path, edits: [{ span, text: near }] }],
                },
              }
            : {}),
        },
      ];
    });
  },
};

function within(text: string, span: Span, word: string): Span {
  const at = text.slice(span.start, span.end).indexOf(word);
  return at < 0 ? span : { start: span.start + at, end: span.start + at + word.length };
}
