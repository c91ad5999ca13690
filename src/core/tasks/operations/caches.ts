import { fileSource, type Source } from '../../evidence/fact';
import { shellWord } from '../../evidence/detect/shell-text';
import { unwrapCommand } from '../../shell/wrappers';
import type { WorkflowSet } from '../../workflow/understanding';

/** A command with which a workflow empties a cache. */
export interface CacheInvalidation {
  readonly command: string;
  /** The workflow that runs it. */
  readonly path: string;
  /** Under which name GitHub keeps what a parameter of the command stands for, by that parameter. */
  readonly kept: Readonly<Record<string, string>>;
  readonly source: Source;
}

/** Commands that empty a cache in front of a service or beside it, by their first words. */
const INVALIDATES =
  /^(?:aws cloudfront create-invalidation|gcloud compute url-maps invalidate-cdn-cache|az (?:cdn|afd) endpoint purge|fastly purge|redis-cli .*\bflush(?:db|all)\b|php artisan (?:cache|config|route|view|optimize):clear|varnishadm ban|wp cache flush)\b/i;

/** What deploying jobs do about caches; what GitHub keeps (variables, secrets) becomes a parameter of the same name. */
export function cacheInvalidations(set: WorkflowSet): readonly CacheInvalidation[] {
  const found = new Map<string, CacheInvalidation>();
  for (const facts of set.jobs) {
    if (facts.target === null) continue;
    for (const { words, span } of facts.commands) {
      const plain = unwrapCommand(words);
      if (!INVALIDATES.test(plain.join(' '))) continue;
      const command = plain.map(parameterised).join(' ');
      // What an expression or a step of the job decides cannot be pasted.
      if (command.includes('${{') || found.has(command)) continue;
      found.set(command, {
        command,
        path: facts.workflow.path,
        kept: keptIn(plain.join(' ')),
        source: fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(span)),
      });
    }
  }
  return [...found.values()];
}

function keptIn(line: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...line.matchAll(/\$\{\{\s*(vars|secrets)\.([A-Za-z_]\w*)\s*\}\}/g)].map(([, where, name = '']) => [
      name.toUpperCase(),
      `GitHub ${where === 'vars' ? 'variable' : 'secret'} ${name}`,
    ]),
  );
}

function parameterised(word: string): string {
  const text = word
    .replace(
      /\$\{\{\s*(?:vars|secrets|env)\.([A-Za-z_]\w*)\s*\}\}/g,
      (_, name: string) => `\${${name.toUpperCase()}}`,
    )
    .replace(/\$([A-Z_][A-Z0-9_]*)\b/g, (_, name: string) => `\${${name}}`);
  if (text.includes('${')) return `"${text.replace(/["`\\]/g, '')}"`;
  return /^-{1,2}[\w-]+$/.test(text) ? text : shellWord(text);
}
