import type { Span } from '../../text/position';
import { actionOf, secretsIn } from '../../workflow/credential-uses';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { GateFacts, RuleFinding, WorkflowRule } from '../rule';
import type { CredentialKindName } from './deploy-credentials';
import { kindOfEnvironment } from './environment-names';
import { deployCredentials } from './job-credentials';
import { callChainsOf, quoted, type CallChain } from './production-path';

/** Inputs that say as whom a login acts: the action, the input, and the identity in words. */
const IDENTITIES: readonly (readonly [action: string, input: string, what: string])[] = [
  ['aws-actions/configure-aws-credentials', 'role-to-assume', 'the role'],
  ['google-github-actions/auth', 'service_account', 'the service account'],
  ['azure/login', 'client-id', 'the application'],
];

/** Where one build is kept for every environment, and where packages are published: sharing these is no fault. */
const NOT_OF_A_TARGET: readonly CredentialKindName[] = [
  ...(['ghcr', 'docker-hub', 'ecr', 'acr', 'gar', 'registry', 'npm', 'pypi', 'crates', 'rubygems'] as const),
  ...(['nuget', 'maven', 'hex', 'vsce', 'open-vsx', 'app-store', 'google-play', 'expo'] as const),
];

/**
 * One credential deploys to production and to another environment.
 * https://docs.github.com/actions/concepts/security/openid-connect
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'shared-credential',
  title: 'Staging and production share a credential',
  severity: 'warn',
  why: 'Whoever can deploy to staging, often anybody who can push, then holds what changes production, past its approval.',
  check(set, gate) {
    const uses = set.jobs.flatMap((facts) =>
      facts.target === null || facts.calls
        ? []
        : [...identitiesOf(set, gate, facts), ...secretsOf(set, facts)],
    );
    const seen = new Set<string>();
    return uses.flatMap((use) => {
      const { isProduction, isOther, credential } = use;
      // The parts of one key stand in one place and are one credential.
      const place = `${use.facts.workflow.path}:${use.span.start}`;
      if (!isProduction || seen.has(credential) || seen.has(place)) return [];
      const other = isOther ? use : uses.find((each) => each.isOther && each.credential === credential);
      if (!other) return [];
      seen.add(credential).add(place);
      return [finding(use, other)];
    });
  },
};

/** One job's use of a credential that is the same wherever it is called so. */
interface Use {
  readonly facts: JobFacts;
  /** What makes two uses one credential. */
  readonly credential: string;
  /** "the role "arn:…"". */
  readonly shown: string;
  readonly span: Span;
  readonly isProduction: boolean;
  readonly isOther: boolean;
}

/** Roles, service accounts and applications that are written in the file. */
function identitiesOf(set: WorkflowSet, gate: GateFacts, facts: JobFacts): readonly Use[] {
  const kinds = (facts.environmentNames ?? []).map((name) => kindOfEnvironment(name, gate));
  return facts.job.steps.flatMap((step) =>
    IDENTITIES.flatMap(([action, input, what]): Use[] => {
      const given = step.with.find(({ name }) => name.value.toLowerCase() === input)?.value;
      // A login that only some runs make may be another environment's.
      if (actionOf(step) !== action || !given || step.condition) return [];
      const texts = set.possibleTexts(facts, given.text);
      const [text] = texts ?? [];
      if (texts?.length !== 1 || text === undefined || text.trim() === '') return [];
      return [
        {
          facts,
          credential: `${action} ${text.trim().toLowerCase()}`,
          shown: `${what} "${text.trim()}"`,
          span: given.span,
          isProduction: facts.target?.kind === 'production',
          isOther: facts.target?.kind === 'non-production' || kinds.includes('non-production'),
        },
      ];
    }),
  );
}

/** Secrets of the repository: a job with an environment may have one of its own under the same name. */
function secretsOf(set: WorkflowSet, facts: JobFacts): readonly Use[] {
  if (facts.job.environment) return [];
  return deployCredentials(set, facts).flatMap(({ secret, kind, span }): Use[] => {
    if (kind !== null && NOT_OF_A_TARGET.includes(kind)) return [];
    const names = new Set(callChainsOf(set, facts).map((chain) => secretOfCaller(chain, secret)));
    const [name] = names;
    if (names.size !== 1 || !name) return [];
    return [
      {
        facts,
        credential: `secret ${name.toLowerCase()}`,
        shown: `the secret "${name}"`,
        span,
        isProduction: facts.target?.kind === 'production',
        isOther: facts.target?.kind === 'non-production',
      },
    ];
  });
}

/** What a secret of a called workflow is called where the run starts; null where the file does not say. */
function secretOfCaller(chain: CallChain, secret: string): string | null {
  let name = secret;
  for (const { job } of chain.slice(1)) {
    if (job.secrets?.isInherited) continue;
    const entry = job.secrets?.entries.find((each) => each.name.value.toLowerCase() === name.toLowerCase());
    const [passed, ...others] = secretsIn(entry?.value.text ?? '');
    if (passed === undefined || others.length > 0) return null;
    name = passed;
  }
  return name;
}

function finding(use: Use, other: Use): RuleFinding {
  const { facts, shown, span } = use;
  const isOneJob = use === other;
  return {
    path: facts.workflow.path,
    span,
    status: 'fail',
    message: isOneJob
      ? `${quoted(facts.job)} deploys to every environment as ${shown}, production and the others alike: give each environment a credential of its own`
      : `${quoted(facts.job)} deploys to production with ${shown}, which ${quoted(other.facts.job)} uses for another environment: give production a credential of its own`,
    evidence: isOneJob
      ? []
      : [
          {
            message: `${quoted(other.facts.job)} uses it, and ${other.facts.target?.message ?? 'deploys elsewhere'}`,
            path: other.facts.workflow.path,
            span: other.span,
          },
        ],
  };
}
