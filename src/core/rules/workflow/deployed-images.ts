import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import type { Step } from '../../workflow/model';
import { purposesOfCommand } from '../../workflow/purposes/commands';
import { withVariables } from '../../workflow/targets';
import type { JobFacts } from '../../workflow/understanding';

/** A container image that a job deploys, as a command or an action names it. */
export interface DeployedImage {
  /** As written: `ghcr.io/acme/shop:${{ env.TAG }}`; for `tag` the tag alone. */
  readonly written: string;
  /** With the variables of the file put in. */
  readonly text: string;
  readonly kind: 'image' | 'tag';
  readonly step: Step;
  readonly span: Span;
}

/** What a command or an action names: an image, or only its tag. */
type Named = Pick<DeployedImage, 'written' | 'kind'>;

/** Options of deploying programs that name an image. To teach one more, add it to the line of its program. */
const IMAGE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  kubectl: ['--image'],
  oc: ['--image', '--docker-image'],
  docker: ['--image'],
  gcloud: ['--image'],
  az: [
    ...['--image', '--docker-custom-image-name', '--container-image-name'],
    ...['--deployment-container-image-name'],
  ],
  aws: ['--image-uri'],
  flyctl: ['--image', '-i'],
  fly: ['--image', '-i'],
  ibmcloud: ['--image', '-i'],
  cf: ['--docker-image', '-o'],
  argocd: ['--kustomize-image'],
};

/** Options whose value is a list of `key=value` for a chart. */
const CHART_OPTIONS = /^(--set|--set-string|--helm-set|--helm-set-string|-p|--parameter)$/;

/** Inputs of deploying actions that name an image; of an input of several lines each is one. */
const ACTION_INPUTS: readonly (readonly [action: string, input: string])[] = [
  ['google-github-actions/deploy-cloudrun', 'image'],
  ['aws-actions/amazon-ecs-render-task-definition', 'image'],
  ['aws-actions/aws-lambda-deploy', 'image-uri'],
  ['azure/webapps-deploy', 'images'],
  ['azure/functions-container-action', 'image'],
  ['azure/container-apps-deploy-action', 'imagetodeploy'],
  ['azure/aci-deploy', 'image'],
  ['azure/k8s-deploy', 'images'],
];

/** Inputs of deploying actions that are a command line, with the program that runs it. */
const ACTION_COMMANDS: readonly (readonly [action: string, input: string, program: string])[] = [
  ['actions-hub/kubectl', 'args', 'kubectl'],
  ['steebchen/kubectl', 'args', 'kubectl'],
  ['superfly/flyctl-actions', 'args', 'flyctl'],
  ['wahyd4/kubectl-helm-action', 'args', ''],
];

/** Actions that run a script on a host. */
const REMOTE_SCRIPTS: readonly (readonly [action: string, input: string])[] = [
  ['appleboy/ssh-action', 'script'],
  ['garygrossgarten/github-action-ssh', 'command'],
  ['fifsky/ssh-action', 'command'],
];

/** Options of `docker run` that take their value as the next word. */
const RUN_OPTIONS =
  /^(-[pvehulwm]|--(name|network|net|restart|env|env-file|volume|publish|user|workdir|label|mount|hostname|memory|cpus|entrypoint|log-driver|log-opt|add-host|platform|pull|ip|device|cap-add|cap-drop|security-opt|ulimit|tmpfs|shm-size|gpus|health-cmd|stop-timeout))$/;

/** The images that a job's deployment names, in the order of the file. */
export function deployedImages(facts: JobFacts): readonly DeployedImage[] {
  const { job, workflow, commands } = facts;
  return job.steps.flatMap((step) => {
    const byAction = step.uses ? imagesOfAction(step) : [];
    const byCommand = commands.flatMap((command) => {
      if (command.step !== step) return [];
      const named = imagesOfCommand(command.words, isOnAHost(facts, step));
      const isOnHost = unwrapCommand(command.words)[0] === 'ssh' && command.hereText !== null;
      const onHost = isOnHost ? imagesOfScript(command.hereText) : [];
      return [...named, ...onHost].map((each) => ({
        ...each,
        span: isOnHost ? scriptSpan(step) : command.span,
      }));
    });
    return [...byAction, ...byCommand].map(({ written, kind, span }) => ({
      written,
      kind,
      step,
      text: withVariables(withVariables(written, step, job, workflow), step, job, workflow),
      span: narrowed(workflow.text, span, written),
    }));
  });
}

/** The images that a script names that runs on a host, by its lines: no parser has read it. */
export function imagesOfScript(script: string): readonly Named[] {
  return script
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n|;|&&|\|\|?/)
    .flatMap((line) => imagesOfCommand(wordsIn(line), true));
}

function imagesOfAction(step: Step): readonly (Named & { readonly span: Span })[] {
  const action = actionOf(step);
  return step.with.flatMap(({ name, value }) => {
    const input = name.value.toLowerCase();
    const at = (images: readonly Named[]): (Named & { readonly span: Span })[] =>
      images.map((named) => ({ ...named, span: value.span }));
    const isIt = (row: readonly string[]): boolean => row[0] === action && row[1] === input;
    if (ACTION_INPUTS.some(isIt)) {
      const lines = value.text.split(/[\r\n]+/).map((line) => line.trim());
      return at(lines.filter((line) => line !== '').map((written) => ({ written, kind: 'image' as const })));
    }
    const program = ACTION_COMMANDS.find(isIt)?.[2];
    if (program !== undefined) {
      return at(imagesOfCommand([program, ...wordsIn(value.text)].filter(Boolean), false));
    }
    return REMOTE_SCRIPTS.some(isIt) ? at(imagesOfScript(value.text)) : [];
  });
}

/**
 * The images that a command deploys.
 *
 * @param isRemote It runs on the host that is deployed to: `docker run` there is a deployment, on the runner it is a tool.
 */
function imagesOfCommand(words: readonly string[], isRemote: boolean): readonly Named[] {
  const command = unwrapCommand(words);
  const [program = '', ...rest] = command;
  const line = command.join(' ');
  const image = (written: string | undefined): Named[] => (written ? [{ written, kind: 'image' }] : []);
  if (program === 'ssh') return imagesOfScript(behindHost(rest).join(' '));
  if (/^(kubectl|oc) (\S+ )*?set image\b/.test(line) || /^kustomize edit set image\b/.test(line)) {
    const from = rest.indexOf('image') + 1;
    return rest.slice(from).flatMap((word) => {
      if (word.startsWith('-')) return [];
      const equals = word.indexOf('=');
      if (equals >= 0) return image(word.slice(equals + 1).replace(/^:/, ''));
      return program === 'kustomize' ? image(word) : [];
    });
  }
  if (/^(docker|podman)$/.test(program)) {
    const isElsewhere = isRemote || rest.some((word) => /^(-H|--host|-c|--context)(=|$)/.test(word));
    const at = rest.findIndex((word) => /^(pull|run|create)$/.test(word));
    if (at >= 0) return isElsewhere ? image(firstPlain(rest.slice(at + 1))) : [];
  }
  if (/^(helm|argocd)$/.test(program)) {
    const set = rest.flatMap((word, index) => {
      const given = /^(--[\w-]+)=([\s\S]+)$/.exec(word);
      if (given && CHART_OPTIONS.test(given[1] ?? '')) return [given[2] ?? ''];
      return CHART_OPTIONS.test(word) ? [rest[index + 1] ?? ''] : [];
    });
    const inChart = set.flatMap((values) => values.split(',').flatMap(chartValue));
    if (inChart.length > 0) return inChart;
  }
  const options = IMAGE_OPTIONS[program] ?? [];
  const isDeployment = purposesOfCommand(command).some(({ purpose }) => purpose === 'deploy');
  if (!isDeployment && !/^(kubectl (run|create)|argocd app set)\b/.test(line)) return [];
  return rest.flatMap((word, index) => {
    if (options.includes(word)) return image(rest[index + 1]);
    const option = options.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    return option ? image(word.slice(option.length + 1)) : [];
  });
}

/** `image.tag=…` names a tag, `image=registry/name:…` an image. */
function chartValue(pair: string): readonly Named[] {
  const equals = pair.indexOf('=');
  const key = pair.slice(0, Math.max(0, equals));
  const written = pair.slice(equals + 1).trim();
  if (written === '') return [];
  if (/(^|\.)(tag|image_?tag|image_?version)$/i.test(key)) return [{ written, kind: 'tag' }];
  return /(^|\.)image$/i.test(key) && /[/:]/.test(written) ? [{ written, kind: 'image' }] : [];
}

/** What `ssh` runs: the words behind its options and the host. */
function behindHost(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length && words[at]?.startsWith('-')) {
    at += /^-[bcDEeFIiJLlmOopQRSWw]$/.test(words[at] ?? '') ? 2 : 1;
  }
  return words.slice(at + 1);
}

function firstPlain(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) return word;
    if (RUN_OPTIONS.test(word)) at++;
  }
  return undefined;
}

/** The docker of the runner speaks to a host where the environment says so. */
function isOnAHost({ job, workflow }: JobFacts, step: Step): boolean {
  return [...workflow.env, ...job.env, ...step.env].some(({ name }) => name.value === 'DOCKER_HOST');
}

/** Words by blanks, quotes removed, with `${{ … }}` kept whole. */
function wordsIn(line: string): readonly string[] {
  const words = line.match(/(?:\$\{\{[\s\S]*?\}\}|"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/^["']|["']$/g, ''));
}

/** A here-document may stand behind its command: looked for in the whole script. */
function scriptSpan(step: Step): Span {
  return step.run?.span ?? step.span;
}

/** The place of the words within the place of the command, where it can be told. */
function narrowed(text: string, span: Span, written: string): Span {
  const at = text.indexOf(written, span.start);
  return at >= 0 && at + written.length <= span.end ? { start: at, end: at + written.length } : span;
}
