import type { Change, IrreversibleAction } from '../../change/change';
import { isTestOrSample, isVendored, touchesOfPath } from '../../change/path-kinds';
import type {
  InfrastructureReview,
  ReviewedAccess,
  ReviewedLoss,
} from '../../documents/infrastructure-review/infrastructure-review';
import type { ReviewedFinding, ReviewedQuestion } from '../../documents/pipeline-review/pipeline-review';
import { placeholder, textOf } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import type { Range } from '../../text/position';
import { counted, enumerated } from '../../text/words';
import type { Parity } from '../../readiness/parity/parity';
import { scalingIn } from '../environments/scaling';
import { hardCodedIn, loosePermissionsIn, unpinnedIn, type CodePlace } from './infrastructure-code';

/** What a review of a change of infrastructure is made from. */
export interface InfrastructureFacts {
  readonly profile: RepositoryProfile;
  readonly change: Change;
  readonly parity: Parity;
  /** The changed files of infrastructure as they are at the head, by path; a deleted one has none. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whether the repository keeps the lock file of Terraform's providers beside a changed folder. */
  readonly lockFiles: readonly string[];
  readonly claims: InfrastructureReview['claims'];
}

/** Files by which infrastructure is made or configured; tests, examples and other people's code are none of ours. */
export function isInfrastructure(path: string): boolean {
  return (
    !path.startsWith('.github/') &&
    !isTestOrSample(path) &&
    !isVendored(path) &&
    touchesOfPath(path).some((kind) => kind === 'infrastructure' || kind === 'permissions')
  );
}

/** The review as far as the engine can answer it. */
export function assembleInfrastructureReview(facts: InfrastructureFacts): InfrastructureReview {
  const { profile, change } = facts;
  const files = change.files.filter(({ path }) => isInfrastructure(path));
  const paths = new Set(files.flatMap(({ path, oldPath }) => [path, ...(oldPath === null ? [] : [oldPath])]));
  const losses = change.irreversible.filter(({ path }) => paths.has(path));
  const questions = questionsOf(facts, paths, losses);
  const count = (verdict: string): number =>
    questions.filter((question) => question.verdict === verdict).length;
  return {
    service: textOf(profile.service),
    base: change.range.commits.base ?? 'none: from the first commit on',
    head: change.range.commits.head,
    summary: `${counted(files.length, 'file')} of infrastructure ${files.length === 1 ? 'changes' : 'change'} between ${change.range.baseName ?? 'the first commit'} and ${change.range.headName}. Of ${counted(questions.length, 'question')} ${count('pass')} pass, ${count('fail')} fail, ${count('unknown')} are unknown: a person answers those. A verdict is the engine's, by what the files of the change say; it has not run anything.`,
    files: files.map(({ path, status }) => ({ file: path, status, what: whatIs(path) })),
    questions,
    losses: losses.map(lossOf),
    access: accessOf(facts, paths),
    findings: findingsOf(facts),
    claims: facts.claims,
  };
}

function whatIs(path: string): string {
  if (/\.tfvars/.test(path)) return 'Terraform values';
  if (/\.tf(?:\.json)?$/.test(path)) return 'Terraform';
  if (/kustomization\.ya?ml$|(?:^|\/)overlays\//.test(path)) return 'Kustomize';
  if (/values[^/]*\.ya?ml$/i.test(path)) return 'Helm values';
  if (/(?:^|\/)(?:charts?|helm)\/|Chart\.ya?ml$/i.test(path)) return 'Helm chart';
  if (/compose[^/]*\.ya?ml$/i.test(path)) return 'Docker Compose';
  if (/dockerfile|containerfile/i.test(path)) return 'container image';
  return /\.ya?ml$/.test(path) ? 'manifest' : 'configuration';
}

type Answer = Pick<ReviewedQuestion, 'verdict' | 'evidence'>;

const pass = (evidence: string): Answer => ({ verdict: 'pass', evidence });
const fail = (evidence: string): Answer => ({ verdict: 'fail', evidence });
const unknown = (evidence: string): Answer => ({ verdict: 'unknown', evidence });

function questionsOf(
  facts: InfrastructureFacts,
  paths: ReadonlySet<string>,
  losses: readonly IrreversibleAction[],
): readonly ReviewedQuestion[] {
  return [
    { question: 'Reproducible: the same code gives the same infrastructure', ...reproducible(facts) },
    { question: 'Parity: staging and production change alike', ...parityOf(facts, paths) },
    { question: 'Least privilege: nothing is allowed that is not needed', ...leastPrivilege(facts, paths) },
    { question: 'Nothing is hard-coded that differs between environments', ...hardCoded(facts) },
    { question: 'No downtime while it is applied', ...downtime(losses) },
    { question: 'Reversible: applying the code before brings back what was there', ...reversible(losses) },
    {
      question: 'No drift: what runs is what the code before said',
      ...unknown(
        `only the running system tells: ${placeholder('result of terraform plan or kubectl diff on the code before the change')}`,
      ),
    },
  ];
}

const MAX_SHOWN = 4;

function shown(places: readonly CodePlace[]): string {
  const rest = places.length - MAX_SHOWN;
  return `${places
    .slice(0, MAX_SHOWN)
    .map(({ path, line, what }) => `${what} at ${path}:${line}`)
    .join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

function placesIn(
  { texts }: InfrastructureFacts,
  find: (path: string, text: string) => readonly CodePlace[],
): readonly CodePlace[] {
  return [...texts].flatMap(([path, text]) => find(path, text));
}

function reproducible(facts: InfrastructureFacts): Answer {
  const loose = placesIn(facts, unpinnedIn);
  if (loose.length > 0) return fail(shown(loose));
  const terraform = [...facts.texts.keys()].filter((path) => /\.tf$/.test(path));
  if (terraform.length > 0 && facts.lockFiles.length === 0) {
    return unknown('no .terraform.lock.hcl is kept, so the versions of the providers are those of the day');
  }
  return facts.texts.size === 0
    ? unknown('no changed file of infrastructure could be read')
    : pass(
        `modules and images of ${counted(facts.texts.size, 'changed file')} are named by version${terraform.length > 0 ? `, providers by ${enumerated(facts.lockFiles, 'and')}` : ''}`,
      );
}

function parityOf({ parity }: InfrastructureFacts, paths: ReadonlySet<string>): Answer {
  const own = parity.comparisons.flatMap(({ differences }) =>
    differences.filter(({ staging, production }) =>
      [staging, production].some((source) => source.kind === 'file' && paths.has(source.path)),
    ),
  );
  if (own.length > 0) {
    const rest = own.length - MAX_SHOWN;
    return fail(
      `${own
        .slice(0, MAX_SHOWN)
        .map(({ what }) => what.replaceAll('`', ''))
        .join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
    );
  }
  const compared = parity.comparisons.filter(
    ({ staging, production, unread }) => unread === null && (paths.has(staging) || paths.has(production)),
  );
  return compared.length > 0
    ? pass(
        `${compared.map(({ staging, production }) => `${staging} and ${production}`).join('; ')} have the same keys`,
      )
    : unknown('no changed file belongs to one environment and has its like in another');
}

function leastPrivilege(facts: InfrastructureFacts, paths: ReadonlySet<string>): Answer {
  const loose = placesIn(facts, loosePermissionsIn);
  if (loose.length > 0) return fail(shown(loose));
  const touched = facts.change.evidence.filter(
    ({ kind, path, side }) => kind === 'permissions' && side === 'head' && paths.has(path),
  );
  if (touched.length > 0) {
    return unknown(
      `a person has to look at ${enumerated(
        touched.slice(0, MAX_SHOWN).map(({ path, range, what }) => `${placeOf(path, range)} (${what})`),
        'and',
      )}`,
    );
  }
  return facts.texts.size === 0
    ? unknown('no changed file of infrastructure could be read')
    : pass('no changed file says who may do what, or lets traffic in from everywhere');
}

function hardCoded(facts: InfrastructureFacts): Answer {
  const found = placesIn(facts, hardCodedIn);
  if (found.length > 0) return fail(shown(found));
  const judged = [...facts.texts.keys()].filter((path) => /\.tf$|\.ya?ml$/.test(path));
  return judged.length === 0
    ? unknown('no changed file is Terraform or a manifest')
    : pass(
        `no account, machine image or address stands in ${enumerated(judged.slice(0, MAX_SHOWN), 'and')}${judged.length > MAX_SHOWN ? ` and ${judged.length - MAX_SHOWN} more` : ''}`,
      );
}

function downtime(losses: readonly IrreversibleAction[]): Answer {
  const down = losses.filter(({ kind }) => kind === 'infra-destroy' || kind === 'infra-replace');
  return down.length > 0
    ? fail(
        down
          .slice(0, MAX_SHOWN)
          .map(({ path, range, why }) => `${placeOf(path, range)}: ${why}`)
          .join('; '),
      )
    : unknown(
        `nothing in the files destroys or replaces what runs; whether applying it does, the plan tells: ${placeholder('what terraform plan or kubectl diff says is replaced')}`,
      );
}

function reversible(losses: readonly IrreversibleAction[]): Answer {
  const lost = losses.filter(({ kind }) => kind !== 'unjudgeable');
  if (lost.length > 0) {
    return fail(
      `${counted(lost.length, 'action')} below ${lost.length === 1 ? 'is' : 'are'} not undone by going back`,
    );
  }
  return losses.length > 0
    ? unknown(`${counted(losses.length, 'file or statement')} below could not be judged`)
    : pass(
        'no changed file destroys or replaces anything that holds data, as far as Terraform and manifests tell',
      );
}

function lossOf({
  path,
  range,
  statement,
  why,
  compensation,
  compensatedBy,
}: IrreversibleAction): ReviewedLoss {
  return {
    place: placeOf(path, range),
    what: statement || 'the whole file',
    why,
    compensation:
      compensatedBy ??
      placeholder(
        `what stands ready before it is applied${compensation === null ? '' : `: ${compensation}`}`,
      ),
  };
}

function accessOf(
  { change, texts }: InfrastructureFacts,
  paths: ReadonlySet<string>,
): readonly ReviewedAccess[] {
  const reviewed = placeholder('who looked at it, and what they say');
  return [
    ...change.evidence
      .filter(({ kind, path }) => kind === 'permissions' && paths.has(path))
      .map(({ path, range, what }) => ({
        kind: 'role or permission',
        what,
        place: placeOf(path, range),
        reviewed,
      })),
    ...[...texts].flatMap(([path, text]) =>
      scalingIn(path, text, '').map(({ kind, setting, value, place }) => ({
        kind,
        what: `${setting}: ${value}`,
        place,
        reviewed,
      })),
    ),
  ];
}

/** What was found, with what mends it. */
function findingsOf(facts: InfrastructureFacts): readonly ReviewedFinding[] {
  const rows = (rule: string, places: readonly CodePlace[]): readonly ReviewedFinding[] =>
    places.map(({ path, line, what, fix }) => ({
      weight: 'warns',
      rule,
      place: `${path}:${line}`,
      finding: what,
      fix,
    }));
  return [
    ...rows('reproducible', placesIn(facts, unpinnedIn)),
    ...rows('least privilege', placesIn(facts, loosePermissionsIn)),
    ...rows('hard-coded', placesIn(facts, hardCodedIn)),
  ];
}

function placeOf(path: string, range: Range | null): string {
  return `${path}${range ? `:${range.start.line}` : ''}`;
}
