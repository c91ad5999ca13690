import { unwrapCommand } from '../../shell/wrappers';
import type { TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import { actionOf } from '../../workflow/credential-uses';
import { removeEntry, setEntry } from '../../workflow/edit';
import type { NamedScalar, Step, Workflow } from '../../workflow/model';
import { replaceInCommand } from '../../workflow/script-edit';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { judgedOnce, productionPathOf, quoted, severityAt, type WayOnly } from './production-path';
import { literally } from '../../text/pattern';

/** Words of a command that switch off the proof of who is at the other end. */
interface OptionRow {
  /** Null: of any program, also of one that only writes the words into a configuration. */
  readonly programs: readonly string[] | null;
  /** One word, or an option with its value joined by a blank. */
  readonly option: RegExp;
  /** Completes "… so that ", about what the option does. */
  readonly does: string;
  /** What takes the option out of the command's text; where nothing is said, no edit is proposed. */
  readonly takenOut?: { readonly pattern: RegExp; readonly replacement: (match: string) => string };
}

const ANY_CERTIFICATE = 'any certificate is accepted';
const ANY_HOST_KEY = 'any host may answer in the name of the one that is meant';

/** Takes a whole option out of a command, with the blank before it. */
function without(option: RegExp): NonNullable<OptionRow['takenOut']> {
  return { pattern: new RegExp(`\\s${option.source}(?=\\s|$|['"])`, 'g'), replacement: () => '' };
}

/** Short options of curl that take no value; only behind these is a `k` the option `-k`. */
const CURL_SHORT = /^-[0-46aBfgGiIjJklLMnNOpqRsSvVZ#]*k[0-46aBfgGiIjJlLMnNOpqRsSvVZ#]*[A-Za-z]?$/;

/** To teach one more way, add a line. */
const OPTIONS: readonly OptionRow[] = [
  {
    programs: ['curl'],
    option: /^(--insecure|--proxy-insecure|--doh-insecure)$/,
    does: ANY_CERTIFICATE,
    takenOut: without(/--(proxy-|doh-)?insecure/),
  },
  {
    programs: ['curl'],
    option: CURL_SHORT,
    does: ANY_CERTIFICATE,
    takenOut: {
      pattern: /\s-[0-46a-zA-Z#]*k[0-46a-zA-Z#]*(?=\s|$)/g,
      replacement: (match) => (match.trim() === '-k' ? '' : match.replace('k', '')),
    },
  },
  row(['wget'], /--no-check-certificate/, ANY_CERTIFICATE),
  row(['http', 'https'], /--verify(=| )(no|false)/, ANY_CERTIFICATE),
  row(['aws'], /--no-verify-ssl/, ANY_CERTIFICATE),
  row(['git'], /-c http(\.\S+)?\.sslVerify=(false|0)/i, ANY_CERTIFICATE),
  said(['git'], /^http(\.\S+)?\.sslVerify (false|0)$/i, ANY_CERTIFICATE),
  said(['npm', 'pnpm', 'yarn'], /^(strict-ssl|enableStrictSsl)[= ]false$/i, ANY_CERTIFICATE),
  row(['npm', 'pnpm', 'yarn'], /--(strict-ssl=false|no-strict-ssl)/, ANY_CERTIFICATE),
  row(['pip', 'pip3', 'uv'], /--(trusted-host|allow-insecure-host)[= ]\S+/, ANY_CERTIFICATE),
  row(
    ['kubectl', 'oc', 'helm', 'kustomize', 'flux', 'kubelogin'],
    /--(kube-)?insecure-skip-tls-verify(=true)?/,
    ANY_CERTIFICATE,
  ),
  row(['argocd'], /--(insecure|plaintext)/, ANY_CERTIFICATE),
  row(['helm', 'oras', 'flux'], /--plain-http/, 'nothing is encrypted'),
  row(['docker', 'crane', 'oras', 'regctl', 'mc', 'grpcurl'], /--insecure/, ANY_CERTIFICATE),
  row(['skopeo', 'podman', 'buildah'], /--(src-|dest-)?tls-verify=false/, ANY_CERTIFICATE),
  row(['cosign'], /--allow-(insecure|http)-registry/, ANY_CERTIFICATE),
  row(['vault'], /-tls-skip-verify/, ANY_CERTIFICATE),
  row(['apt-get', 'apt'], /--(allow-unauthenticated|force-yes)/, 'packages without a signature are taken'),
  row(['apk'], /--allow-untrusted/, 'packages without a signature are taken'),
  said(['lftp'], /ssl:verify-certificate (no|false|off)/i, ANY_CERTIFICATE),
  said(null, /StrictHostKeyChecking[= ]"?(no|off)\b/i, ANY_HOST_KEY),
  said(null, /UserKnownHostsFile[= ]"?\/dev\/null/i, ANY_HOST_KEY),
];

function row(programs: readonly string[], option: RegExp, does: string): OptionRow {
  return {
    programs,
    option: new RegExp(`^${option.source}$`, option.flags),
    does,
    takenOut: without(option),
  };
}

/** One that cannot simply be taken out. */
function said(programs: readonly string[] | null, option: RegExp, does: string): OptionRow {
  return { programs, option, does };
}

/** Variables that switch it off for every program that reads them. */
const VARIABLES: readonly { readonly name: RegExp; readonly value: RegExp; readonly does: string }[] = [
  { name: /^NODE_TLS_REJECT_UNAUTHORIZED$/, value: /^0$/, does: ANY_CERTIFICATE },
  { name: /^(GIT_SSL_NO_VERIFY|VAULT_SKIP_VERIFY)$/, value: /^(1|true|yes)$/i, does: ANY_CERTIFICATE },
  { name: /^PYTHONHTTPSVERIFY$/, value: /^0$/, does: ANY_CERTIFICATE },
  { name: /^npm_config_strict_ssl$/i, value: /^(false|0)$/i, does: ANY_CERTIFICATE },
  { name: /^(PIP_TRUSTED_HOST|UV_INSECURE_HOST|GOINSECURE)$/, value: /\S/, does: ANY_CERTIFICATE },
  { name: /^HELM_KUBEINSECURE_SKIP_TLS_VERIFY$/, value: /^(1|true)$/i, does: ANY_CERTIFICATE },
  { name: /^AZURE_CLI_DISABLE_CONNECTION_VERIFICATION$/, value: /^(1|true)$/i, does: ANY_CERTIFICATE },
  { name: /^ANSIBLE_HOST_KEY_CHECKING$/, value: /^(false|0|no)$/i, does: ANY_HOST_KEY },
  { name: /^(GIT_SSH_COMMAND|ANSIBLE_SSH_ARGS|RSYNC_RSH)$/, value: /StrictHostKeyChecking[= ]no/i, does: ANY_HOST_KEY },
]; // prettier-ignore

/** Inputs of actions, whatever the action. */
const INPUTS: readonly { readonly name: RegExp; readonly value: RegExp; readonly does: string }[] = [
  {
    name: /^(insecure|(insecure[-_]?)?skip[-_]?(tls|ssl|cert\w*)([-_]?verif(y|ication))?|(insecure[-_]|(tls|ssl)[-_])skip[-_](tls[-_])?verify|ignore[-_]?(ssl|tls|cert)\S*)$/i,
    value: /^true$/i,
    does: ANY_CERTIFICATE,
  },
  {
    name: /^((tls|ssl|cert(ificate)?)[-_]?verif(y|ication)|verify[-_]?(tls|ssl|cert\S*)|strict[-_]?ssl)$/i,
    value: /^(false|no)$/i,
    does: ANY_CERTIFICATE,
  },
  { name: /^(strict[-_]?)?host[-_]?key[-_]?(checking|verification)$/i, value: /^(false|no)$/i, does: ANY_HOST_KEY },
  { name: /^(ssh[-_]?(options|args|opts)|remote[-_]?shell|args|switches)$/i, value: /StrictHostKeyChecking[= ]no/i, does: ANY_HOST_KEY },
]; // prettier-ignore

/** Actions that send what they are given without encryption unless an input says otherwise. */
const PLAIN_ACTIONS: readonly {
  readonly action: string;
  readonly input: string;
  readonly safe: RegExp;
  readonly proposed: string;
  readonly does: string;
}[] = [
  {
    action: 'samkirkland/ftp-deploy-action',
    input: 'protocol',
    safe: /^ftps(-legacy)?$/i,
    proposed: 'ftps',
    does: 'the files and the password travel in clear text',
  },
];

/** Programs that go to the addresses among their words. */
const GOES_TO_ADDRESSES =
  /^(curl|wget|git|pip3?|npm|pnpm|yarn|helm|docker|podman|oras|ansible-galaxy|gem|cargo|lftp|aria2c|http|https|ab|k6|newman)$/;

/** Options whose value may be an address that nothing is sent to. */
const NO_DESTINATION =
  /^(-H|--header|-d|--data\S*|-e|--referer|-A|--user-agent|-x|--proxy|--noproxy|-F|--form|-u|--user|-w|--write-out|-m|--message)$/;

/** Of curl and wget: the request carries something, or its answer is kept under the name that it has there. */
const CARRIES =
  /^(-u|--user|-d|--data\S*|-F|--form|-T|--upload-file|--remote-name\S*|--json|--post-(data|file)|--http-(user|password)|--oauth2-bearer)$|^([Aa]uthorization|[Cc]ookie|[Xx]-[\w-]*([Kk]ey|[Tt]oken)):|^-X(POST|PUT|PATCH|DELETE)$/;

/** Where curl and wget put the answer: the option with its value joined, or the next word. */
const CURL_OUTPUT = /^(?:-[a-zA-Z]*o|--output)(?:=(.*))?$/;
const WGET_OUTPUT = /^(?:-[a-zA-Z]*O|--output-document)=?(-?)$/;

/** Programs that only look at what a pipe brings them. */
const READERS = /^(grep|egrep|fgrep|jq|head|tail|cat|wc|sed|awk|cut)$/;

/** Lines of a configuration of ssh. */
const WRITTEN =
  /^[ \t]*(StrictHostKeyChecking[ \t]+(?:no|off)|UserKnownHostsFile[ \t]+\/dev\/null)[ \t]*\r?$/im;

/**
 * A connection whose other end nobody proves, or that everybody on the way can read.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'insecure-transport',
  title: 'A connection that nobody checks',
  severity: 'block',
  why: 'Without a check of the certificate or host key, or without encryption, whoever stands on the way can read what is sent and answer with what they like: credentials leak, and other code is deployed.',
  check(set) {
    const path = productionPathOf(set);
    return [
      ...set.workflows.flatMap((workflow) => inVariablesOfWorkflow(set, path, workflow)),
      ...set.jobs.flatMap((facts) => inJob(path, facts)),
    ];
  },
};

function inVariablesOfWorkflow(set: WorkflowSet, path: WayOnly, workflow: Workflow): RuleFinding[] {
  const jobs = set.jobsOf(workflow);
  const near = jobs.find((facts) => path.isOnTheWay(facts)) ?? jobs[0];
  const env = valueOf(workflow.tree.root, 'env');
  return near ? inVariables(path, near, 'This workflow', workflow.env, env) : [];
}

const inJob = judgedOnce((path, facts): readonly RuleFinding[] => {
  const { job } = facts;
  const holder = quoted(job);
  return [
    ...inVariables(path, facts, holder, job.env, valueOf(job.body, 'env')),
    ...job.steps.flatMap((step) => [
      ...inVariables(path, facts, holder, step.env, valueOf(step.body, 'env')),
      ...inInputs(path, facts, step),
    ]),
    ...facts.settings.flatMap((setting) => {
      const found = setting.words.flatMap((word) => variableIn(word) ?? []);
      const [first] = found;
      if (!first) return [];
      const message = `${holder} sets \`${first.said}\`, so that ${first.does}: ${remedyFor(first.does)}`;
      return [base(path, facts, setting.span, message)];
    }),
    ...facts.commands.flatMap((command) => [
      ...inCommand(path, facts, command),
      ...inHereText(path, facts, command),
    ]),
  ];
});

function inVariables(
  path: WayOnly,
  facts: JobFacts,
  holder: string,
  entries: readonly NamedScalar[],
  map: YamlMap | ReturnType<typeof valueOf>,
): RuleFinding[] {
  return entries.flatMap(({ name, value }) => {
    const found = variableIn(`${name.value}=${value.text}`);
    if (!found) return [];
    const message = `${holder} sets \`${found.said}\`, so that ${found.does}: ${remedyFor(found.does)}`;
    const finding = base(path, facts, { start: name.span.start, end: value.span.end }, message);
    return [withFix(finding, facts.workflow, entryWithout(facts.workflow, map, name.value, found.does))];
  });
}

function variableIn(setting: string): { readonly said: string; readonly does: string } | null {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const found = VARIABLES.find((variable) => variable.name.test(name) && variable.value.test(value.trim()));
  return at > 0 && found ? { said: shortened(setting), does: found.does } : null;
}

function inInputs(path: WayOnly, facts: JobFacts, step: Step): RuleFinding[] {
  const { job, workflow } = facts;
  if (!step.uses) return [];
  const map = valueOf(step.body, 'with');
  const uses = step.uses.value;
  const found = step.with.flatMap(({ name, value }): RuleFinding[] => {
    const input = INPUTS.find((each) => each.name.test(name.value) && each.value.test(value.text.trim()));
    if (!input) return [];
    const message = `${quoted(job)} gives "${uses}" \`${name.value}: ${shortened(value.text)}\`, so that ${input.does}: ${remedyFor(input.does)}`;
    const finding = base(path, facts, { start: name.span.start, end: value.span.end }, message);
    return [withFix(finding, workflow, entryWithout(workflow, map, name.value, input.does))];
  });
  const plain = PLAIN_ACTIONS.find(({ action }) => action === actionOf(step));
  const given = plain && step.with.find(({ name }) => name.value.toLowerCase() === plain.input)?.value.text;
  if (plain && !plain.safe.test(given ?? '') && !given?.includes('${{')) {
    const message = `${quoted(job)} uses "${uses}" without \`${plain.input}: ${plain.proposed}\`, so that ${plain.does}: add it`;
    const finding = base(path, facts, step.uses.span, message);
    const result =
      map?.kind === 'map'
        ? setEntry(workflow.text, map, plain.input, plain.proposed, { after: ['server'] })
        : null;
    found.push(
      withFix(finding, workflow, result?.ok ? { title: `Use ${plain.proposed}`, edits: result.edits } : null),
    );
  }
  return found;
}

function inCommand(path: WayOnly, facts: JobFacts, command: StepCommand): RuleFinding[] {
  const { workflow } = facts;
  const words = unwrapCommand(command.words);
  const program = words[0] ?? '';
  const variable = words.map((word) => variableIn(word)).find((each) => each !== null);
  if (variable && /^(echo|printf|env)$/.test(program)) {
    const message = `${quoted(facts.job)} sets \`${variable.said}\`, so that ${variable.does}: ${remedyFor(variable.does)}`;
    return [base(path, facts, command.span, message)];
  }
  const pairs = words.map((word, index) => `${word} ${words[index + 1] ?? ''}`.trim());
  const known = OPTIONS.filter(({ programs }) => programs === null || programs.includes(program));
  const used = known.flatMap((option) => {
    const text = words.slice(1).find((word) => option.option.test(word));
    const pair = text ?? pairs.find((both) => option.option.test(both));
    return pair === undefined ? [] : [{ option, text: pair }];
  });
  const [first] = used;
  const severity = onlyLooks(command, words) ? 'warn' : null;
  const addresses = addressesOf(facts, command, words);
  if (first && !onlyInternal(words, addresses)) {
    const { does } = first.option;
    const message = `${quoted(facts.job)} runs "${program}" with \`${shortened(optionIn(first.text, first.option.option))}\`, so that ${does}: ${remedyFor(does)}`;
    const edits = used.flatMap(({ option }) =>
      option.takenOut
        ? (replaceInCommand(workflow, command, option.takenOut.pattern, option.takenOut.replacement) ?? [])
        : [],
    );
    const canEdit = used.every(({ option }) => option.takenOut) && edits.length > 0;
    return [
      withFix(
        base(path, facts, command.span, message, severity),
        workflow,
        canEdit ? { title: `Let "${program}" check who answers`, edits } : null,
      ),
    ];
  }
  const plain = GOES_TO_ADDRESSES.test(program)
    ? addresses.find((address) => /^(http|ftp|git):\/\//i.test(address) && !isInternal(address))
    : undefined;
  if (plain === undefined) return [];
  const scheme = plain.slice(0, plain.indexOf(':'));
  const message = `${quoted(facts.job)} goes to "${shortened(plain)}" by plain ${scheme}, which everybody on the way can read and answer: use ${scheme.toLowerCase() === 'http' ? 'https' : 'an encrypted protocol'}`;
  const edits =
    scheme.toLowerCase() === 'http'
      ? replaceInCommand(workflow, command, new RegExp(literally(plain.slice(0, 200)), 'g'), (match) =>
          match.replace(/^http:/i, 'https:').replace(/^(https:\/\/[^/:]+):80(?=\/|$)/i, '$1'),
        )
      : null;
  return [
    withFix(
      base(path, facts, command.span, message, severity),
      workflow,
      edits ? { title: 'Use https', edits } : null,
    ),
  ];
}

/** A configuration of ssh that a here-document writes: its lines are no words of the command. */
function inHereText(path: WayOnly, facts: JobFacts, command: StepCommand): RuleFinding[] {
  const said = WRITTEN.exec(command.hereText ?? '')?.[1];
  if (said === undefined) return [];
  const start = facts.workflow.text.indexOf(said, command.span.start);
  const span = start < 0 ? command.span : { start, end: start + said.length };
  const message = `${quoted(facts.job)} writes \`${said}\` into the configuration of ssh, so that ${ANY_HOST_KEY}: ${remedyFor(ANY_HOST_KEY)}`;
  return [base(path, facts, span, message)];
}

/** The addresses that a command goes to, variables of the file put in where they are literal. */
function addressesOf(
  { workflow, job }: JobFacts,
  { step }: StepCommand,
  words: readonly string[],
): readonly string[] {
  const known = [...step.env, ...job.env, ...workflow.env].filter(({ value }) => !value.text.includes('${{'));
  return words.flatMap((word, index) => {
    if (index === 0 || NO_DESTINATION.test(words[index - 1] ?? '')) return [];
    const filled = word.replace(
      /\$\{\{\s*env\.(\w+)\s*\}\}|\$\{?([A-Za-z_]\w*)\}?/g,
      (whole, expression: string | undefined, shell: string | undefined) =>
        known.find(({ name }) => name.value === (expression ?? shell))?.value.text ?? whole,
    );
    const address = /^(?:--[\w-]+=)?([a-z]+:\/\/\S+)$/i.exec(filled)?.[1];
    return address === undefined ? [] : [address];
  });
}

/**
 * A host that the job itself, its machine or its cluster answers for: a name without a dot is a container of the job
 * or a service. Where the host is a variable nothing is known of it.
 */
function isInternal(address: string): boolean {
  const host = (/^[a-z]+:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]*)/i.exec(address)?.[1] ?? '').toLowerCase();
  if (host === '' || host.includes('$') || !host.includes('.')) return true;
  return (
    /^(127|10|0|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      host,
    ) ||
    /\.(localhost|local|internal|lan|svc|test|example|invalid|home\.arpa)$/.test(host) ||
    /^[^.]+\.[^.]+\.svc(\.|$)/.test(host)
  );
}

/** All that a command with such an option talks to is internal, and it says so. */
function onlyInternal(words: readonly string[], addresses: readonly string[]): boolean {
  if (words.some((word) => /(^|@)(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(word))) return true;
  return addresses.length > 0 && addresses.every((address) => !address.includes('$') && isInternal(address));
}

/** A request that carries nothing and whose answer is only looked at: who stands on the way can lie, no more. */
function onlyLooks(command: StepCommand, words: readonly string[]): boolean {
  const [program] = words;
  if (program !== 'curl' && program !== 'wget') return false;
  const { output } = command;
  if (output.to === 'command' && !READERS.test(output.words[0] ?? '')) return false;
  if (output.to === 'file' && output.name !== '/dev/null') return false;
  const isMethod = (word: string, index: number): boolean =>
    /^(POST|PUT|PATCH|DELETE)$/.test(word) && /^(-X|--request)$/.test(words[index - 1] ?? '');
  if (program === 'curl' && words.some((word) => /^-[a-zA-Z]*O$/.test(word))) return false;
  if (words.some((word, index) => CARRIES.test(word) || isMethod(word, index))) return false;
  const kept = words.flatMap((word, index) => {
    const option = program === 'curl' ? CURL_OUTPUT.exec(word) : WGET_OUTPUT.exec(word);
    return option ? [option[1] || (words[index + 1] ?? '')] : [];
  });
  // wget keeps the answer unless it is told otherwise, curl prints it.
  if (kept.length === 0) return program === 'curl' || words.includes('--spider');
  return kept.every((target) => target === '-' || target === '/dev/null');
}

function remedyFor(does: string): string {
  return does === ANY_HOST_KEY
    ? "put the host's key into `known_hosts` and take this out"
    : does === ANY_CERTIFICATE
      ? 'take it out, and trust the authority of the certificate where it is your own'
      : 'take it out';
}

function base(
  path: WayOnly,
  facts: JobFacts,
  span: Span,
  message: string,
  severity: 'warn' | null = null,
): RuleFinding {
  return {
    path: facts.workflow.path,
    span,
    status: 'fail',
    severity: severity ?? severityAt(path, facts),
    message,
  };
}

interface Edit {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

function entryWithout(
  workflow: Workflow,
  map: ReturnType<typeof valueOf>,
  key: string,
  does: string,
): Edit | null {
  // Without its key in known_hosts a host is refused: the key is nothing that an edit could know.
  if (map?.kind !== 'map' || does === ANY_HOST_KEY) return null;
  const result = removeEntry(workflow.text, map, key);
  return result.ok ? { title: `Take \`${key}\` out`, edits: result.edits } : null;
}

/** A connection that works only unchecked stops working: so every fix is for a person to review. */
function withFix(finding: RuleFinding, workflow: Workflow, edit: Edit | null): RuleFinding {
  if (!edit) return finding;
  const fix: Fix = {
    kind: 'proposed',
    title: edit.title,
    edits: [{ path: workflow.path, edits: edit.edits }],
  };
  return { ...finding, fix };
}

/** The part of a word that is the option: `ssh -o StrictHostKeyChecking=no` inside the word of another option. */
function optionIn(text: string, option: RegExp): string {
  return option.exec(text)?.[0] ?? text;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
