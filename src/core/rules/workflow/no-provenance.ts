import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { jobsBefore, jobsOfRunBefore, makesSomething, pushesOf, uploadsOf } from './artifacts';
import { verifyFilesFix } from './attestation-fix';
import { buildsUpTo } from './deploy-rebuilds';
import {
  deploysInfrastructure,
  evidenceOf,
  lastDeployStep,
  productionPathOf,
  quoted,
  whyItDeploys,
} from './production-path';
import { verificationsIn } from './verification';

/** Actions that sign a statement of what was built. To teach one more, add a line. */
const ATTESTING_ACTIONS = /^(actions\/attest|actions\/attest-build-provenance|slsa-framework\/[\w./-]+)$/;

/** Commands that sign what was built, or a statement of it. */
const ATTESTING_COMMANDS: readonly RegExp[] = [
  /^cosign (sign|sign-blob|attest|attest-blob)\b/,
  /^notation sign\b/,
  /^docker (buildx )?build\b.*--(provenance[= ](?!false)|attest[= ])/,
  /^(npm|pnpm) publish\b.*--provenance\b/,
  /^(gpg|gpg2|minisign)\b.*(--detach-sign|--detach-sig|\s-S)/,
];

/**
 * Nothing says by a signature where and of what the deployed artifact was built, or nothing asks before it is deployed.
 * https://docs.github.com/actions/concepts/security/artifact-attestations
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'no-provenance',
  title: 'What is deployed has no provenance that is verified',
  severity: 'warn',
  why: 'A signed statement of which workflow built an artifact, of which commit, is what a deployment can check; without it anything of the right name is deployed.',
  check(set) {
    const judged = productionPathOf(set).production.flatMap((facts) => judge(set, facts) ?? []);
    const seen = new Set<string>();
    // One build that several jobs deploy is one place.
    return judged.filter(({ path, span }) => {
      const key = `${path} ${span?.start ?? ''}`;
      return !seen.has(key) && seen.add(key);
    });
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding | null {
  const last = lastDeployStep(facts);
  // What the deployment itself builds is deploy-rebuilds' finding.
  if (deploysInfrastructure(facts) || buildsUpTo(facts, last).length > 0) return null;
  const before = [...new Set([...jobsBefore(set, facts), ...jobsOfRunBefore(set, facts)])];
  const makers = before.flatMap((job) => {
    const place = makesSomething(job) ? placeOfArtifact(job) : null;
    return place ? [{ job, place }] : [];
  });
  const [maker] = makers;
  if (!maker || before.some(isOpaque)) return null;
  const attesting = before.find(attests);
  if (!attesting) {
    return {
      path: maker.job.workflow.path,
      span: maker.place,
      status: 'fail',
      message: `${quoted(maker.job.job)} makes what ${quoted(facts.job)} deploys and signs no provenance of it: attest it with \`actions/attest-build-provenance\`, and verify that before the deployment`,
      evidence: whyItDeploys(facts),
    };
  }
  const isVerified = [facts, ...before].some((job) =>
    verificationsIn(job).some(
      ({ kind, stepIndex }) => kind === 'attestation' && (job !== facts || last < 0 || stepIndex <= last),
    ),
  );
  if (isVerified) return null;
  const deploy = evidenceOf(facts, 'deploy').find(({ path }) => path === facts.workflow.path);
  const fix = verifyFix(facts, last);
  return {
    path: facts.workflow.path,
    span: deploy?.span ?? facts.job.id.span,
    status: 'fail',
    message: `${quoted(facts.job)} deploys what ${quoted(attesting.job)} has attested and does not verify it: run \`gh attestation verify\` before the deployment`,
    evidence: whyItDeploys(facts),
    ...(fix ? { fix } : {}),
  };
}

/** Where a job hands on what it made: its upload or its push; null for one that keeps what it builds. */
function placeOfArtifact(facts: JobFacts): Span | null {
  const [upload] = uploadsOf(facts);
  if (upload) return upload.span;
  const pushes = pushesOf(facts);
  if (pushes === null) return evidenceOf(facts, 'package')[0]?.span ?? null;
  return pushes[0]?.span ?? null;
}

/** Whether a job signs what was built, or a statement of it. */
function attests({ job, commands }: JobFacts): boolean {
  return (
    job.steps.some((step) => {
      const action = actionOf(step) ?? '';
      if (ATTESTING_ACTIONS.test(action)) return true;
      return (
        /^(docker|depot)\/(build-push-action|bake-action)$/.test(action) &&
        step.with.some(
          ({ name, value }) =>
            /^(provenance|attests)$/i.test(name.value) && !/^\s*(false)?\s*$/.test(value.text),
        )
      );
    }) ||
    commands.some(({ words }) => {
      const line = unwrapCommand(words).join(' ');
      return ATTESTING_COMMANDS.some((pattern) => pattern.test(line));
    })
  );
}

/** A job whose work is elsewhere: it may attest. SLSA's generators are called so; Cloud Build attests by itself. */
function isOpaque({ job, commands }: JobFacts): boolean {
  return (
    (job.uses !== null && !job.uses.value.startsWith('./')) ||
    job.steps.some(
      (step) =>
        /^\.\/|goreleaser|attest|provenance|cosign|sigstore/i.test(actionOf(step) ?? '') &&
        !ATTESTING_ACTIONS.test(actionOf(step) ?? '') &&
        !/cosign-installer/.test(actionOf(step) ?? ''),
    ) ||
    commands.some(({ words }) =>
      /^(gcloud builds|goreleaser|make sign|slsa)/.test(unwrapCommand(words).join(' ')),
    )
  );
}

/** Verifies the files that the deployment downloads into a folder that the file names. */
function verifyFix(facts: JobFacts, last: number): Fix | null {
  const downloads = facts.job.steps.filter(
    (step) => step.index <= last && actionOf(step) === 'actions/download-artifact',
  );
  const [download, ...others] = downloads;
  const folder = download?.with.find(({ name }) => name.value === 'path')?.value.text.trim();
  if (!download || others.length > 0 || folder === undefined || !/^[\w][\w./-]*$/.test(folder)) return null;
  return verifyFilesFix(facts, download, folder.replace(/\/+$/, ''));
}
