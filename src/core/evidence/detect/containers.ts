import { fact, fileSource, type Fact } from '../fact';
import type { OperationsLink } from '../profile';
import { findLine, findLines, listAt, mapAt, readPlaced, stringAt } from './places';
import { baseOf, type Reading } from './reading';

/** What Dockerfiles and compose files say. */
export interface ContainerFacts {
  readonly dockerfiles: readonly Fact<string>[];
  readonly composeFiles: readonly Fact<string>[];
  /** Names of images that a compose file builds here and names, without tag. */
  readonly builtImages: readonly Fact<string>[];
  readonly health: readonly Fact<OperationsLink>[];
  /** Ports by Dockerfile, as `EXPOSE` has them. */
  readonly ports: ReadonlyMap<string, Fact<number>>;
}

/** Reads Dockerfiles (`Dockerfile`, `Dockerfile.api`, `api.Dockerfile`, `Containerfile`) and compose files. */
export async function readContainers(reading: Reading): Promise<ContainerFacts> {
  const dockerfiles: Fact<string>[] = [];
  const health: Fact<OperationsLink>[] = [];
  const ports = new Map<string, Fact<number>>();
  for (const path of reading.paths.filter((other) => isDockerfile(baseOf(other)))) {
    // Kept beside the product's own, but for a developer's machine or a pipeline's tools.
    if (
      /(^|\/)(\.devcontainer|\.github|\.gitlab|\.ci|ci)\//.test(path) ||
      /\.(dev|test|ci|local)$/i.test(path)
    )
      continue;
    const text = await reading.text(path);
    if (text === null) continue;
    const from = findLine(text, /^\s*FROM\s+\S/i);
    if (!from) {
      reading.problem(path, 'holds no FROM instruction');
      continue;
    }
    dockerfiles.push(fact(path, fileSource(path, from.range)));
    const exposed = findLine(text, /^\s*EXPOSE\s+(\d{1,5})/i);
    if (exposed?.match[1]) ports.set(path, fact(Number(exposed.match[1]), fileSource(path, exposed.range)));
    const check = findLine(
      text,
      /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[\w${}:-]+)?(\/[\w./-]{0,200})/i,
    );
    if (check?.match[1] && /HEALTHCHECK/i.test(text)) {
      health.push(
        fact(
          { kind: 'health', name: 'image health check', target: check.match[1] },
          fileSource(path, check.range),
        ),
      );
    }
  }
  const composeFiles: Fact<string>[] = [];
  const builtImages: Fact<string>[] = [];
  for (const path of reading.paths.filter((other) =>
    /^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/.test(baseOf(other)),
  )) {
    const text = await reading.text(path);
    if (text === null) continue;
    const read = readPlaced(text);
    if (!read.ok) {
      reading.problem(path, read.message, read.range);
      continue;
    }
    const document = read.documents[0];
    if (!document) continue;
    composeFiles.push(fact(path, fileSource(path)));
    for (const [name, service] of Object.entries(mapAt(document.data, ['services']))) {
      const image = stringAt(service, ['image']);
      if (image && mapAt(document.data, ['services', name])['build'] !== undefined) {
        const plain = imageName(image);
        if (plain)
          builtImages.push(fact(plain, fileSource(path, document.rangeOf(['services', name, 'image']))));
      }
      const test =
        listAt(service, ['healthcheck', 'test']).join(' ') ||
        stringAt(service, ['healthcheck', 'test']) ||
        '';
      const target = /https?:\/\/[\w.-]+(?::\d+)?(\/[\w./-]{0,200})/.exec(test)?.[1];
      if (target) {
        health.push(
          fact(
            { kind: 'health', name: `${name} health check`, target },
            fileSource(path, document.rangeOf(['services', name, 'healthcheck'])),
          ),
        );
      }
    }
  }
  return { dockerfiles, composeFiles, builtImages, health, ports };
}

/** An image's name without tag and digest; null for one that a template or variable fills in. */
export function imageName(image: string): string | null {
  const plain = image
    .replace(/@sha256:[0-9a-f]*$/, '')
    .replace(/:[\w.${}-]*$/, (tag) => (tag.includes('/') ? tag : ''));
  return /^[a-z0-9][a-z0-9._/:-]{0,250}$/.test(plain) ? plain : null;
}

function isDockerfile(name: string): boolean {
  return (
    /^(Dockerfile|Containerfile)(\.[\w-]+)?$/.test(name) || /^[\w-]+\.(Dockerfile|dockerfile)$/.test(name)
  );
}

/** Lines of a README or a runbook that give a link to a dashboard, logs or alerts. */
export async function readLinks(reading: Reading): Promise<readonly Fact<OperationsLink>[]> {
  const links: Fact<OperationsLink>[] = [];
  const pages = reading.paths.filter((path) => /^(docs\/)?(README|OPERATIONS|MONITORING)\.md$/i.test(path));
  for (const path of pages) {
    const text = await reading.text(path);
    if (text === null) continue;
    for (const { match, range } of findLines(text, /\[([^\]\n]{1,120})\]\((https?:\/\/[^\s)<>]{1,400})\)/)) {
      const [, name = '', target = ''] = match;
      if (/\.(svg|png)(\?|$)|shields\.io|\/badge/.test(target) || name.startsWith('!')) continue;
      const kind = kindOfLink(`${name} ${target}`);
      if (kind) links.push(fact({ kind, name: name.trim(), target }, fileSource(path, range)));
    }
  }
  return links;
}

function kindOfLink(text: string): OperationsLink['kind'] | null {
  if (/\b(logs?|kibana|loki|logging)\b/i.test(text)) return 'logs';
  if (/dashboard|grafana|datadoghq|newrelic|honeycomb/i.test(text)) return 'dashboard';
  if (/\b(alerts?|pagerduty|opsgenie|alertmanager)\b/i.test(text)) return 'alert';
  return null;
}
