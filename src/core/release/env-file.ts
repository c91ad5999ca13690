import { isNamedLikeSecret } from '../evidence/secrets/secret-names';

/** One variable of an environment file. */
export interface EnvVariable {
  readonly name: string;
  readonly value: string;
  /** Line of the name, from 1. */
  readonly line: number;
  /** The template says that it may be left out: `optional` in a comment behind it or on the line above. */
  readonly isOptional: boolean;
}

/** What an environment file says; of a name that is set twice the last counts, as in a shell. */
export interface EnvFile {
  readonly variables: readonly EnvVariable[];
  /** Lines that cannot be read, or that a shell would read otherwise. Sentences without a full stop. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const NAME = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*/;

/**
 * Reads the syntax that dotenv, Docker and a shell share: `NAME=value`, `export`, comments, single and double quotes over
 * several lines, `\n` within double ones. Nothing is run or looked up: what a shell would compute (`$(…)`, `$NAME`) is a
 * problem, since the value as it stands is not the one that the shell would see; `${NAME}` of the same file is put in.
 */
export function readEnvFile(text: string): EnvFile {
  const variables = new Map<string, EnvVariable>();
  const problems: { line: number; message: string }[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let isOptionalNext = false;
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const said = lines[index] ?? '';
    if (/^\s*(?:#|$)/.test(said)) {
      isOptionalNext = /\boptional\b/i.test(said);
      continue;
    }
    const isOptional = isOptionalNext;
    isOptionalNext = false;
    const match = NAME.exec(said);
    if (!match) {
      problems.push({ line, message: `Line ${line} is no NAME=value; write one, or make it a comment` });
      continue;
    }
    const [head, name = ''] = match;
    const rest = said.slice(head.length);
    const quote = /^["']/.exec(rest)?.[0];
    let value: string;
    let behind = '';
    if (quote !== undefined) {
      const whole = [rest.slice(1)];
      let end = endOfQuote(whole[0] ?? '', quote);
      while (end === -1 && index + 1 < lines.length) {
        index++;
        whole.push(lines[index] ?? '');
        end = endOfQuote(whole.join('\n'), quote);
      }
      const inside = whole.join('\n');
      if (end === -1) {
        problems.push({ line, message: `The quote of ${name} in line ${line} is not closed; close it` });
        index = line - 1;
        continue;
      }
      value = inside.slice(0, end);
      behind = inside.slice(end + 1);
      if (!/^\s*(?:#.*)?$/.test(behind)) {
        problems.push({
          line,
          message: `Behind the quoted value of ${name} in line ${line} stands more; put all of it in the quotes`,
        });
      }
      if (quote === '"') value = unescaped(value);
    } else {
      const comment = /(?:^|\s)#/.exec(rest);
      behind = comment ? rest.slice(comment.index) : '';
      value = (comment ? rest.slice(0, comment.index) : rest).trim();
      if (/\s/.test(value)) {
        problems.push({
          line,
          message: `The value of ${name} in line ${line} holds a blank without quotes, which a shell takes for the end of it; put it in quotes`,
        });
      }
    }
    if (quote !== "'") value = filled(name, value, line, variables, problems);
    // A map keeps the first place of a name, and the shell the last value.
    variables.delete(name);
    variables.set(name, { name, value, line, isOptional: isOptional || /#.*\boptional\b/i.test(behind) });
  }
  return { variables: [...variables.values()], problems };
}

function endOfQuote(text: string, quote: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt"\\])/g, (_whole, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character === 't' ? '\t' : character,
  );
}

function filled(
  name: string,
  value: string,
  line: number,
  variables: ReadonlyMap<string, EnvVariable>,
  problems: { line: number; message: string }[],
): string {
  if (/\$\(|`[^`]+`/.test(value)) {
    problems.push({
      line,
      message: `The value of ${name} in line ${line} is a command, which is not run here; write its result, or put it in single quotes`,
    });
    return value;
  }
  let unknown = '';
  const text = value.replace(/(\\?)\$\{([A-Za-z_]\w*)\}/g, (whole, escape: string, other: string) => {
    if (escape !== '') return whole.slice(1);
    const known = variables.get(other);
    if (known === undefined) unknown ||= whole;
    return known?.value ?? whole;
  });
  unknown ||= /(?<!\\)\$[A-Za-z_]\w*/.exec(value)?.[0] ?? '';
  if (unknown !== '') {
    problems.push({
      line,
      message: `The value of ${name} in line ${line} holds ${unknown}, which a shell replaces and others do not; put it in single quotes, or write what is meant`,
    });
  }
  return text;
}

/** The variables as a script gets them. */
export function environmentOf(file: EnvFile): Readonly<Record<string, string>> {
  return Object.fromEntries(file.variables.map(({ name, value }) => [name, value]));
}

/** What is wrong with a variable of an environment file. The value is never in the message. */
export interface EnvFinding {
  readonly name: string;
  readonly what: 'missing' | 'empty' | 'placeholder';
  /** In the environment file; in the template for `missing`. */
  readonly line: number;
  /** A sentence without a full stop. */
  readonly message: string;
}

/** S4-27: what the template lists and the file does not set, and values that only stand for one. */
export function judgeEnvFile(
  file: EnvFile,
  template: EnvFile,
  paths: { readonly envFile: string; readonly envTemplate: string },
): readonly EnvFinding[] {
  const set = new Map(file.variables.map((one) => [one.name, one]));
  const listed = new Map(template.variables.map((one) => [one.name, one]));
  const findings: EnvFinding[] = [];
  for (const { name, line, isOptional } of template.variables) {
    const own = set.get(name);
    if (isOptional && (!own || own.value === '')) continue;
    if (!own) {
      const message = `${name} of ${paths.envTemplate} is not set in ${paths.envFile}; set it, or mark it optional in the template`;
      findings.push({ name, what: 'missing', line, message });
    } else if (own.value === '') {
      const message = `${name} is empty in ${paths.envFile}; set it, or mark it optional in ${paths.envTemplate}`;
      findings.push({ name, what: 'empty', line: own.line, message });
    }
  }
  for (const { name, value, line } of file.variables) {
    const templateValue = listed.get(name)?.value;
    const isTemplates =
      isNamedLikeSecret(name) &&
      templateValue !== undefined &&
      templateValue !== '' &&
      templateValue === value;
    if (value !== '' && (isTemplates || isPlaceholder(value, name))) {
      const why =
        isTemplates && !isPlaceholder(value, name)
          ? `has the value of ${paths.envTemplate}`
          : 'holds a placeholder';
      const message = `${name} ${why} in line ${line} of ${paths.envFile}; put the real value there`;
      findings.push({ name, what: 'placeholder', line, message });
    }
  }
  return findings;
}

/** Whole values that stand for one which somebody was to put there. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^(?:please[-_ ]?)?change[-_ ]?(?:me|this|it)(?:[-_ ]?(?:please|now|in[-_ ]?production|\d{1,3}))?[!.]?$/i,
  /^<[^<>]*>$/,
  /^\{\{[^{}]*\}\}$/,
  /^\[(?:your|insert|enter|replace|add|put)\b[^\]]*\]$/i,
  /^(?:x{3,}|\*{3,}|\.{3,}|\?{3,}|…)$/i,
  /^(?:to[-_ ]?do|fix[-_ ]?me|tbd|tba|n\/a|placeholder|unset|redacted|dummy|fill[-_ ]?me(?:[-_ ]?in)?|replace[-_ ]?(?:me|this|it))$/i,
  /^(?:todo|fixme|tbd)\b[:\s-]/i,
  /^(?:your|my)[-_ ](?:[a-z0-9]+[-_ ])*(?:here|key|token|secret|password|passphrase|id|url|domain|host|name|value|dsn)$/i,
  /^(?:insert|enter|replace|put|add|paste|set)[-_ ](?:[a-z0-9]+[-_ ])*(?:here|me|this)$/i,
  /^(?:insert|enter|replace|put|paste)[-_ ](?:with|your|the|a)[-_ ].+$/i,
  /^(?:some|any|a)[-_ ](?:secret|password|token|key|value|random[-_ ]string)$/i,
  /^UNKNOWN\(.*\)$/,
];

/** Values that are no secret of anybody's, under a name that says secret. */
const WEAK =
  /^(?:secret|password|passw0rd|pass|token|key|apikey|api[-_]key|test|testing|example|sample|demo|admin|root|foo|bar|foobar|abc123?|12345\d*|qwerty|letmein|default|none|null)$/i;

/** Whether a value is one that stands for another. */
export function isPlaceholder(value: string, name: string): boolean {
  const text = value.trim();
  if (PLACEHOLDERS.some((pattern) => pattern.test(text))) return true;
  const isSecret = isNamedLikeSecret(name);
  if (isSecret && WEAK.test(text)) return true;
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@]+)@/i.exec(text)?.[1];
  return password !== undefined && PLACEHOLDERS.some((pattern) => pattern.test(password));
}
