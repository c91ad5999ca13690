import { fact, fileSource, type Fact, type Source } from '../fact';
import type { RepositoryProfile } from '../profile';
import { imageName } from './containers';
import { dataAt, listAt, mapAt, readPlaced, stringAt } from './places';
import type { Reading } from './reading';

/** The few things that a profile needs of workflows; what they mean is judged elsewhere, by the gate. */
export interface WorkflowFacts {
  readonly environments: readonly { readonly name: string; readonly source: Source }[];
  readonly clouds: RepositoryProfile['clouds'];
  readonly images: readonly Fact<string>[];
}

const LOGINS: readonly (readonly [string, 'aws' | 'azure' | 'google'])[] = [
  ['aws-actions/configure-aws-credentials', 'aws'],
  ['azure/login', 'azure'],
  ['google-github-actions/auth', 'google'],
];

/** The end of the name of an environment that only asks for the approval of another. */
export const APPROVAL = '-approval';

/**
 * A deploy script that is told its environment as the first word: `./scripts/deploy.sh production v1`. A pattern and no
 * parser, since this layer does not see the shell; only words that mean an environment everywhere are taken.
 */
const TOLD_ENVIRONMENT =
  /(?:^|[\s;&|])(?:bash\s+|sh\s+)?(?:\.\/)?(?:[\w-]+\/){0,5}deploy[\w-]{0,40}(?:\.(?:sh|bash))?\s+["']?(production|prod|live|staging|stage|development|dev|qa|uat|preprod)["']?(?=[\s;&|]|$)/gm;

/** Reads literal environments, cloud logins and image names of the workflows. A broken one is the gate's to report. */
export async function readWorkflowFacts(
  reading: Reading,
  workflows: readonly string[],
): Promise<WorkflowFacts> {
  const environments: { name: string; source: Source }[] = [];
  const clouds: Fact<'aws' | 'azure' | 'google'>[] = [];
  const images: Fact<string>[] = [];
  for (const path of workflows) {
    const text = await reading.text(path);
    const read = text === null ? null : readPlaced(text);
    if (read && !read.ok) reading.problem(path, read.message, read.range);
    const document = read?.ok ? read.documents[0] : undefined;
    if (!document) continue;
    for (const [id, job] of Object.entries(mapAt(document.data, ['jobs']))) {
      const inner = typeof dataAt(job, ['environment']) === 'string' ? [] : ['name'];
      const name = stringAt(job, ['environment', ...inner]);
      if (name && /^[\w .-]{1,100}$/.test(name)) {
        environments.push({
          name,
          source: fileSource(path, document.rangeOf(['jobs', id, 'environment', ...inner])),
        });
      }
      for (const [index, step] of listAt(job, ['steps']).entries()) {
        const uses = stringAt(step, ['uses'])?.toLowerCase() ?? '';
        const at = ['jobs', id, 'steps', index] as const;
        for (const [, told] of (stringAt(step, ['run']) ?? '').matchAll(TOLD_ENVIRONMENT)) {
          if (told)
            environments.push({ name: told, source: fileSource(path, document.rangeOf([...at, 'run'])) });
        }
        const login = LOGINS.find(([action]) => uses.startsWith(`${action}@`));
        if (login) clouds.push(fact(login[1], fileSource(path, document.rangeOf([...at, 'uses']))));
        if (!uses.startsWith('docker/build-push-action@')) continue;
        const tags = (stringAt(step, ['with', 'tags']) ?? '').split(/[\n,]/).map((tag) => tag.trim());
        for (const tag of tags) {
          const image = tag ? imageName(tag.replace(/:\$\{\{.*$/, '')) : null;
          if (image?.includes('/'))
            images.push(fact(image, fileSource(path, document.rangeOf([...at, 'with', 'tags']))));
        }
      }
    }
  }
  const names = new Set(environments.map(({ name }) => name));
  return {
    // Where only somebody is asked before the environment of that name: nothing is deployed to it.
    environments: environments.filter(
      ({ name }) => !name.endsWith(APPROVAL) || !names.has(name.slice(0, -APPROVAL.length)),
    ),
    clouds,
    images,
  };
}
