import { placeholder } from '../../../evidence/fact';
import { quoted } from '../../../shell/fill-variables';
import { plainName } from '../needs/job-words';
import { environmentOf, idOf, type CloudTrust, type SetupStep } from './trust';

/**
 * A trusted publisher of an npm package, on its page or by npm's own command.
 * https://docs.npmjs.com/trusted-publishers, https://docs.npmjs.com/cli/v11/commands/npm-trust
 */
export function npmSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  const name = trust.package ?? placeholder('name of the npm package');
  const environment = environmentOf(trust);
  return workflowsOf(trust).map((file) => ({
    id: `${idOf(trust, 'publisher')}:${file}`,
    phase: 'add',
    title: `npm: make ${file} a trusted publisher of ${trust.package ?? 'the package'}`,
    why: `The package has to exist already. The command needs npm 11.15 or later, a login with two factors and write access; the same can be entered on the package's page (Settings, Trusted publisher, GitHub Actions)${environment === null ? '. The job names no environment: everybody who can push a workflow can publish, so give it one' : ''}.`,
    command: [
      `npm trust github ${quoted(name)} --allow-publish \\`,
      `  --repo ${quoted(repository)} --file ${quoted(file)}${environment === null ? '' : ` --env ${quoted(environment)}`}`,
    ].join('\n'),
  }));
}

/**
 * A trusted publisher of a project on PyPI. There is no API for it.
 * https://docs.pypi.org/trusted-publishers/adding-a-publisher/
 */
export function pypiSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  const name = trust.package;
  const [owner = placeholder('owner on GitHub'), repo = placeholder('repository')] = repository.includes(
    'UNKNOWN(',
  )
    ? []
    : repository.split('/');
  const environment = environmentOf(trust);
  return workflowsOf(trust).map((file) => ({
    id: `${idOf(trust, 'publisher')}:${file}`,
    phase: 'add',
    title: `PyPI: make ${file} a trusted publisher of ${name ?? 'the project'}`,
    why: `By hand, since PyPI has no API for it: open ${
      name === null
        ? `https://pypi.org/manage/projects/ and there the page Publishing of ${placeholder('name of the project')}`
        : `https://pypi.org/manage/project/${name}/settings/publishing/`
    } (https://pypi.org/manage/account/publishing/ for a project that does not exist yet; test.pypi.org has pages of its own) and enter owner ${owner}, repository ${repo}, workflow ${file}, environment ${environment ?? 'none, which lets every job of that workflow publish: better give the job one'}.`,
    command: null,
  }));
}

/** The file names by which a publisher is known; a workflow that others call is not it. */
function workflowsOf(trust: CloudTrust): readonly string[] {
  return [
    ...new Set(
      trust.jobs.map(({ path, isCalled }) =>
        isCalled
          ? placeholder('workflow file that starts the run')
          : plainName(path.split('/').pop() ?? path),
      ),
    ),
  ];
}

export const npmRotation: SetupStep = {
  id: 'rotate:npm',
  phase: 'rotate',
  title: 'npm: revoke the old token, and let the package refuse tokens',
  why: 'On the page of the package, under Settings, Publishing access, tokens can be refused altogether once a publication without one has worked.',
  command: ['npm token list', `npm token revoke '${placeholder('id of the old token')}'`].join('\n'),
};

export const pypiRotation: SetupStep = {
  id: 'rotate:pypi',
  phase: 'rotate',
  title: 'PyPI: remove the old token',
  why: 'By hand, since PyPI has no API for it: https://pypi.org/manage/account/token/ (and https://test.pypi.org/manage/account/token/) lists them with the date of their last use.',
  command: null,
};
