import type { ArtifactAnswer, ArtifactQuestion, ArtifactSignature, CommitClaim } from '../../core/ports';
import { askHttp, jsonOf, type HttpAnswer } from '../http';
import { at, listAt, numberAt, textAt } from '../json';
import { readAttestation } from './provenance';
import { registryUrl, statusAnswer, type RegistryOptions } from './registry-options';

const PUBLIC = 'https://pypi.org';

const MAX_BYTES = 32 * 1024 * 1024;

const MAX_PROVENANCE_BYTES = 2 * 1024 * 1024;

/** So many files of a release are looked into for their provenance. */
const MAX_FILES = 5;

interface ReleaseFile {
  readonly name: string;
  readonly sha256: string | null;
  readonly size: number | null;
  readonly uploadedAt: string | null;
  readonly yanked: string | null;
  readonly provenance: string | null;
}

/**
 * Whether the Python index has files of a version, by the simple index as JSON, which every index can serve, and where that
 * has no version that is asked for, by the older document of a version. Asked without credentials.
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/, https://docs.pypi.org/api/
 */
export async function findPythonPackage(
  question: ArtifactQuestion,
  options: RegistryOptions,
  signal?: AbortSignal,
): Promise<ArtifactAnswer> {
  const { name, version } = question;
  if (name === null || !/^[a-z0-9](?:[\w.-]{0,200}[a-z0-9])?$/i.test(name)) {
    return { kind: 'unknown', detail: `"${name ?? ''}" is no name of a Python package` };
  }
  if (!/^[\w][\w.!+-]{0,127}$/.test(version)) {
    return { kind: 'unknown', detail: `"${version}" is no version of a Python package` };
  }
  const base = registryUrl(question.url ?? null, PUBLIC);
  if (!base.ok) return { kind: 'unknown', detail: base.detail };
  const { host } = base.url;
  const project = normalName(name);
  const deadline = AbortSignal.timeout(options.totalMs);
  const ask = (address: string, maxBytes: number, accept: string): Promise<HttpAnswer> =>
    askHttp(new URL(address, base.url), {
      headers: { accept },
      maxBytes,
      timeoutMs: options.timeoutMs,
      signal,
      deadline,
    });

  const shown = `${name} ${version}`;
  const accept = 'application/vnd.pypi.simple.v1+json, application/json;q=0.5';
  const index = await ask(`simple/${project}/`, MAX_BYTES, accept);
  if (!index.ok) return { kind: 'unknown', detail: `${host} ${index.detail}` };
  if (index.status === 404) return { kind: 'absent', detail: `${host} has no project ${name}` };
  const other = statusAnswer(index.status, host, name);
  if (other) return other;
  const listed = jsonOf(index.body);
  if (!Array.isArray(at(listed, 'files'))) {
    return { kind: 'unknown', detail: `${host} answers for ${name} with what is no index as JSON` };
  }
  const files = listAt(listed, 'files')
    .map(readFile)
    .filter((file) => versionOf(file.name, project) === normalVersion(version));
  if (files.length === 0)
    return { kind: 'absent', detail: `${host} has the project ${name}, and no file of ${version}` };

  const commits: CommitClaim[] = [];
  const signatures: ArtifactSignature[] = [];
  const notes: string[] = [];
  for (const file of files.filter(({ provenance }) => provenance !== null).slice(0, MAX_FILES)) {
    const address = URL.canParse(file.provenance ?? '', base.url.href)
      ? new URL(file.provenance ?? '', base.url)
      : null;
    if (address?.origin !== base.url.origin) {
      notes.push(`the provenance of ${file.name} is on another server, which was not asked`);
      continue;
    }
    const answer = await ask(
      `${address.pathname}${address.search}`,
      MAX_PROVENANCE_BYTES,
      'application/json',
    );
    const body = answer.ok && answer.status === 200 ? jsonOf(answer.body) : undefined;
    if (body === undefined) notes.push(`the provenance of ${file.name} is not to be had`);
    const attestations = listAt(body, 'attestation_bundles').flatMap((bundle) =>
      listAt(bundle, 'attestations'),
    );
    for (const entry of attestations.slice(0, MAX_FILES)) {
      const read = readAttestation(entry);
      const isAboutThis = read
        ? file.sha256 !== null && read.subjects.includes(`sha256:${file.sha256}`)
        : null;
      const where = `the index’s provenance of ${file.name}`;
      signatures.push({ kind: read?.kind ?? 'attestation', where, isAboutThis });
      if (read?.commit && isAboutThis) {
        commits.push({ commit: read.commit, repository: read.repository, from: where });
      }
    }
  }
  const yanked = files.every((file) => file.yanked !== null) ? (files[0]?.yanked ?? null) : null;
  const sizes = files.map(({ size }) => size);
  const [first] = [...files].sort(
    (a, b) => Number(b.name.endsWith('.tar.gz')) - Number(a.name.endsWith('.tar.gz')),
  );
  return {
    kind: 'present',
    artifact: {
      reference:
        files.length === 1
          ? `${shown} (${first?.name ?? ''})`
          : `${shown} (${files.length} files, first ${first?.name ?? ''})`,
      digest: first?.sha256 ? `sha256:${first.sha256}` : null,
      isDigestComputed: false,
      sizeBytes: sizes.reduce<number | null>(
        (sum, size) => (sum === null || size === null ? null : sum + size),
        0,
      ),
      createdAt: first?.uploadedAt ?? null,
      commits,
      signatures,
      verification: { kind: 'not-verified', detail: '' },
      withdrawn: yanked,
      notes,
    },
  };
}

function readFile(entry: unknown): ReleaseFile {
  const yanked = at(entry, 'yanked');
  const sha256 = textAt(entry, 'hashes', 'sha256');
  return {
    name: textAt(entry, 'filename') ?? '',
    sha256: sha256 && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null,
    size: numberAt(entry, 'size'),
    uploadedAt: textAt(entry, 'upload-time'),
    yanked:
      typeof yanked === 'string' ? `yanked: ${yanked.slice(0, 200)}` : yanked === true ? 'yanked' : null,
    provenance: textAt(entry, 'provenance'),
  };
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
function normalName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** The version in a file's name: `orders-1.4.0-py3-none-any.whl`, `orders-1.4.0.tar.gz`; null for another project's. */
function versionOf(file: string, project: string): string | null {
  if (file.endsWith('.whl')) {
    const [name = '', version = ''] = file.split('-');
    return normalName(name) === project ? normalVersion(version) : null;
  }
  const stem = /^(.+)\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(file)?.[1];
  if (stem === undefined) return null;
  // A name may hold hyphens, a version does not begin without a digit: the split whose left side is the name.
  for (let dash = stem.indexOf('-'); dash >= 0; dash = stem.indexOf('-', dash + 1)) {
    if (normalName(stem.slice(0, dash)) === project) return normalVersion(stem.slice(dash + 1));
  }
  return null;
}

/**
 * Versions that PEP 440 holds equal, in one spelling, as far as releases need it: `v1.0.0-rc.1`, `1.0.0rc1` and `1.0rc1`.
 */
function normalVersion(version: string): string {
  const plain = version
    .toLowerCase()
    .replace(/^v/, '')
    .replace(/[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d*)/, (_, label: string, number: string) => {
      const short = { alpha: 'a', beta: 'b', preview: 'rc', pre: 'rc', c: 'rc' }[label] ?? label;
      return `${short}${number === '' ? 0 : Number(number)}`;
    })
    .replace(/[-_.]?(post|rev|r)[-_.]?(\d*)$/, (_, __, number: string) => `.post${number || 0}`)
    .replace(/[-_.]?dev[-_.]?(\d*)$/, (_, number: string) => `.dev${number || 0}`)
    .replace(/[-_]/g, '.');
  const release = /^(?:\d+!)?\d+(?:\.\d+)*/.exec(plain)?.[0] ?? '';
  return `${release.replace(/(?:\.0+)+$/, '')}${plain.slice(release.length)}`;
}
