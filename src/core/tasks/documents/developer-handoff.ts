import type { DeveloperHandoff } from '../../documents/developer-handoff/developer-handoff';
import { developerHandoffKind } from '../../documents/developer-handoff/developer-handoff-kind';
import { markdownText } from '../../documents/markdown/write';
import { fileSource, isKnown, placeholder, textOf, type Source } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { secretsInFiles } from '../../evidence/secrets/file-secrets';
import { isNamedLikeSecret } from '../../evidence/secrets/secret-names';
import { readSecretFiles, secretInventory, type KnownSecret } from '../../evidence/secrets/secret-inventory';
import { enumerated } from '../../text/words';
import type { Trigger, Workflow, WorkflowInput } from '../../workflow/model';
import type { WorkflowSet } from '../../workflow/understanding';
import { workflowSecrets } from '../../workflow/workflow-secrets';
import { understoodWorkflows } from '../understood-workflows';
import type { World } from '../task';
import type { DocumentSubject } from './document-task';

/** Settings beyond this many are better read in their file. */
const MAX_SETTINGS = 60;

/** Files that show which settings there are. */
const EXAMPLE =
  /(?:^|\/)\.env(?:\.[\w-]+)*\.(?:example|sample|template|dist)$|(?:^|\/)(?:example|sample)\.env$/i;

/** What a developer needs to work with the deployed service, from the files that show it. */
export const developerHandoff: DocumentSubject<DeveloperHandoff> = {
  id: 'developer-handoff',
  kind: developerHandoffKind,
  title: 'Write the hand-off for developers',
  reading: 'Reading workflows, settings, secrets by name, and how it runs locally',
  inputs: [
    { name: 'access', question: 'How does a developer get access to the environments?', isAsked: true },
    {
      name: 'credentials',
      question: 'How does a developer obtain credentials? (never their values)',
      isAsked: true,
    },
    { name: 'contact', question: 'Who answers questions?', isAsked: true },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, told, claims }) {
    const { paths, set, leftAlone } = await understoodWorkflows(world, run.signal);
    const { texts } = await readSecretFiles(world.files, paths, run.signal);
    const secrets = secretInventory(workflowSecrets(set), secretsInFiles(texts));
    const settings = await settingsOf(world, paths, run.signal);
    return {
      path: `${world.configuration.operationsFolder}/DEVELOPER_HANDOFF.md`,
      sources: [
        ...settings.map(({ file, line }) => fileSource(file, lineRange(line))),
        ...profile.workflows.map((path) => fileSource(path)),
        ...profile.environments.flatMap(({ sources }) => sources),
        ...secrets.flatMap(({ uses }) => uses.slice(0, 1).map(({ source }): Source => source)),
      ],
      summary: `Hand-off of ${markdownText(textOf(profile.service))}.`,
      notes: leftAlone,
      data: {
        service: textOf(profile.service),
        summary: `${textOf(profile.service)}: ${placeholder('what it does, in a sentence')}.`,
        access: accessOf(profile, set, told),
        credentials: credentialsOf(secrets, told),
        configuration: settings.map(({ key, file, meaning }) => ({
          key,
          file,
          meaning: meaning ?? placeholder(`what ${key} sets`),
        })),
        differences: differencesOf(profile, paths, secrets),
        runs: runsOf(set),
        contacts: contactsOf(profile, told),
        claims,
      },
    };
  },
};

function accessOf(
  profile: RepositoryProfile,
  set: WorkflowSet,
  told: ReadonlyMap<string, string>,
): DeveloperHandoff['access'] {
  const urls = new Map<string, string>();
  for (const { job } of set.jobs) {
    const { environment } = job;
    const url = environment?.url?.value ?? '';
    if (environment && /^https?:\/\/[^\s${]+$/.test(url)) urls.set(environment.name.value, url);
  }
  const how = told.get('access') ?? placeholder('how a developer gets access, and whom to ask for it');
  const remote = isKnown(profile.remote) ? profile.remote.value : null;
  const rows = profile.environments.map(({ value: { name } }) => ({
    what: name,
    where: urls.get(name) ?? placeholder(`address of ${name}`),
    how,
  }));
  const dashboards = profile.operations.flatMap(({ value }) =>
    (value.kind === 'dashboard' || value.kind === 'logs') && /^https?:\/\//.test(value.target)
      ? [{ what: value.name, where: value.target, how }]
      : [],
  );
  return [
    ...(remote
      ? [{ what: 'repository', where: `https://${remote.host}/${remote.owner}/${remote.name}`, how }]
      : []),
    ...(rows.length > 0
      ? rows
      : [{ what: placeholder('each environment'), where: placeholder('its address'), how }]),
    ...dashboards,
  ];
}

function credentialsOf(
  secrets: readonly KnownSecret[],
  told: ReadonlyMap<string, string>,
): DeveloperHandoff['credentials'] {
  const toldHow = told.get('credentials');
  return secrets.map(({ name, uses, storages }) => {
    const [storage] = storages;
    const kept = storage
      ? `${storage.manager}${storage.location === null ? '' : ` (${storage.location})`}`
      : null;
    const usedBy = [...new Set(uses.map((use) => use.usedBy))].slice(0, 3);
    return {
      name,
      usedBy: usedBy.length > 0 ? enumerated(usedBy, 'and') : placeholder(`what uses ${name}`),
      obtain:
        toldHow ??
        (kept === null
          ? placeholder(`how a developer obtains ${name}, and who grants it`)
          : `It is kept in ${kept}; ${placeholder(`who grants access to it`)}`),
    };
  });
}

interface FoundSetting {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  /** The comment above or behind it; null where there is none. */
  readonly meaning: string | null;
}

/** The keys of example files with the comments that explain them; values are left out, and secrets are credentials. */
async function settingsOf(
  world: World,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly FoundSetting[]> {
  const found: FoundSetting[] = [];
  for (const path of paths.filter(
    (each) => EXAMPLE.test(each) && !/(?:^|\/)(?:node_modules|vendor|fixtures)\//.test(each),
  )) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (!read.ok) continue;
    let comment: string | null = null;
    read.text.split(/\r?\n/).forEach((text, index) => {
      const words = /^\s*#\s?(.*)$/.exec(text)?.[1]?.trim();
      if (words !== undefined) {
        // A setting that is commented out, or a line across, explains nothing.
        const isWords = /\p{L}.*\s/u.test(words) && !/^\w+=/.test(words);
        comment = isWords ? [comment, words].filter((part) => part !== null).join(' ') : null;
        return;
      }
      const key = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(text)?.[1];
      if (key !== undefined && !isNamedLikeSecret(key) && found.length < MAX_SETTINGS) {
        const behind = /\s#\s+(\S.*)$/.exec(text)?.[1]?.trim() ?? null;
        found.push({ key, file: path, line: index + 1, meaning: comment ?? behind });
      }
      comment = null;
    });
  }
  return found;
}

function lineRange(line: number): {
  start: { line: number; column: number };
  end: { line: number; column: number };
} {
  return { start: { line, column: 1 }, end: { line, column: 1 } };
}

function differencesOf(
  profile: RepositoryProfile,
  paths: readonly string[],
  secrets: readonly KnownSecret[],
): DeveloperHandoff['differences'] {
  const compose = paths.find((path) => /(?:^|\/)(?:docker-)?compose\.ya?ml$/.test(path));
  const target = profile.deployTargets.find(({ kind }) => kind !== 'compose');
  const example = paths.find((path) => EXAMPLE.test(path));
  const starts = profile.stacks.flatMap(({ manifest }) => manifest.value);
  return [
    {
      aspect: 'How it is started',
      local: compose
        ? `docker compose -f ${compose} up`
        : starts.length > 0
          ? placeholder(`the command that starts it locally (${starts[0] ?? ''})`)
          : placeholder('how it is started locally'),
      deployed: target
        ? `${target.kind}: ${isKnown(target.deployCommand) ? target.deployCommand.value : target.path.value}`
        : placeholder('how it is deployed'),
    },
    {
      aspect: 'Where settings come from',
      local: example === undefined ? placeholder('where local settings come from') : `A copy of ${example}`,
      deployed: placeholder('where the settings of the environments come from'),
    },
    {
      aspect: 'Where secrets come from',
      local: placeholder('where a developer keeps secrets locally'),
      deployed:
        secrets.length === 0
          ? placeholder('where the environments get their secrets')
          : enumerated([...new Set(secrets.flatMap(({ systems }) => systems))], 'and'),
    },
    {
      aspect: 'Data',
      local: placeholder('which data a local run has'),
      deployed: placeholder('which data the environments have'),
    },
  ];
}

function runsOf({ workflows }: WorkflowSet): DeveloperHandoff['runs'] {
  const rows = workflows
    .filter(({ triggers }) => triggers.some(({ event }) => event !== 'workflow_call'))
    .map((workflow) => {
      const dispatch = workflow.triggers.find(({ event }) => event === 'workflow_dispatch');
      return {
        run: workflow.name?.value ?? workflow.path,
        starts: enumerated(
          workflow.triggers.filter(({ event }) => event !== 'workflow_call').map(triggerInWords),
          'and',
        ),
        command: dispatch ? dispatchCommand(workflow, dispatch) : '',
        inputs: (dispatch?.inputs ?? []).map(inputInWords).join('; '),
      };
    });
  return rows.length > 0
    ? rows
    : [{ run: placeholder('each run'), starts: placeholder('what starts it'), command: '', inputs: '' }];
}

function triggerInWords({ event, branches, tags }: Trigger): string {
  const names = [...(branches ?? []), ...(tags ?? [])].map(({ value }) => value).slice(0, 4);
  return event === 'workflow_dispatch'
    ? 'by hand'
    : names.length > 0
      ? `${event} (${names.join(', ')})`
      : event;
}

/** With `${NAME}` for each input that has no default: whoever runs it says the value. */
function dispatchCommand({ path }: Workflow, { inputs }: Trigger): string {
  const name = path.replace(/^.*\//, '');
  const given = inputs
    .filter(({ isRequired, defaultValue }) => isRequired && defaultValue === null)
    .map((input) => ` -f ${input.name.value}="\${${variableOf(input.name.value)}}"`);
  return `gh workflow run ${name}${given.join('')}`;
}

function variableOf(name: string): string {
  const upper = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return upper === 'ENVIRONMENT' ? 'ENV' : upper;
}

function inputInWords({ name, type, isRequired, defaultValue, options }: WorkflowInput): string {
  const parts = [
    isRequired ? 'required' : 'optional',
    type,
    ...(options.length > 0 ? [options.map(({ value }) => value).join(' or ')] : []),
    ...(defaultValue ? [`default ${defaultValue.value}`] : []),
  ];
  return `${name.value} (${parts.join(', ')})`;
}

function contactsOf(profile: RepositoryProfile, told: ReadonlyMap<string, string>): readonly string[] {
  const contact = told.get('contact');
  const owners = [...new Set(profile.owners.map(({ value }) => value))].slice(0, 5);
  return [
    ...(contact === undefined ? [] : [contact]),
    ...(owners.length > 0
      ? [`CODEOWNERS: ${enumerated(owners, 'and')}`]
      : contact === undefined
        ? [placeholder('who answers questions, and where')]
        : []),
  ];
}
