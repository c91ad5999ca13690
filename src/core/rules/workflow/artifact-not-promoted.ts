import type { TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import { CommentedScalar, insertStep, setEntry, type EditResult, type NewYaml } from '../../workflow/edit';
import type { Step } from '../../workflow/model';
import { purposesOfAction } from '../../workflow/purposes/actions';
import type { JobFacts, PurposeEvidence, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import {
  jobsBefore,
  jobsOfRunBefore,
  makesSomething,
  pushesOf,
  uploadsOf,
  type Push,
  type Upload,
} from './artifacts';
import { buildsUpTo } from './deploy-rebuilds';
import { deployedImages } from './deployed-images';
import {
  callChainsOf,
  chainTriggerOf,
  deploysInfrastructure,
  evidenceOf,
  firstDeployStep,
  hasPurpose,
  lastDeployStep,
  productionPathOf,
  quoted,
  textAt,
  whyItDeploys,
} from './production-path';

/** A value that differs from run to run: what holds one may name what this run, or the one before it, has built. */
const OF_THIS_RUN =
  /\b(needs|steps)\s*[.[]|\binputs\s*\.\s*(?!(environment|env|region|cluster|namespace|stage|target|app|service)\b)|\binputs\s*\[|\bgithub\s*\.\s*(sha|ref|ref_name|head_ref|run_id|run_number|run_attempt|event)\b|GITHUB_(SHA|REF|REF_NAME|HEAD_REF|RUN_ID|RUN_NUMBER|EVENT_PATH|OUTPUT|ENV)\b|\b(vars|secrets)\s*\.\s*\w*(TAG|VERSION|IMAGE|DIGEST|SHA|RELEASE)|\bhashFiles\(|\b(from|to)JSON\(/i;

/** Programs that neither fetch nor compute anything by themselves; with options that do, see {@link FETCHES}. */
const PLAIN_PROGRAMS =
  /^(cd|echo|printf|mkdir|cp|mv|rm|ls|cat|chmod|chown|ln|touch|export|set|true|false|:|test|\[|\[\[|sleep|exit|whoami|pwd|umask|zip|kubectl|oc|helm|kustomize|aws|az|gcloud|gsutil|docker|podman|docker-compose|ssh|scp|rsync|sftp|ssh-keyscan|ssh-add|ssh-agent|apt-get|apt|flyctl|fly|doctl|nomad|netlify|wrangler|vercel|npx|swa|eb|cf|ibmcloud|kubelogin|tee|date|head|tail|curl|wget)$/;

/** Commands that bring something from elsewhere, or that may. */
const FETCHES =
  /^(aws s3 (cp|sync) s3:|aws s3api get-object|gsutil (-m )?(cp|rsync) (-\S+ )*gs:|gcloud storage (cp|rsync) (-\S+ )*gs:|az storage blob download|(docker|podman) (pull|cp|load|create|run|image)\b|kubectl (cp|get|run|create)\b.*-o|helm (pull|dependency|repo)\b|(curl|wget)\b.*(\s-\w*[oO]\b|--output|--remote-name|https?:\S*\.(zip|gz|tgz|tar|jar|war|yaml|yml))|npx (?!(--yes |-y )?(netlify|netlify-cli|wrangler|vercel|firebase|firebase-tools)\b)|docker[ -]compose (build|create)|rsync \S*:|scp (-\S+ )*\S*@)/;

/** Actions that prepare a job and bring nothing that could be deployed. */
const PLAIN_ACTIONS =
  /^(actions\/(checkout|setup-[\w-]+)|aws-actions\/(configure-aws-credentials|amazon-ecr-login)|azure\/(login|cli|aks-set-context|setup-kubectl|setup-helm|k8s-set-context|docker-login)|google-github-actions\/(auth|setup-gcloud|get-gke-credentials)|docker\/(login-action|setup-buildx-action)|webfactory\/ssh-agent|shimataro\/ssh-key-action|tailscale\/github-action|digitalocean\/action-doctl|superfly\/flyctl-actions\/setup-flyctl|step-security\/harden-runner)$/;

/** Actions that send files, with the input that names them and what holds without it. */
const SENDING_ACTIONS: readonly (readonly [action: string, input: string, defaultPath: string | null])[] = [
  ['azure/webapps-deploy', 'package', '.'],
  ['azure/functions-action', 'package', '.'],
  ['einaregilsson/beanstalk-deploy', 'deployment_package', null],
  ['reggionick/s3-deploy', 'folder', null],
  ['nwtgck/actions-netlify', 'publish-dir', null],
  ['cloudflare/pages-action', 'directory', null],
  ['samkirkland/ftp-deploy-action', 'local-dir', '.'],
  ['burnett01/rsync-deployments', 'path', null],
  ['appleboy/scp-action', 'source', null],
  ['wlixcc/sftp-deploy-action', 'local_path', null],
];

/** Commands that deploy whatever image something outside their own words names. */
const DEPLOYS_BY_REFERENCE: readonly RegExp[] = [
  /^(kubectl|oc) (\S+ )*?(apply|replace)\b(?!.*https?:)/,
  /^(kubectl|oc) (\S+ )*?rollout restart\b/,
  /^helm (\S+ )*?(upgrade|install)\b.*\s(\.{0,2}\/|[\w-]+\/)(?!.*(--repo|oci:|https?:))/,
  /^aws ecs update-service\b.*--force-new-deployment\b/,
  /^aws apprunner start-deployment\b/,
  /^az webapp restart\b/,
];

/** Commands that deploy files of the repository: manifests, a chart. */
const OF_THE_CHECKOUT: readonly RegExp[] = [
  /^(kubectl|oc) (\S+ )*?(apply|replace)\b.*\s(-[fk]|--filename|--kustomize)[ =](?!https?:|-(\s|$)|\/|\$)/,
  /^helm (\S+ )*?(upgrade|install)\b.*\s(\.{1,2}\/|charts?\/)/,
];

/** Names of tags that stand for whatever was pushed last. */
const MOVING = /^(latest|edge|nightly|stable|main|master|production|prod)$/i;

/**
 * A production deployment takes nothing that the run has built: neither a file, nor a digest, nor a tag that holds the
 * commit or the version (Definition 6). Told only where every value and every file that it uses is known.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'artifact-not-promoted',
  title: 'A deployment does not ship what was built and tested',
  severity: 'block',
  why: 'What was built, tested and approved is one thing, and what production gets is another; nobody has seen that one run.',
  check(set, gate) {
    return productionPathOf(set).production.flatMap((facts) => {
      const finding = judge(set, facts, gate);
      return finding ? [finding] : [];
    });
  },
};

function judge(set: WorkflowSet, facts: JobFacts, gate: GateFacts): RuleFinding | null {
  // A deployment that builds again is deploy-rebuilds' finding; infrastructure is not built.
  const last = lastDeployStep(facts);
  if (last < 0 || deploysInfrastructure(facts) || buildsUpTo(facts, last).length > 0) return null;
  const builders = jobsBefore(set, facts).filter(makesSomething);
  const chained = builders.length === 0 ? newestInsteadOfTested(set, facts, gate) : null;
  if (chained || builders.length === 0) return chained;
  if (takesOrMayTake(facts)) return null;
  return sendsItsCheckout(set, facts, builders, gate) ?? deploysByReference(set, facts, builders);
}

/** Whether anything that the job has up to its deployment may come from the build. */
function takesOrMayTake(facts: JobFacts): boolean {
  const { job, workflow, commands } = facts;
  const last = lastDeployStep(facts);
  const steps = job.steps.filter((step) => step.index <= last);
  const texts = steps.flatMap((step) => [
    step.run?.text ?? '',
    ...[...step.with, ...step.env].map(({ value }) => value.text),
    step.workingDirectory?.value ?? '',
  ]);
  const used = texts.join('\n');
  const variables = [...job.env, ...workflow.env].filter(({ name }) => used.includes(name.value));
  const values = [...texts, ...variables.map(({ value }) => value.text)];
  if (values.some((text) => OF_THIS_RUN.test(text))) return true;
  // Entries of a matrix are the same in every run, unless an output makes them.
  const isComputed = job.matrix !== null && textAt(workflow, job.matrix.span).includes('${{');
  if (isComputed && values.some((text) => /\bmatrix\s*[.[]/.test(text))) return true;
  return steps.some((step) => {
    if (step.uses) return !isPlainAction(step);
    const own = commands.filter((command) => command.step === step);
    return own.length === 0 || own.some((command) => !isPlainCommand(facts, command));
  });
}

function isPlainAction(step: Step): boolean {
  const action = actionOf(step) ?? '';
  if (action === 'actions/checkout') {
    return !step.with.some(({ name }) => /^(ref|repository)$/.test(name.value));
  }
  return (
    PLAIN_ACTIONS.test(action) ||
    purposesOfAction(step).some(({ purpose }) => ['deploy', 'verify', 'notify'].includes(purpose))
  );
}

function isPlainCommand(facts: JobFacts, command: StepCommand): boolean {
  const words = unwrapCommand(command.words);
  const line = words.join(' ');
  if (words.some((word) => /\$\(|`|<\(/.test(word)) || FETCHES.test(command.words.join(' '))) return false;
  return (
    PLAIN_PROGRAMS.test(words[0] ?? '') ||
    (isDeployment(facts, command) && !/^(\.|bash|sh|make|npm|yarn|pnpm|just|task)/.test(line))
  );
}

function isDeployment(facts: JobFacts, command: StepCommand): boolean {
  return evidenceOf(facts, 'deploy', 'strong').some(({ span }) => span.start === command.span.start);
}

/** The build uploads what it made, and the deployment sends files of its own checkout. */
function sendsItsCheckout(
  set: WorkflowSet,
  facts: JobFacts,
  builders: readonly JobFacts[],
  gate: GateFacts,
): RuleFinding | null {
  const uploads = builders.flatMap((builder) => uploadsOf(builder).map((upload) => ({ builder, upload })));
  const [first] = uploads;
  // What another job downloads is meant for that one.
  const isTaken = set.jobs.some(
    (other) =>
      other.workflow === facts.workflow &&
      other.job.steps.some((step) => /download-artifact/.test(step.uses?.value ?? '')),
  );
  if (!first || isTaken) return null;
  for (const evidence of evidenceOf(facts, 'deploy')) {
    const sent = sentPath(facts, evidence);
    if (sent === null) continue;
    const path = plainPath(sent);
    const isCommitted =
      path !== '' && [...gate.paths].some((each) => each === path || each.startsWith(`${path}/`));
    if (isCommitted) continue;
    const fix = downloadFix(
      facts,
      uploads.map(({ upload }) => upload),
      path,
      gate,
    );
    return {
      path: facts.workflow.path,
      span: evidence.span,
      status: 'fail',
      message: `${quoted(facts.job)} deploys ${path === '' ? 'its own checkout' : `"${sent}" of its own checkout`} and takes nothing of what ${quoted(first.builder.job)} has built: download that artifact before`,
      evidence: [
        {
          message: `${quoted(first.builder.job)} uploads "${first.upload.name}", which nothing downloads`,
          path: first.builder.workflow.path,
          span: first.upload.span,
        },
        ...whyItDeploys(facts),
      ],
      ...(fix ? { fix } : {}),
    };
  }
  return null;
}

/** The files that a deployment sends, as written; null where it sends none, or nothing says which. */
function sentPath(facts: JobFacts, evidence: PurposeEvidence): string | null {
  const step = facts.job.steps.find(({ index }) => index === evidence.stepIndex);
  if (!step || evidence.path !== facts.workflow.path) return null;
  if (step.uses) {
    const action = actionOf(step);
    const row = SENDING_ACTIONS.find(([name]) => name === action);
    const has = (name: string): boolean => step.with.some((entry) => entry.name.value.toLowerCase() === name);
    if (!row || has('images') || has('image')) return null;
    return step.with.find((entry) => entry.name.value.toLowerCase() === row[1])?.value.text.trim() ?? row[2];
  }
  const command = facts.commands.find(
    (each) =>
      each.step === step && each.span.start === evidence.span.start && each.span.end === evidence.span.end,
  );
  if (!command) return null;
  const words = unwrapCommand(command.words);
  const line = words.join(' ');
  const after = (...options: readonly string[]): string | null => {
    const at = words.findIndex((word) => options.includes(word));
    const given = words.find((word) => options.some((option) => word.startsWith(`${option}=`)));
    return at >= 0 ? (words[at + 1] ?? null) : (given?.slice(given.indexOf('=') + 1) ?? null);
  };
  if (/^aws s3 (cp|sync)\b/.test(line)) {
    const [from = '', to = ''] = words.slice(3).filter((word) => !word.startsWith('-'));
    return to.startsWith('s3://') && !from.startsWith('s3://') ? from : null;
  }
  if (/^aws lambda update-function-code\b/.test(line))
    return after('--zip-file')?.replace(/^fileb:\/\//, '') ?? null;
  if (/^az (webapp|functionapp)\b/.test(line)) return after('--src-path', '--src');
  if (/^netlify deploy\b/.test(line)) return after('--dir', '-d');
  if (/^wrangler pages (deploy|publish)\b/.test(line))
    return words.slice(3).find((word) => !word.startsWith('-')) ?? null;
  if (/^(rsync|scp)\b/.test(line)) {
    const plain = words.slice(1).filter((word) => !word.startsWith('-'));
    const from = plain[plain.length - 2];
    return from !== undefined && !from.includes(':') && plain.length <= 2 ? from : null;
  }
  return null;
}

/** From the root, without the parts that a glob makes; '' for the whole checkout or a path that a variable holds. */
function plainPath(path: string): string {
  const plain = path
    .replace(/^\$\{\{\s*github\.workspace\s*\}\}|^\$\{?GITHUB_WORKSPACE\}?/, '.')
    .replace(/^(\.?\/)+/, '')
    .replace(/\/?[^/]*[*?[][\s\S]*$/, '')
    .replace(/\/+$/, '');
  return plain === '.' ? '' : plain;
}

/** Downloads the artifact that was uploaded from the very folder that is deployed. */
function downloadFix(facts: JobFacts, uploads: readonly Upload[], path: string, gate: GateFacts): Fix | null {
  const upload = uploads.find((each) => plainPath(each.path) === path && !/[*?\n$]|\.\w+$/.test(each.path));
  if (!upload || path === '' || /[$]/.test(upload.name)) return null;
  const pins = [...gate.pins].filter(([key]) => key.startsWith('actions/download-artifact@'));
  const newest = pins.sort(([, a], [, b]) =>
    b.version.localeCompare(a.version, 'en', { numeric: true }),
  )[0]?.[1];
  if (!newest) return null;
  const step: NewYaml = {
    uses: new CommentedScalar(`actions/download-artifact@${newest.commit}`, `v${newest.version}`),
    with: { name: upload.name, path },
  };
  return fixOf(
    facts,
    `Download "${upload.name}" before it is deployed`,
    insertStep(facts.workflow.text, facts.job, firstDeployStep(facts), step),
  );
}

/** The build pushes an image by this run's own tag, and the deployment names none: its manifests cannot know that tag. */
function deploysByReference(
  set: WorkflowSet,
  facts: JobFacts,
  builders: readonly JobFacts[],
): RuleFinding | null {
  // A tag that is named and moves is mutable-image-tag's finding; one that stays may be what was built.
  if (deployedImages(facts).length > 0 || isPromotedElsewhere(set, facts)) return null;
  const pushes: { readonly builder: JobFacts; readonly push: Push }[] = [];
  for (const builder of builders) {
    const pushed = pushesOf(builder);
    if (pushed === null) return null;
    pushes.push(...pushed.map((push) => ({ builder, push })));
  }
  const [first] = pushes;
  // A version may stand in the manifests as well as in the build.
  if (!first || pushes.some(({ push }) => !isOfRunOrMoving(push.image))) return null;
  const span = referenceSpan(facts);
  if (!span) return null;
  return {
    path: facts.workflow.path,
    span,
    status: 'fail',
    message: `${quoted(facts.job)} takes neither digest nor tag from ${quoted(first.builder.job)}, which pushes "${first.push.image}", so what it deploys is not what this run has built: hand it the digest, and name the image by it`,
    evidence: [
      {
        message: `${quoted(first.builder.job)} pushes "${first.push.image}"`,
        path: first.builder.workflow.path,
        span: first.push.span,
      },
      ...whyItDeploys(facts),
    ],
  };
}

/** Where the job deploys an image that its own words do not name; null where it does not. */
function referenceSpan(facts: JobFacts): Span | null {
  for (const command of facts.commands) {
    const words = unwrapCommand(command.words);
    const line = words.join(' ');
    if (DEPLOYS_BY_REFERENCE.some((pattern) => pattern.test(line)) && isDeployment(facts, command)) {
      return command.span;
    }
    if (words[0] === 'ssh' && pullsByCompose(`${line}\n${command.hereText ?? ''}`)) return command.span;
  }
  for (const step of facts.job.steps) {
    if (!/^(appleboy|garygrossgarten)\/(ssh-action|github-action-ssh)$/.test(actionOf(step) ?? '')) continue;
    const script = step.with.find(({ name }) => /^(script|command)$/.test(name.value))?.value;
    if (script && step.uses && pullsByCompose(script.text)) return step.uses.span;
  }
  return null;
}

/** Whether a script on a host starts what its compose file names, and nothing tells it a version. */
function pullsByCompose(script: string): boolean {
  return (
    /\bdocker[ -]compose\s+(\S+\s+)*?(pull|up)\b/.test(script) &&
    !/\b(git|export|sed|envsubst|curl|wget|build)\b|--build|\.sh\b|\bmake\b|TAG|VERSION|\.env\b/.test(script)
  );
}

/** A tag that only this run can know, or one that stands for whatever was pushed last. */
function isOfRunOrMoving(image: string): boolean {
  const masked = image.replace(/\$\{\{[\s\S]*?\}\}/g, (whole) => whole.replace(/[:/]/g, '_'));
  const name = masked.slice(masked.lastIndexOf('/') + 1);
  const colon = name.lastIndexOf(':');
  if (colon < 0) return !name.includes('$');
  const tag = name.slice(colon + 1);
  return MOVING.test(tag) || /github\.(sha|run_id|run_number)\b|GITHUB_(SHA|RUN_ID|RUN_NUMBER)\b/.test(tag);
}

/** Another production deployment of the run takes what was built: this one deploys something else. */
function isPromotedElsewhere(set: WorkflowSet, facts: JobFacts): boolean {
  return productionPathOf(set).production.some(
    (other) => other !== facts && other.workflow === facts.workflow && takesOrMayTake(other),
  );
}

/**
 * After `workflow_run`, `github.sha` and a plain checkout are the newest commit of the default branch, not the one of
 * the run that built and tested.
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
 */
function newestInsteadOfTested(set: WorkflowSet, facts: JobFacts, gate: GateFacts): RuleFinding | null {
  const chains = callChainsOf(set, facts);
  const isOnlyChained = chains.every((chain) => {
    const { triggers } = (chain[chain.length - 1] ?? facts).workflow;
    return triggers.length > 0 && triggers.every(({ event }) => event === 'workflow_run');
  });
  // What a called workflow is handed is another matter.
  if (!isOnlyChained || chains.some((chain) => chain.length > 1)) return null;
  const before = jobsOfRunBefore(set, facts).filter(
    (job) => makesSomething(job) || hasPurpose(job, 'unit') || hasPurpose(job, 'end-to-end'),
  );
  const [builder] = before;
  const trigger = chainTriggerOf(facts.workflow);
  const name = trigger?.workflows?.[0]?.value ?? '';
  if (!builder || !trigger) return null;
  const base = { path: facts.workflow.path, status: 'fail' } as const;
  const evidence = [
    { message: `it runs after "${name}"`, path: facts.workflow.path, span: trigger.span },
    ...whyItDeploys(facts),
  ];
  for (const image of deployedImages(facts)) {
    const at = /\bgithub\.sha\b|\$\{?GITHUB_SHA\}?/.exec(image.text);
    if (!at) continue;
    const fix = replaceFix(facts, image.span);
    return {
      ...base,
      span: image.span,
      message: `${quoted(facts.job)} deploys "${image.written}" by the newest commit of the default branch, not by the one that "${name}" has built: name it by \`github.event.workflow_run.head_sha\``,
      evidence,
      ...(fix ? { fix } : {}),
    };
  }
  const checkout = facts.job.steps.find((step) => actionOf(step) === 'actions/checkout');
  if (!checkout?.uses || checkout.with.some(({ name: input }) => /^(ref|repository)$/.test(input.value)))
    return null;
  if (takesOrMayTake(facts)) return null;
  const sent = evidenceOf(facts, 'deploy')
    .map((each) => sentPath(facts, each))
    .find((each) => each !== null);
  if (sent === undefined) {
    if (!appliesItsCheckout(facts)) return null;
  } else {
    // What is not in the repository was not checked out.
    const path = plainPath(sent);
    if (path !== '' && ![...gate.paths].some((each) => each === path || each.startsWith(`${path}/`)))
      return null;
  }
  const fix = checkoutFix(facts, checkout);
  return {
    ...base,
    span: checkout.uses.span,
    message: `${quoted(facts.job)} deploys the newest commit of the default branch, not the one that "${name}" has ${makesSomething(builder) ? 'built and tested' : 'tested'}: check out \`github.event.workflow_run.head_sha\``,
    evidence,
    ...(fix ? { fix } : {}),
  };
}

/** Whether a job applies manifests, or a chart, of the repository itself. */
function appliesItsCheckout(facts: JobFacts): boolean {
  return facts.commands.some((command) => {
    const line = unwrapCommand(command.words).join(' ');
    return OF_THE_CHECKOUT.some((pattern) => pattern.test(line)) && isDeployment(facts, command);
  });
}

/** Writes the commit of the run before in the place of the newest one. */
function replaceFix(facts: JobFacts, span: Span): Fix | null {
  const { text, path } = facts.workflow;
  const written = text.slice(span.start, span.end);
  const edits: TextEdit[] = [
    ...written.matchAll(/\$\{\{\s*github\.sha\s*\}\}|\$\{GITHUB_SHA\}|\$GITHUB_SHA\b/g),
  ].map((match) => ({
    span: { start: span.start + match.index, end: span.start + match.index + match[0].length },
    text: '${{ github.event.workflow_run.head_sha }}',
  }));
  if (edits.length === 0) return null;
  return { kind: 'proposed', title: 'Name the commit of the run before', edits: [{ path, edits }] };
}

function checkoutFix(facts: JobFacts, checkout: Step): Fix | null {
  const { text } = facts.workflow;
  const inputs = valueOf(checkout.body, 'with');
  const ref = '${{ github.event.workflow_run.head_sha }}';
  const result =
    inputs?.kind === 'map'
      ? setEntry(text, inputs, 'ref', ref)
      : setEntry(text, checkout.body, 'with', { ref }, { after: ['name', 'uses'] });
  return fixOf(facts, 'Check out the commit of the run before', result);
}

function fixOf({ workflow }: JobFacts, title: string, result: EditResult): Fix | null {
  if (!result.ok) return null;
  return { kind: 'proposed', title, edits: [{ path: workflow.path, edits: result.edits }] };
}
