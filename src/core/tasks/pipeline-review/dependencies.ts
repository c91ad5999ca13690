import type { ReviewedDependency } from '../../documents/pipeline-review/pipeline-review';
import { placeholder } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { enumerated } from '../../text/words';
import { actionReference } from '../../workflow/action-reference';
import { actionOf } from '../../workflow/credential-uses';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import { jobTitle } from '../environments/deployments';

/** Commands that fetch from a registry, by their first words; one line per tool. */
const FETCHES: readonly (readonly [command: RegExp, dependency: string])[] = [
  [/^(?:npm (?:ci|install|i)|npx|pnpm (?:install|i)|yarn(?: install)?)(?: |$)/, 'npm registry'],
  [/^(?:pip3? install|uv (?:sync|pip)|poetry install|pipenv install)(?: |$)/, 'Python package index'],
  [/^(?:go (?:build|test|mod|install|run))(?: |$)/, 'Go module proxy'],
  [/^(?:mvn|\.\/mvnw|gradle|\.\/gradlew)(?: |$)/, 'Maven repositories'],
  [/^(?:apt-get|apt|apk|yum|dnf) /, 'package mirrors of the distribution'],
  [/^(?:bundle install)/, 'RubyGems'],
  [/^(?:aws) /, 'AWS API'],
  [/^(?:gcloud|gsutil) /, 'Google Cloud API'],
  [/^(?:az) /, 'Azure API'],
  [/^(?:kubectl|helm) /, 'Kubernetes API of the cluster'],
  [/^(?:terraform|tofu) /, "Terraform registry and the state's backend"],
];

interface Found {
  kind: string;
  pinned: string;
  readonly jobs: Set<string>;
}

/** What the workflows need from outside of the repository, most used first within its kind. */
export function dependenciesOf(set: WorkflowSet, profile: RepositoryProfile): readonly ReviewedDependency[] {
  const found = new Map<string, Found>();
  const add = (name: string, kind: string, pinned: string, facts: JobFacts): void => {
    const known = found.get(name) ?? { kind, pinned, jobs: new Set<string>() };
    known.jobs.add(jobTitle(facts));
    found.set(name, known);
  };
  for (const facts of set.jobs) {
    const { job } = facts;
    for (const uses of [job.uses?.value, ...job.steps.map((step) => step.uses?.value)]) {
      if (uses === undefined) continue;
      const reference = actionReference(uses);
      if (reference) {
        const pinned = reference.isCommit ? 'by commit' : `by the name ${reference.ref}, which can be moved`;
        add(reference.name, reference.isWorkflow ? 'workflow' : 'action', pinned, facts);
      } else if (uses.startsWith('docker://')) image(add, uses.slice('docker://'.length), facts);
    }
    for (const step of job.steps) {
      if (actionOf(step) !== 'docker/login-action') continue;
      const registry = step.with.find(({ name }) => name.value === 'registry')?.value.text ?? 'docker.io';
      add(registry, 'registry', 'not applicable', facts);
    }
    const container = valueOf(job.body, 'container');
    const containerImage = container?.kind === 'scalar' ? container : valueOf(container, 'image');
    if (containerImage?.kind === 'scalar') image(add, containerImage.text, facts);
    const services = valueOf(job.body, 'services');
    for (const { value } of services?.kind === 'map' ? services.entries : []) {
      const named = valueOf(value, 'image');
      if (named?.kind === 'scalar') image(add, named.text, facts);
    }
    for (const { words } of facts.commands) {
      const line = words.join(' ');
      const fetches = FETCHES.find(([pattern]) => pattern.test(line));
      if (fetches) add(fetches[1], 'service', pinnedBy(fetches[1], profile), facts);
      const host = /^(?:curl|wget) /.test(line)
        ? /https?:\/\/((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/:?"'\s]|$)/i.exec(line)?.[1]
        : undefined;
      if (host !== undefined) add(host.toLowerCase(), 'service', 'not applicable', facts);
    }
  }
  const order = ['action', 'workflow', 'image', 'registry', 'service'];
  return [...found]
    .sort(
      ([a, one], [b, other]) =>
        order.indexOf(one.kind) - order.indexOf(other.kind) ||
        other.jobs.size - one.jobs.size ||
        (a < b ? -1 : 1),
    )
    .map(([dependency, { kind, pinned, jobs }]) => ({
      dependency,
      kind,
      usedBy: jobs.size > 4 ? `${jobs.size} jobs` : enumerated([...jobs], 'and'),
      pinned,
      fallback: fallbackOf(dependency, kind),
    }));
}

function image(
  add: (name: string, kind: string, pinned: string, facts: JobFacts) => void,
  text: string,
  facts: JobFacts,
): void {
  const [name = text, digest] = text.split('@');
  const tag = /:([\w.-]+)$/.exec(name)?.[1];
  add(
    name,
    'image',
    digest?.startsWith('sha256:')
      ? 'by digest'
      : tag
        ? `by the tag ${tag}, which can be moved`
        : 'not at all',
    facts,
  );
}

function pinnedBy(dependency: string, { stacks }: RepositoryProfile): string {
  const managers: Readonly<Record<string, RegExp>> = {
    'npm registry': /npm|pnpm|yarn|bun/,
    'Python package index': /pip|poetry|uv|pipenv/,
    'Go module proxy': /^go$/,
  };
  const pattern = managers[dependency];
  const locks = stacks.flatMap(({ packageManager, lockFile }) =>
    pattern?.test(packageManager.value) && lockFile ? [lockFile.value] : [],
  );
  return pattern === undefined
    ? 'not applicable'
    : locks.length > 0
      ? `by ${enumerated([...new Set(locks)], 'and')}`
      : 'by no lock file';
}

/** GitHub's own actions are gone when GitHub is; what is done without anything else is a person's to say. */
function fallbackOf(dependency: string, kind: string): string {
  if (/^(?:actions|github)\//.test(dependency))
    return 'none: it is part of GitHub, without which nothing runs';
  switch (kind) {
    case 'action':
    case 'workflow':
      return placeholder('what is done while an action of others cannot be fetched');
    case 'image':
    case 'registry':
      return placeholder('what is done while a registry of images cannot be reached');
    default:
      return placeholder(`what is done while ${dependency} cannot be reached`);
  }
}
