import type { ScalingOrAccess } from '../../documents/environment-matrix/environment-matrix';
import { dataAt, listAt, mapAt, readPlaced, stringAt, type DataPath } from '../../evidence/detect/places';
import { readHcl, type HclBlock } from '../../text/hcl';
import { lineIndex } from '../../text/position';

/** Arguments of Terraform by which something scales, by the resource; one line per type. */
const SCALING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^aws_autoscaling_group$/, ['min_size', 'max_size', 'desired_capacity']],
  [/^aws_appautoscaling_target$/, ['min_capacity', 'max_capacity']],
  [/^aws_ecs_service$/, ['desired_count']],
  [
    /^aws_(?:db_instance|rds_cluster_instance|instance)$/,
    ['instance_class', 'instance_type', 'allocated_storage', 'multi_az'],
  ],
  [/^aws_eks_node_group$/, ['instance_types']],
  [/^google_container_node_pool$/, ['node_count', 'initial_node_count']],
  [/^google_sql_database_instance$/, ['database_version']],
  [
    /^azurerm_(?:kubernetes_cluster_node_pool|linux_virtual_machine_scale_set)$/,
    ['node_count', 'min_count', 'max_count', 'instances'],
  ],
];

/** Resources of Terraform that let traffic in, with the arguments that say whose. */
const NETWORK: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [
    /^aws_security_group_rule$/,
    'security group',
    ['type', 'from_port', 'to_port', 'cidr_blocks', 'source_security_group_id'],
  ],
  [
    /^aws_vpc_security_group_ingress_rule$/,
    'security group',
    ['from_port', 'to_port', 'cidr_ipv4', 'referenced_security_group_id'],
  ],
  [/^google_compute_firewall$/, 'access rule', ['direction', 'source_ranges', 'source_tags']],
  [
    /^azurerm_network_security_rule$/,
    'access rule',
    ['direction', 'access', 'destination_port_range', 'source_address_prefix'],
  ],
];

/** How a file scales something or lets traffic in; nothing for a file that says neither. */
export function scalingIn(path: string, text: string, environment: string): readonly ScalingOrAccess[] {
  if (/\.tf$/.test(path)) return ofTerraform(path, text, environment);
  return /\.ya?ml$/.test(path) ? ofManifest(path, text, environment) : [];
}

function ofTerraform(path: string, text: string, environment: string): ScalingOrAccess[] {
  const read = readHcl(text);
  if (!read.ok) return [];
  const lines = lineIndex(text);
  const rows: ScalingOrAccess[] = [];
  const add = (kind: string, block: HclBlock, setting: string, value: string): void => {
    rows.push({
      environment,
      kind,
      setting,
      value: value
        .replace(/\s+/g, ' ')
        .replace(/^"([^"]*)"$/, '$1')
        .slice(0, 120),
      place: `${path}:${lines.positionAt(block.span.start).line}`,
    });
  };
  for (const block of read.body.blocks) {
    if (block.type !== 'resource') continue;
    const [type = '', label = ''] = block.labels;
    for (const name of SCALING.find(([pattern]) => pattern.test(type))?.[1] ?? []) {
      const value = block.attributes.get(name)?.value;
      if (value !== undefined) add('scaling', block, `${type}.${label} ${name}`, value);
    }
    for (const inner of block.blocks.filter((each) =>
      /^(?:scaling_config|autoscaling|scaling)$/.test(each.type),
    )) {
      for (const { name, value } of inner.attributes.values())
        add('scaling', inner, `${type}.${label} ${name}`, value);
    }
    if (type === 'aws_security_group') {
      for (const inner of block.blocks.filter((each) => each.type === 'ingress')) {
        add(
          'security group',
          inner,
          `${type}.${label} ingress`,
          argumentsOf(inner, ['from_port', 'to_port', 'protocol', 'cidr_blocks', 'security_groups']),
        );
      }
    }
    const rule = NETWORK.find(([pattern]) => pattern.test(type));
    if (rule) add(rule[1], block, `${type}.${label}`, argumentsOf(block, rule[2]));
  }
  return rows;
}

function argumentsOf({ attributes }: HclBlock, names: readonly string[]): string {
  return names
    .flatMap((name) => {
      const value = attributes.get(name)?.value;
      return value === undefined ? [] : [`${name} ${value}`];
    })
    .join(', ');
}

function ofManifest(path: string, text: string, environment: string): ScalingOrAccess[] {
  if (/\{\{/.test(text) || !/^(?:kind:|replicaCount:|autoscaling:|resources:)/m.test(text)) return [];
  const read = readPlaced(text);
  if (!read.ok) return [];
  const rows: ScalingOrAccess[] = [];
  for (const document of read.documents) {
    const { data } = document;
    const add = (kind: string, setting: string, value: string, at: DataPath): void => {
      const line = document.rangeOf(at)?.start.line;
      rows.push({
        environment,
        kind,
        setting,
        value: value.slice(0, 120),
        place: `${path}${line ? `:${line}` : ''}`,
      });
    };
    const number = (at: DataPath): string | null => {
      const value = dataAt(data, at);
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : stringAt(data, at);
    };
    const kind = stringAt(data, ['kind']);
    const object = `${kind ?? ''} ${stringAt(data, ['metadata', 'name']) ?? ''}`.trim();
    if (kind === null) {
      for (const at of [['replicaCount'], ['autoscaling', 'minReplicas'], ['autoscaling', 'maxReplicas']]) {
        const value = number(at);
        if (value !== null) add('scaling', at.join('.'), value, at);
      }
      continue;
    }
    if (/^(?:Deployment|StatefulSet)$/.test(kind)) {
      const replicas = number(['spec', 'replicas']);
      if (replicas !== null) add('scaling', `${object} replicas`, replicas, ['spec', 'replicas']);
      listAt(data, ['spec', 'template', 'spec', 'containers']).forEach((container, index) => {
        const limits = mapAt(container, ['resources', 'limits']);
        const shown = Object.entries(limits).flatMap(([name, value]) =>
          typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : [],
        );
        const name = stringAt(container, ['name']) ?? String(index);
        if (shown.length > 0)
          add('scaling', `${object} limits of ${name}`, shown.join(', '), [
            'spec',
            'template',
            'spec',
            'containers',
            index,
            'resources',
            'limits',
          ]);
      });
    }
    if (kind === 'HorizontalPodAutoscaler') {
      const [min, max] = [number(['spec', 'minReplicas']), number(['spec', 'maxReplicas'])];
      add('scaling', object, `${min ?? 1} to ${max ?? '?'} replicas`, ['spec']);
    }
    if (kind === 'NetworkPolicy') {
      const types = listAt(data, ['spec', 'policyTypes']).filter((each) => typeof each === 'string');
      const ingress = listAt(data, ['spec', 'ingress']).length;
      add(
        'network policy',
        object,
        `${types.join(' and ') || 'Ingress'}, ${ingress} ${ingress === 1 ? 'rule' : 'rules'} that let traffic in`,
        ['spec'],
      );
    }
  }
  return rows;
}
