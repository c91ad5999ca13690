import { endOfExpression } from '../text/expression-end';
import { readExpression, type Expression } from './conditions/expression';
import { secretsIn } from './credential-uses';
import type { Job, NamedScalar, Step, Workflow } from './model';
import type { StepCommand } from './understanding';

/** The `secrets` context as a whole. */
export const ALL_SECRETS = '*';

/** The token that GitHub makes for each job; it ends with the job. */
export const JOB_TOKEN = 'GITHUB_TOKEN';

/** The name of a secret that the file computes: `secrets[format('{0}_TOKEN', matrix.stage)]`. */
export const COMPUTED = '[computed]';

/** A secret in a text, with how the text takes it. */
export interface TakenSecret {
  /** As the file spells it; `ALL_SECRETS` for the whole context. */
  readonly name: string;
  /** What stands in the text: `secrets.TOKEN`, `env.TOKEN`, `$TOKEN`. */
  readonly written: string;
  /** A part or another form of the value, which GitHub's mask does not know: `${TOKEN:0:4}`. */
  readonly isChanged: boolean;
}

/** The secrets of the variables that a step's scripts see, by the variable's name. */
export type SecretVariables = ReadonlyMap<string, readonly string[]>;

/** The variables of a step's environment that hold secrets; the step's own win over the job's and the workflow's. */
export function secretVariablesOf(workflow: Workflow, job: Job, step: Step | null): SecretVariables {
  const variables = new Map<string, readonly string[]>();
  const scopes: readonly (readonly NamedScalar[])[] = [workflow.env, job.env, step?.env ?? []];
  for (const scope of scopes) {
    // Within one `env:` GitHub sees what the outer ones hold.
    const outer = new Map(variables);
    for (const { name, value } of scope) {
      const secrets = secretsGivenBy(value.text, outer);
      if (secrets.length > 0)
        variables.set(
          name.value,
          secrets.map((secret) => secret.name),
        );
      else variables.delete(name.value);
    }
  }
  return variables;
}

/**
 * The secrets whose value a text with `${{ }}` in it can hold: `secrets.A || 'x'` gives A, `secrets.A != ''` gives
 * nothing of it.
 */
export function secretsGivenBy(text: string, variables: SecretVariables): readonly TakenSecret[] {
  const found = new Map<string, TakenSecret>();
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', open + 3)) {
    const close = endOfExpression(text, open + 3);
    if (close < 0) break;
    const inside = text.slice(open + 3, close - 2);
    // Most expressions have nothing to do with secrets: they are not read.
    if (!/\b(secrets|env|token)\b/i.test(inside)) continue;
    const read = readExpression(inside);
    for (const path of read.ok ? valuesOf(read.expression) : []) {
      for (const secret of secretsOfPath(path, inside, variables)) {
        if (!found.has(secret.name)) found.set(secret.name, secret);
      }
    }
  }
  return [...found.values()];
}

/** The secrets in one word, or in the here-document, of a command. */
export function secretsInText(
  text: string,
  command: Pick<StepCommand, 'expansions'>,
  variables: SecretVariables,
): readonly TakenSecret[] {
  const found = [...secretsGivenBy(text, variables)];
  if (variables.size === 0) return found;
  for (const written of command.expansions) {
    if (!text.includes(written)) continue;
    const [, brace, name, operator = ''] = /^\$(\{?)([A-Za-z_]\w*)(.*)$/s.exec(written) ?? [];
    const secrets = name === undefined ? undefined : variables.get(name);
    // `${TOKEN:+set}` tells only whether there is one, as does `${#TOKEN}`, which is no such name.
    if (!secrets || (brace && /^:?\+/.test(operator))) continue;
    const isChanged = brace !== '' && !/^(\}|:?[-=?])/.test(operator);
    for (const secret of secrets) {
      if (found.every((other) => other.name !== secret)) found.push({ name: secret, written, isChanged });
    }
  }
  return found;
}

/** The context paths whose value an expression can be. */
function valuesOf(expression: Expression): readonly (readonly string[])[] {
  switch (expression.kind) {
    case 'literal':
    case 'not':
    case 'compare':
      return [];
    case 'path':
      return [expression.parts];
    case 'and': {
      const last = expression.args[expression.args.length - 1];
      return last ? valuesOf(last) : [];
    }
    case 'or':
      return expression.args.flatMap(valuesOf);
    case 'call':
      // `secrets[name]`: one of them, and nothing says which.
      if (expression.name === 'index') {
        return expression.args
          .slice(0, 1)
          .flatMap(valuesOf)
          .map((parts) => [...parts, COMPUTED]);
      }
      return /^(format|join|tojson|fromjson|case)$/.test(expression.name)
        ? expression.args.flatMap(valuesOf)
        : [];
  }
}

function secretsOfPath(
  parts: readonly string[],
  written: string,
  variables: SecretVariables,
): readonly TakenSecret[] {
  const [context = '', name] = parts;
  if (context === 'secrets') {
    const spelled = secretsIn(written).find((each) => each.toLowerCase() === name) ?? name;
    return spelled === undefined
      ? [{ name: ALL_SECRETS, written: 'secrets', isChanged: false }]
      : [{ name: spelled, written: `secrets.${spelled}`, isChanged: false }];
  }
  if (context === 'github' && name === 'token') {
    return [{ name: JOB_TOKEN, written: 'github.token', isChanged: false }];
  }
  if (context !== 'env' || name === undefined) return [];
  const variable = [...variables.keys()].find((each) => each.toLowerCase() === name);
  return (variables.get(variable ?? '') ?? []).map((secret) => ({
    name: secret,
    written: `env.${variable ?? name}`,
    isChanged: false,
  }));
}

/** Names that say that the value is no secret in itself, whatever store it is kept in. */
const NO_CREDENTIAL =
  /(^|_)(USER|USERNAME|LOGIN|HOST|HOSTNAME|HOSTS|PORT|ID|NAME|REGION|ZONE|PATH|FILE|FILENAME|ALIAS|FINGERPRINT|PUBLIC|PUB|ENDPOINT|DOMAIN|EMAIL|ORG|ORGANIZATION|PROJECT|ACCOUNT|BUCKET|CLUSTER|REGISTRY|REPOSITORY|REPO|IMAGE|TENANT|SUBSCRIPTION|VERSION)$/i;

const CREDENTIAL =
  /(^|_)(PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|PW|TOKEN|SECRET|SECRETS|PAT|CREDENTIAL|CREDENTIALS|CREDS|KEY|APIKEY|APITOKEN|AUTH|JWT|DSN|PIN|PEM|P12|PFX|KEYSTORE|KUBECONFIG|KUBE_CONFIG|CONNECTION_STRING|(DATABASE|DB|POSTGRES|POSTGRESQL|MYSQL|MONGO|MONGODB|REDIS)_UR[IL])(_|$)|(PASSWORD|PASSWD|TOKEN|SECRET|APIKEY)$/i;

/**
 * Whether a secret's name says that it is a credential, rather than a user, host or number that is kept among the
 * secrets. The whole context is one.
 */
export function isCredentialName(name: string): boolean {
  if (name === ALL_SECRETS) return true;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/-/g, '_');
  return CREDENTIAL.test(words) && !NO_CREDENTIAL.test(words);
}
