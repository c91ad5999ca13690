import { isKnown, placeholder } from '../../../evidence/fact';
import type { DeployTarget } from '../../../evidence/profile';
import { cloudLogin } from './login';
import { fails, inOneStep, type DeployContext, type DeployMeans, type Script } from './means';

/** Deploys by the repository's own script. */
export function scriptMeans({ target, profile }: DeployContext): DeployMeans {
  const cloud = cloudLogin(profile);
  const unknowns: string[] = [];
  const script = (known: DeployTarget['deployCommand']): Script => {
    if (isKnown(known)) return { env: {}, run: executable(known.value) };
    unknowns.push(known.unknown);
    return fails(placeholder(known.unknown));
  };
  const deploy = script(target.deployCommand);
  const restore = script(target.rollbackCommand);
  return {
    login: cloud?.steps ?? [],
    permissions: cloud?.permissions ?? {},
    record: null,
    recorded: [],
    steps: inOneStep(deploy),
    handedOn: [],
    restore,
    redeploy: restore,
    variables: cloud?.variables ?? [],
    secrets: [],
    notes: [],
    unknowns,
  };
}

/** A command of the profile as a script: a path is called by its folder, so that the shell finds it. */
function executable(command: string): string {
  return /^[\w.-]+\//.test(command) && !command.startsWith('./') ? `./${command}` : command;
}
