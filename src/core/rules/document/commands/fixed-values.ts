import type { ShellParser } from '../../../ports';
import { readCommands, type ShellCommand } from '../../../shell/commands';
import type { Span } from '../../../text/position';
import { quotedSpans } from './open-places';
import type { CommandInput } from './read-blocks';

/** A value that is written out in a command though it differs from one run to the next. */
export interface FixedValue {
  readonly what: 'host' | 'region' | 'version';
  /** The part that a parameter takes the place of, in the input's text. */
  readonly span: Span;
  readonly literal: string;
  /** What a person sees of it: the host as a whole, the image with its tag. */
  readonly shown: string;
  /** The shell would put a parameter in here. */
  readonly canBeReplaced: boolean;
}

const HOST =
  /(?<=^|[\s"'=@(,]|:\/\/)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){2,6}[a-z]{2,24}(?=$|[\s"':/,;|)?])/gim;

/** A word of a host's label that names an environment. */
const ENVIRONMENT =
  /^(?:prod|production|live|staging|stage|stg|dev|development|test|testing|qa|uat|preprod|sandbox|nonprod)$/;

/** Hosts in whose name such a word names no environment of anybody's own. */
const NOT_OURS = /(?:^|\.)(?:dev\.azure\.com|test\.pypi\.org|example\.(?:com|org|net)|pkg\.dev|web\.dev)$/;

/** Ends of files' names; `deploy.prod.sh` is no host. */
const FILE_ENDING =
  /\.(?:ya?ml|json|toml|ini|cfg|conf|config|properties|env|txt|md|log|xml|html?|css|js|mjs|cjs|ts|py|rb|go|rs|java|kt|php|pl|sh|sql|tf|tfvars|hcl|tpl|j2|gz|tgz|tar|zip|jar|war|lock|pem|key|crt|cert|csv|bak|so|exe|service|timer|socket|dump|plan|out|enc|dockerfile)$/i;

const REGION =
  /(?<![a-z0-9])(?:(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-isob?)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]|(?:us|europe|asia|northamerica|southamerica|australia|me|africa)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)[1-9][0-9]?)(?=$|[^a-z0-9]|[a-f](?![a-z0-9]))/g;

/** Azure's names are words of the language, so that only an option tells that they are regions. */
const AZURE_REGION =
  /(?<=(?:--location|--region|-l)(?:[ =]"?))(?:(?:east|west|central|northcentral|southcentral|westcentral)us[23]?|(?:north|west)europe|uk(?:south|west)|france(?:central|south)|germanywestcentral|swedencentral|norwayeast|switzerlandnorth|(?:east|southeast)asia|japan(?:east|west)|australia(?:east|southeast|central)|brazilsouth|canada(?:central|east)|(?:central|south|west)india|koreacentral|uaenorth|southafricanorth)(?![\w-])/g;

const VERSION = 'v?\\d+\\.\\d+(?:\\.\\d+){0,2}(?:[-+][0-9A-Za-z][0-9A-Za-z.-]*)?';

/** `registry/name:1.2.3`. */
const IMAGE = new RegExp(
  `(?<=^|[\\s"'=])((?:[\\w.-]+(?::\\d+)?/)*[a-z0-9][\\w.-]*):(${VERSION})(?=$|[\\s"',;|)])`,
  'gm',
);

/** `--set image.tag=1.2.3`, `-var app_version=1.2.3`. */
const SETTING = new RegExp(
  `(?<=[\\s"'.,])(?:(?:image|app|release|service|container|deploy)[._-]?)?(?:tag|version)=(${VERSION})(?=$|[\\s"',;|)])`,
  'gim',
);

/** A version that is a word of its own, or the value of an option for one. */
const WORD = new RegExp(
  `(?<=\\s"?|--(?:version|tag|image-tag|release|app-version)="?)(v?\\d+\\.\\d+\\.\\d+(?:[-+][0-9A-Za-z][0-9A-Za-z.-]*)?)(?=$|[\\s",;|)])`,
  'gm',
);

/**
 * The hosts with an environment in their name, the regions of clouds and the versions of the service that an input writes
 * out, by place. `service`: what the document is about, '' where nothing says.
 */
export function fixedValues(input: CommandInput, service: string, shell: ShellParser): readonly FixedValue[] {
  const { text } = input;
  if (!/\d|\.[a-z]/.test(text)) return [];
  const quotes = quotedSpans(text);
  const quoteAt = (offset: number) => quotes.find(({ start, end }) => start <= offset && offset < end)?.quote;
  const commands = readCommands(input.script, shell, { stopsAtError: false, hasPipefail: false });
  const commandAt = (offset: number): ShellCommand | undefined =>
    commands.findLast(({ span }) => span.start <= offset && offset < span.end);
  const found: FixedValue[] = [];
  const add = (what: FixedValue['what'], start: number, literal: string, shown: string): void => {
    const quote = quoteAt(start);
    if (quote === '#' || quote === '<<') return;
    const span = { start, end: start + literal.length };
    if (found.some((other) => other.span.start < span.end && span.start < other.span.end)) return;
    found.push({ what, span, literal, shown, canBeReplaced: quote !== "'" });
  };
  for (const match of text.matchAll(HOST)) {
    const place = environmentIn(match[0], text.startsWith('://', match.index - 3));
    if (place) add('host', match.index + place.start, match[0].slice(place.start, place.end), match[0]);
  }
  for (const pattern of [REGION, AZURE_REGION]) {
    for (const match of text.matchAll(pattern)) {
      // A registry is one for all environments, wherever it stands.
      const isRegistry =
        /\.dkr\.ecr\.$/.test(text.slice(0, match.index)) ||
        /^-docker\.pkg\.dev/.test(text.slice(match.index + match[0].length));
      if (!isRegistry) add('region', match.index, match[0], match[0]);
    }
  }
  for (const match of text.matchAll(IMAGE)) {
    const [whole, name = '', version = ''] = match;
    const command = commandAt(match.index);
    if (command && (isOwn(name, service) || releasesImage(command.words))) {
      add('version', match.index + whole.length - version.length, version, whole);
    }
  }
  for (const match of text.matchAll(SETTING)) {
    const [whole, version = ''] = match;
    const command = commandAt(match.index);
    // At the beginning of a command it is an assignment: that is how a parameter is given its value.
    if (command && command.span.start < match.index && !isInstallation(command.words)) {
      add('version', match.index + whole.length - version.length, version, whole);
    }
  }
  for (const match of text.matchAll(WORD)) {
    const command = commandAt(match.index);
    if (command && takesVersion(command.words)) add('version', match.index, match[0], match[0]);
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** The part of a host that names an environment, outside the domain that somebody registered. */
function environmentIn(host: string, isAddress: boolean): Span | null {
  const name = host.toLowerCase();
  if (NOT_OURS.test(name) || (!isAddress && FILE_ENDING.test(name))) return null;
  const labels = name.split('.');
  let at = 0;
  for (const label of labels.slice(0, -2)) {
    let from = at;
    for (const word of label.split('-')) {
      if (ENVIRONMENT.test(word)) return { start: from, end: from + word.length };
      from += word.length + 1;
    }
    at += label.length + 1;
  }
  return null;
}

function isOwn(image: string, service: string): boolean {
  const own = service.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name =
    image
      .split('/')
      .pop()
      ?.toLowerCase()
      .replace(/[^a-z0-9]+/g, '-') ?? '';
  return own.length > 2 && (name === own || name.startsWith(`${own}-`) || own.startsWith(`${name}-`));
}

/** What a command does with an image makes it the service's own: deploying, pushing and tagging it. */
function releasesImage(words: readonly string[]): boolean {
  const [program = '', first = '', second = ''] = words;
  if (program === 'kubectl') return first === 'set' && second === 'image';
  if (program === 'docker' || program === 'podman' || program === 'nerdctl')
    return /^(?:push|tag)$/.test(first);
  return (
    /^(?:gcloud|az|flyctl|fly|kn|ecs-cli|copilot)$/.test(program) &&
    words.some((word) => word.startsWith('--image'))
  );
}

function isInstallation(words: readonly string[]): boolean {
  return /\b(?:install|add)\b/.test(words.slice(0, 3).join(' ')) && !/^helm$/.test(words[0] ?? '');
}

/** A script that deploys, or a tag of the repository: what stands there as a version is the service's. */
function takesVersion(words: readonly string[]): boolean {
  const [program = '', first = ''] = words;
  if (program === 'git') return /^(?:tag|checkout|push|switch|revert|archive)$/.test(first);
  if (program === 'gh') return /^(?:release|workflow)$/.test(first);
  return /^\.{0,2}\/?(?:[\w.-]+\/)*[\w.-]*(?:deploy|release|rollback|rollout|promote|publish|ship)[\w-]*(?:\.\w{2,4})?$/i.test(
    program,
  );
}
