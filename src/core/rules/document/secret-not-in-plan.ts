import { secretColumns } from '../../documents/secrets-rotation-plan/columns';
import type { ReadDocument } from '../../documents/document';
import type { SecretsRotationPlan } from '../../documents/secrets-rotation-plan/secrets-rotation-plan';
import { cellCode } from '../../documents/markdown/write';
import { isCalled, type KnownSecret } from '../../evidence/secrets/secret-inventory';
import type { DocumentRule, GateFacts, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { insertRow } from './edits/insert-row';

/** More places than this say nothing more. */
const MAX_EVIDENCE = 5;

/** A secret that files of the repository name is in no rotation plan. */
export const rule: DocumentRule = {
  id: 'secret-not-in-plan',
  title: 'A secret is not in the rotation plan',
  severity: 'warn',
  why: 'A secret that no plan lists is rotated by nobody, and when it leaks nobody knows what depends on it.',
  subject: 'document',
  kinds: ['secrets-rotation-plan'],
  check: (document, facts): readonly RuleFinding[] => {
    if (!facts.secrets || !isFirst(document, facts)) return [];
    const plans = (facts.documents ?? []).filter(({ kind }) => kind === document.kind);
    const span = document.sections.find(({ id }) => id === 'inventory')?.headingSpan ?? null;
    return facts.secrets.known
      .filter((secret) => !plans.some((plan) => isListed(secret, plan)))
      .map((secret): RuleFinding => {
        const places = [...secret.uses, ...secret.storages];
        const [first] = places;
        const edit = insertRow(
          document,
          'inventory',
          secretColumns,
          { secret: cellCode(secret.name) },
          secret.name,
        );
        return {
          message: `The secret ${quoted(secret.name)}${first ? ` (${first.source.path}${first.source.range ? `:${first.source.range.start.line}` : ''})` : ''} is not in the plan: add it with cadence and who rotates it${secret.certainty === 'by-name' ? ', if it is a secret; only its name says so' : ''}`,
          path: document.path,
          span,
          status: 'fail',
          ...(secret.certainty === 'by-name' ? { severity: 'info' as const } : {}),
          evidence: places.slice(0, MAX_EVIDENCE).map(({ source, ...place }) => ({
            message: 'usedBy' in place ? `Used by ${place.usedBy}` : `Kept in ${place.manager}`,
            path: source.path,
            span: null,
            ...(source.range ? { range: source.range } : {}),
          })),
          ...(edit
            ? {
                fix: {
                  kind: 'proposed',
                  title: `List ${quoted(secret.name)} with what is needed`,
                  edits: [{ path: document.path, edits: [edit] }],
                },
              }
            : {}),
        };
      });
  },
};

/** Of several plans the first speaks for all: a secret has to be in one of them. */
function isFirst(document: ReadDocument, { documents = [] }: GateFacts): boolean {
  return documents.find(({ kind }) => kind === document.kind)?.path === document.path;
}

/** By a row, a procedure, or by its name anywhere in the document: people lay such plans out in many ways. */
function isListed(secret: KnownSecret, plan: ReadDocument): boolean {
  const { inventory, procedures } = plan.data as SecretsRotationPlan;
  const names = [...inventory.map((row) => row.secret), ...procedures.map((each) => each.secret)];
  if (names.some((name) => isCalled(secret, name))) return true;
  // A variable called by one plain word ("TOKEN") is a word of any text.
  const own = [secret.name, ...secret.uses.flatMap(({ as }) => (as !== null && /[_-]/.test(as) ? [as] : []))];
  return own.some((name) =>
    new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`).test(plan.text),
  );
}
