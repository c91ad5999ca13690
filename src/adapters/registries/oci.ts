import { createHash } from 'node:crypto';
import type {
  ArtifactAnswer,
  ArtifactQuestion,
  ArtifactSignature,
  CommitClaim,
  FoundArtifact,
} from '../../core/ports';
import { jsonOf } from '../http';
import { at, commitOf, isRecord, listAt, numberAt, textAt } from '../json';
import type { CredentialStore } from './docker-credentials';
import { isOciTag, parseOciReference, type OciReference } from './oci-reference';
import { openOciSession, problemClause, type OciAnswer, type OciSession } from './oci-session';
import { certificateSource, readAttestation } from './provenance';

/** How registries of images are asked. */
export interface OciOptions {
  readonly credentials: CredentialStore;
  /** For one request. */
  readonly timeoutMs: number;
  /** For all that is asked about one artifact. */
  readonly totalMs: number;
}

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const ACCEPT = [
  ...INDEX_TYPES,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The specification asks registries to take manifests of 4 MiB at least. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** A config or an attestation; layers are never fetched. */
const MAX_BLOB_BYTES = 4 * 1024 * 1024;

/** So many platforms of an image are looked into; what a release is made from is the same for all. */
const MAX_PLATFORMS = 6;

/** So many signatures and attestations are looked into. */
const MAX_SIGNATURES = 8;

const REVISION = 'org.opencontainers.image.revision';
const SOURCE = 'org.opencontainers.image.source';

/** Registries that say of a private repository that there is none, to whoever may not read it. */
const HIDING = new Set(['docker.io', 'ghcr.io']);

/**
 * Whether a registry has an image, by the distribution API. The manifest's bytes are held against its digest, and so is
 * every config and attestation that is read; layers are not fetched. Signatures are found and read, not verified.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function findImage(
  question: ArtifactQuestion,
  options: OciOptions,
  signal?: AbortSignal,
): Promise<ArtifactAnswer> {
  const reference = parseOciReference(question.name ?? '');
  if (!reference) {
    return {
      kind: 'unknown',
      detail: `"${question.name ?? ''}" is no name of an image, such as ghcr.io/acme/orders`,
    };
  }
  const target = reference.digest ?? question.version;
  if (reference.digest === null && !isOciTag(target)) {
    return { kind: 'unknown', detail: `"${target}" cannot be a tag of an image` };
  }
  const shown = `${reference.registry}/${reference.repository}${reference.digest ? '@' : ':'}${target}`;
  const session = openOciSession(reference, {
    credentials: options.credentials,
    timeoutMs: options.timeoutMs,
    signal,
    deadline: AbortSignal.timeout(options.totalMs),
  });
  const answer = await session.get(`manifests/${target}`, ACCEPT, MAX_MANIFEST_BYTES);
  const refusal = whyNotThere(answer, session, reference, shown);
  if (refusal) return refusal;
  if (!answer.ok) return { kind: 'unknown', detail: answer.detail };
  const { body, headers } = answer;
  const digest = sha256(body);
  const promised = reference.digest ?? headers.get('docker-content-digest');
  // Another algorithm's digest is not computed here, and then says nothing.
  if (promised?.startsWith('sha256:') && promised !== digest) {
    return {
      kind: 'corrupt',
      detail: `${reference.registry} sends for ${shown} a manifest whose digest is ${digest}, and calls it ${promised}`,
    };
  }
  const manifest = jsonOf(body);
  if (!isRecord(manifest) || (!isRecord(manifest['config']) && !Array.isArray(manifest['manifests']))) {
    return {
      kind: 'unknown',
      detail: `${reference.registry} answers for ${shown} with what is no manifest of an image`,
    };
  }
  const artifact = await describe(session, manifest, {
    reference: shown,
    digest,
    isDigestComputed: true,
    sizeBytes: null,
    createdAt: textAt(manifest, 'annotations', 'org.opencontainers.image.created'),
    commits: claims(at(manifest, 'annotations'), 'annotation'),
    signatures: [],
    verification: { kind: 'not-verified', detail: '' },
    withdrawn: null,
    notes: [],
  });
  return { kind: 'present', artifact };
}

/** Null where the registry sent a manifest. */
function whyNotThere(
  answer: OciAnswer,
  session: OciSession,
  { registry, repository }: OciReference,
  shown: string,
): ArtifactAnswer | null {
  if (!answer.ok) return { kind: answer.isRefusal ? 'refused' : 'unknown', detail: answer.detail };
  const { status, code, headers } = answer;
  const who = session.identity === 'signed-in' ? "with docker's credentials" : 'to whoever is not signed in';
  const problem = problemClause(session.problem);
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    return {
      kind: 'refused',
      detail: `${registry} refuses to tell of ${repository} ${who} (status ${status})${problem}`,
    };
  }
  if (status === 404) {
    const isRegistry =
      code !== null || (headers.get('docker-distribution-api-version') ?? '').startsWith('registry/');
    if (!isRegistry) {
      return {
        kind: 'unknown',
        detail: `${registry} answers with status 404 and not as a registry of images does`,
      };
    }
    if (session.grantsNothing) {
      return { kind: 'refused', detail: `${registry} lets nobody read ${repository} ${who}${problem}` };
    }
    const isHidden = code === 'NAME_UNKNOWN' && (session.identity === 'anonymous' || HIDING.has(registry));
    if (isHidden) {
      return {
        kind: 'refused',
        detail: `${registry} knows no repository ${repository}, which it also says of a private one ${
          session.identity === 'signed-in' ? 'that docker’s credentials may not read' : who
        }${problem}`,
      };
    }
    return {
      kind: 'absent',
      detail:
        code === 'NAME_UNKNOWN'
          ? `${registry} has no repository ${repository}`
          : `${registry} has no ${shown.slice(registry.length + 1)}`,
    };
  }
  if (status === 429)
    return { kind: 'unknown', detail: `${registry} answers no more requests for now (status 429)` };
  return { kind: 'unknown', detail: `${registry} answers with status ${status}` };
}

/** What the configs, attestations and signatures of an image add. Whatever cannot be read is a note. */
async function describe(
  session: OciSession,
  manifest: unknown,
  found: FoundArtifact,
): Promise<FoundArtifact> {
  const notes: string[] = [];
  const commits = [...found.commits];
  const signatures: ArtifactSignature[] = [];
  let createdAt = found.createdAt;

  const blob = async (descriptor: unknown, kind: 'blobs' | 'manifests'): Promise<Buffer | null> => {
    const digest = textAt(descriptor, 'digest') ?? '';
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return null;
    const isManifest = kind === 'manifests';
    const answer = await session.get(
      `${kind}/${digest}`,
      isManifest ? ACCEPT : '*/*',
      isManifest ? MAX_MANIFEST_BYTES : MAX_BLOB_BYTES,
    );
    if (!answer.ok || answer.status !== 200) {
      notes.push(answer.ok ? `${digest} is not to be had (status ${answer.status})` : answer.detail);
      return null;
    }
    if (sha256(answer.body) !== digest) {
      notes.push(`what the registry sends as ${digest} has another digest`);
      return null;
    }
    return answer.body;
  };

  const entries = listAt(manifest, 'manifests');
  const isAttestation = (entry: unknown): boolean =>
    textAt(entry, 'annotations', 'vnd.docker.reference.type') === 'attestation-manifest';
  const platforms = entries.filter((entry) => !isAttestation(entry));
  const images: unknown[] = entries.length === 0 ? [manifest] : [];
  // What an attestation may be about: the image as it is named, or one of its platforms.
  const own = new Set([found.digest ?? '', ...platforms.map((entry) => textAt(entry, 'digest') ?? '')]);
  for (const entry of platforms.slice(0, MAX_PLATFORMS)) {
    const body = await blob(entry, 'manifests');
    if (body) images.push(jsonOf(body));
  }
  if (platforms.length > MAX_PLATFORMS) {
    notes.push(`only ${MAX_PLATFORMS} of its ${platforms.length} platforms were looked into`);
  }
  let sizeBytes: number | null = platforms.length > MAX_PLATFORMS || images.length === 0 ? null : 0;
  for (const image of images) {
    const sizes = [at(image, 'config'), ...listAt(image, 'layers')].map((part) => numberAt(part, 'size'));
    for (const size of sizes) sizeBytes = sizeBytes === null || size === null ? null : sizeBytes + size;
    commits.push(...claims(at(image, 'annotations'), 'annotation'));
    const type = textAt(image, 'config', 'mediaType') ?? '';
    if (!/^application\/vnd\.(oci\.image|docker\.container\.image)\.(config\.)?v1\+json$/.test(type))
      continue;
    const body = await blob(at(image, 'config'), 'blobs');
    const config = body ? jsonOf(body) : undefined;
    commits.push(...claims(at(config, 'config', 'Labels'), 'label'));
    createdAt ??= textAt(config, 'created');
  }

  const attested = async (where: string, descriptors: readonly unknown[]): Promise<void> => {
    for (const descriptor of descriptors.slice(0, MAX_SIGNATURES)) {
      const body = await blob(descriptor, 'manifests');
      if (body) await readLayers(where, jsonOf(body));
    }
  };
  const readLayers = async (where: string, holder: unknown): Promise<void> => {
    for (const layer of listAt(holder, 'layers').slice(0, MAX_SIGNATURES)) {
      const type = textAt(layer, 'mediaType') ?? '';
      if (type === 'application/vnd.dev.cosign.simplesigning.v1+json') {
        const body = await blob(layer, 'blobs');
        const signed = textAt(body ? jsonOf(body) : undefined, 'critical', 'image', 'docker-manifest-digest');
        const isAboutThis = signed === null ? null : own.has(signed);
        signatures.push({ kind: 'signature', where, isAboutThis });
        const certificate = textAt(layer, 'annotations', 'dev.sigstore.cosign/certificate');
        const source = certificate === null ? null : certificateSource(certificate);
        if (source && isAboutThis)
          commits.push({ ...source, from: `the certificate of its signature in ${where}` });
      } else if (/vnd\.in-toto\+json|vnd\.dsse\.envelope|sigstore\.bundle/.test(type)) {
        const body = await blob(layer, 'blobs');
        const read = body ? readAttestation(jsonOf(body)) : null;
        const isAboutThis = read ? read.subjects.some((subject) => own.has(subject)) : null;
        signatures.push({ kind: read?.kind ?? 'attestation', where, isAboutThis });
        if (read?.commit && isAboutThis) {
          commits.push({
            commit: read.commit,
            repository: read.repository,
            from: `the ${read.kind === 'signature' ? 'certificate of its signature' : 'provenance'} in ${where}`,
          });
        }
      }
    }
  };

  await attested('the image’s own index', entries.filter(isAttestation));
  const hex = (found.digest ?? '').slice('sha256:'.length);
  const referrers = await session.get(`referrers/sha256:${hex}`, INDEX_TYPES[0] ?? '', MAX_MANIFEST_BYTES);
  if (referrers.ok && referrers.status === 200) {
    await attested('the registry’s referrers', listAt(jsonOf(referrers.body), 'manifests'));
  } else if (referrers.ok) {
    await byTag(`sha256-${hex}`, (value) => attested('the referrers tag', listAt(value, 'manifests')));
  } else notes.push(referrers.detail);
  await byTag(`sha256-${hex}.sig`, (value) => readLayers(`the tag sha256-${hex.slice(0, 12)}….sig`, value));
  await byTag(`sha256-${hex}.att`, (value) => readLayers(`the tag sha256-${hex.slice(0, 12)}….att`, value));

  async function byTag(tag: string, read: (manifest: unknown) => Promise<void>): Promise<void> {
    const answer = await session.get(`manifests/${tag}`, ACCEPT, MAX_MANIFEST_BYTES);
    if (answer.ok && answer.status === 200) await read(jsonOf(answer.body));
    else if (!answer.ok) notes.push(answer.detail);
    else if (answer.status !== 404) notes.push(`the tag ${tag} is not to be had (status ${answer.status})`);
  }

  return {
    ...found,
    createdAt,
    sizeBytes,
    commits: unique(commits),
    signatures,
    notes: [...new Set(notes)],
  };
}

function claims(labels: unknown, kind: 'label' | 'annotation'): readonly CommitClaim[] {
  const commit = commitOf(textAt(labels, REVISION));
  return commit ? [{ commit, from: `the ${kind} ${REVISION}`, repository: textAt(labels, SOURCE) }] : [];
}

function unique(commits: readonly CommitClaim[]): readonly CommitClaim[] {
  return [...new Map(commits.map((claim) => [`${claim.from} ${claim.commit}`, claim])).values()];
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
