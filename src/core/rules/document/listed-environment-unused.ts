import { isMistyped } from '../near-miss';
import type { DocumentRule, GateFacts, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { deployedEnvironments, rowsOfMatrix, sameEnvironment } from './environment-names';

/** Nobody deploys to these by a workflow. */
const BY_HAND = /^(?:local|localhost|laptop|sandbox|preview|review|ephemeral|dev(?:elopment)?|ci)\b/i;

/** The matrix lists an environment that nothing of the repository knows. */
export const rule: DocumentRule = {
  id: 'listed-environment-unused',
  title: 'The matrix lists an environment that nothing deploys to',
  severity: 'warn',
  why: 'A matrix that lists what is gone, or under another name, sends people to the wrong place.',
  subject: 'document',
  kinds: ['environment-matrix'],
  check: (document, facts): readonly RuleFinding[] => {
    const { known, isComplete } = deployedEnvironments(facts);
    if (known.length === 0) return [];
    const rows = rowsOfMatrix(document);
    const used = new Set(known.map(({ name }) => sameEnvironment(name)));
    const listed = new Set(rows.map(({ name }) => sameEnvironment(name)));
    return rows.flatMap(({ name, span }): RuleFinding[] => {
      const same = sameEnvironment(name);
      if (used.has(same) || !/^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,60}$/u.test(name)) return [];
      // One that is missing and looks like it was meant.
      const meant = known.find(
        (other) =>
          !listed.has(sameEnvironment(other.name)) &&
          isMistyped(name.toLowerCase(), other.name.toLowerCase(), true),
      );
      const isKnownOtherwise =
        !isComplete ||
        BY_HAND.test(name) ||
        isNamedByCommand(same, facts) ||
        isNamedByFile(same, facts.paths);
      if (!meant && isKnownOtherwise) return [];
      const at = document.text.slice(span.start, span.end).indexOf(name);
      const place = at < 0 ? span : { start: span.start + at, end: span.start + at + name.length };
      return [
        {
          message: meant
            ? `No job deploys to the environment ${quoted(name)}: ${quoted(meant.name)} may be meant`
            : `No job deploys to the environment ${quoted(name)}, and no file is called like it: say in the row what puts a version there, or take it out`,
          path: document.path,
          span: place,
          status: 'fail',
          ...(meant ? { evidence: meant.evidence.slice(0, 3) } : { severity: 'info' as const }),
          ...(meant && at >= 0
            ? {
                fix: {
                  kind: 'proposed',
                  title: `Write ${quoted(meant.name)} in the place of ${quoted(name)}`,
                  edits: [{ path: document.path, edits: [{ span: place, text: meant.name }] }],
                },
              }
            : {}),
        },
      ];
    });
  },
};

/** `./deploy.sh production v1`, `helm upgrade --namespace production …` in a job that deploys. */
function isNamedByCommand(same: string, { workflows }: GateFacts): boolean {
  return (workflows?.jobs ?? []).some(
    ({ target, commands }) =>
      target !== null && commands.some(({ words }) => words.some((word) => sameEnvironment(word) === same)),
  );
}

/** `overlays/staging/…`, `values-staging.yaml`, `staging.tfvars`, `.env.staging`. */
function isNamedByFile(same: string, paths: ReadonlySet<string>): boolean {
  for (const path of paths) {
    if (path.endsWith('.md')) continue;
    for (const part of path.split('/')) {
      if (sameEnvironment(part) === same) return true;
      const words = sameEnvironment(part).split(' ');
      if (words.includes(same)) return true;
    }
  }
  return false;
}
