import { isKnown, placeholder } from '../../../evidence/fact';
import type { DeployTarget } from '../../../evidence/profile';
import { cloudLogin } from './login';
import {
  fails,
  fromSecrets,
  fromVariables,
  inOneStep,
  lines,
  required,
  requiredSecret,
  type DeployContext,
  type DeployMeans,
  type Script,
} from './means';
import { sshAccess } from './ssh';

/** Deploys by the repository's own script, with what it takes from its environment. */
export function scriptMeans({ target, profile }: DeployContext): DeployMeans {
  const cloud = cloudLogin(profile);
  const unknowns: string[] = [];
  const asked = (target.scriptVariables ?? []).map(({ value }) => value);
  const secrets = asked.filter(({ isSecret }) => isSecret);
  const variables = asked.filter(({ isSecret }) => !isSecret);
  const access = target.reachesHosts ? sshAccess : null;
  const env = {
    ...fromSecrets(...secrets.map(({ name }) => name)),
    ...fromVariables(...variables.map(({ name }) => name)),
  };
  const needs = [
    ...secrets.map(({ name }) => requiredSecret(name)),
    ...variables.map(({ name }) => required(name)),
  ];
  const script = (known: DeployTarget['deployCommand']): Script => {
    if (isKnown(known)) return { env, run: lines(needs, executable(known.value)) };
    unknowns.push(known.unknown);
    return fails(placeholder(known.unknown));
  };
  const deploy = script(target.deployCommand);
  const restore = script(target.rollbackCommand);
  return {
    login: [...(cloud?.steps ?? []), ...(access?.login ?? [])],
    permissions: cloud?.permissions ?? {},
    record: null,
    recorded: [],
    steps: inOneStep(deploy),
    handedOn: [],
    restore,
    redeploy: restore,
    variables: [
      ...(cloud?.variables ?? []),
      ...(access?.variables ?? []),
      ...variables.map(({ name, purpose }) => ({ name, purpose })),
    ],
    secrets: [...(access?.secrets ?? []), ...secrets.map(({ name, purpose }) => ({ name, purpose }))],
    notes: access
      ? [
          `${target.path.value} reaches its hosts over SSH: the job gives it the key of the secret SSH_PRIVATE_KEY, and believes only the hosts that SSH_KNOWN_HOSTS names.`,
        ]
      : [],
    unknowns,
  };
}

/** A command of the profile as a script: a path is called by its folder, so that the shell finds it. */
function executable(command: string): string {
  return /^[\w.-]+\//.test(command) && !command.startsWith('./') ? `./${command}` : command;
}
