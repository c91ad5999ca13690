/** An image's name, taken apart as docker does. */
export interface OciReference {
  /** As people write it: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/nginx`, `acme/orders`. */
  readonly repository: string;
  /** `sha256:…` where the name is pinned; null elsewhere. */
  readonly digest: string | null;
}

const DOCKER_HUB = 'docker.io';

/**
 * The registry and repository that an image's name means; a tag in it is left aside, since the version is told apart.
 * A first part with a dot, a colon or the name `localhost` is a registry, anything else is of Docker Hub, where a name of
 * one part is in `library`. Null for what is no name of an image.
 * https://github.com/distribution/reference (normalize.go)
 */
export function parseOciReference(name: string): OciReference | null {
  const [plain = '', digest = null, ...more] = name.split('@');
  if (more.length > 0 || (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest))) return null;
  const slash = plain.indexOf('/');
  const first = slash < 0 ? '' : plain.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = isRegistry ? first.toLowerCase() : DOCKER_HUB;
  if (!/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/.test(registry)) return null;
  const path = (isRegistry ? plain.slice(slash + 1) : plain).replace(/:[\w][\w.-]{0,127}$/, '');
  const isHub =
    registry === DOCKER_HUB || registry === 'index.docker.io' || registry === 'registry-1.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
  if (repository.length > 255 || !new RegExp(`^${part}(?:/${part})*$`).test(repository)) return null;
  return { registry: isHub ? DOCKER_HUB : registry, repository, digest };
}

/** Whether a text can be a tag: what goes into a path is this or a digest, nothing else. */
export function isOciTag(tag: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(tag);
}

/** The address of a registry's API. This machine is asked without TLS, as docker does. */
export function registryAddress(registry: string): URL {
  if (registry === DOCKER_HUB) return new URL('https://registry-1.docker.io/');
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::|$)/.test(registry);
  return new URL(`${isHere ? 'http' : 'https'}://${registry}/`);
}
