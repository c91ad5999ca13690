/**
 * Resources that hold nothing: deleted, they can be made again from the version before. One pattern of a resource type
 * per line; all others count as holding something.
 */
const STATELESS: readonly RegExp[] = [
  /^(?:null_resource|terraform_data|time_\w+|local_file|local_sensitive_file|template_\w+|archive_file|external)$/,
  /^aws_(?:vpc_)?security_group(?:_\w+)?$/,
  /^aws_(?:default_)?(?:network_acl(?:_rule)?|route|route_table|route_table_association|main_route_table_association)$/,
  /^aws_route53_(?:record|health_check)$/,
  /^aws_iam_(?:role|user|group)_policy(?:_attachment|_attachments_exclusive)?$/,
  /^aws_iam_(?:policy_attachment|user_group_membership|group_membership|instance_profile|policy|role)$/,
  /^aws_(?:lambda_permission|lambda_event_source_mapping|cloudwatch_event_(?:rule|target)|cloudwatch_metric_alarm|cloudwatch_dashboard)$/,
  /^aws_(?:lb|alb)_(?:listener|listener_rule|listener_certificate|target_group_attachment)$/,
  /^aws_(?:autoscaling_(?:policy|schedule|attachment)|appautoscaling_\w+)$/,
  /^aws_s3_bucket_(?:policy|notification|cors_configuration|logging|metric|public_access_block|website_configuration|ownership_controls|acl)$/,
  /^aws_sns_topic_(?:policy|subscription)$|^aws_sqs_queue_(?:policy|redrive_policy|redrive_allow_policy)$/,
  /^aws_acm_certificate_validation$|^aws_wafv2_\w+$/,
  /^google_(?:project|folder|organization|storage_bucket|service_account|pubsub_topic|pubsub_subscription|kms_\w+|secret_manager_secret|bigquery_dataset|bigquery_table|cloud_run_(?:v2_)?service|cloudfunctions2?_function)_iam_(?:member|binding|policy)$/,
  /^google_(?:compute_firewall|compute_route|dns_record_set|project_service|monitoring_\w+|logging_metric)$/,
  /^azurerm_(?:role_assignment|network_security_rule|network_security_group|route|subnet_network_security_group_association|subnet_route_table_association|monitor_\w+)$/,
  /^azurerm_(?:private_)?dns_(?:a|aaaa|caa|cname|mx|ns|ptr|srv|txt)_record$/,
  /^(?:cloudflare|digitalocean|dnsimple|ns1|hcloud_rdns)_?(?:record|dns_record)?$/,
  /^kubernetes_(?:config_map|role|role_binding|cluster_role|cluster_role_binding|service|ingress|ingress_v1|network_policy|horizontal_pod_autoscaler|service_account)(?:_v\d+)?$/,
];

/** Whether nothing is lost with a resource of this type. */
export function isStateless(resourceType: string): boolean {
  return STATELESS.some((pattern) => pattern.test(resourceType));
}

/** An argument that keeps something from being lost, by the value that does so. */
export interface Protection {
  readonly argument: string;
  readonly protects: 'true' | 'false';
  /** What holds where the argument is not written; by prefix of the resource type where providers differ. */
  readonly isOnByDefault: (resourceType: string) => boolean;
  readonly kind: 'infra-replace' | 'storage-delete';
  /** A phrase: what is so once the protection is gone. */
  readonly without: string;
}

const never = (): boolean => false;
const always = (): boolean => true;

/** Arguments by which providers protect a resource, from their documentation on registry.terraform.io. */
export const PROTECTIONS: readonly Protection[] = [
  {
    argument: 'deletion_protection',
    protects: 'true',
    isOnByDefault: (type) => type.startsWith('google_'),
    kind: 'infra-replace',
    without: 'the next plan that destroys or replaces it goes through',
  },
  {
    argument: 'deletion_protection_enabled',
    protects: 'true',
    isOnByDefault: never,
    kind: 'infra-replace',
    without: 'the next plan that destroys or replaces it goes through',
  },
  {
    argument: 'enable_deletion_protection',
    protects: 'true',
    isOnByDefault: never,
    kind: 'infra-replace',
    without: 'the next plan that destroys or replaces it goes through',
  },
  {
    argument: 'disable_api_termination',
    protects: 'true',
    isOnByDefault: never,
    kind: 'infra-replace',
    without: 'the instance can be terminated by any caller with the right to it',
  },
  {
    argument: 'purge_protection_enabled',
    protects: 'true',
    isOnByDefault: never,
    kind: 'infra-replace',
    without: 'what is deleted can be purged at once',
  },
  {
    argument: 'skip_final_snapshot',
    protects: 'false',
    isOnByDefault: always,
    kind: 'storage-delete',
    without: 'deleting it leaves no snapshot to restore from',
  },
  {
    argument: 'force_destroy',
    protects: 'false',
    isOnByDefault: always,
    kind: 'infra-replace',
    without: 'it is deleted with everything in it, where a full one was refused before',
  },
  {
    argument: 'force_delete',
    protects: 'false',
    isOnByDefault: always,
    kind: 'infra-replace',
    without: 'it is deleted with everything in it, where a full one was refused before',
  },
];

/**
 * Arguments that cannot be changed in place: the provider deletes the resource and makes another ("Forces new
 * resource" in its documentation). Only of resources that hold data; one line per type.
 */
export const FORCES_NEW: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ['db_name', 'username', 'storage_encrypted', 'kms_key_id', 'character_set_name'],
  aws_rds_cluster: [
    'cluster_identifier',
    'database_name',
    'master_username',
    'storage_encrypted',
    'kms_key_id',
  ],
  aws_dynamodb_table: ['name', 'hash_key', 'range_key'],
  aws_s3_bucket: ['bucket', 'bucket_prefix', 'object_lock_enabled'],
  aws_ebs_volume: ['availability_zone', 'encrypted', 'kms_key_id', 'snapshot_id'],
  aws_efs_file_system: [
    'creation_token',
    'encrypted',
    'kms_key_id',
    'performance_mode',
    'availability_zone_name',
  ],
  aws_sqs_queue: ['name', 'name_prefix', 'fifo_queue'],
  aws_sns_topic: ['name', 'name_prefix', 'fifo_topic'],
  aws_kinesis_stream: ['name'],
  aws_elasticache_cluster: ['cluster_id', 'subnet_group_name'],
  aws_elasticache_replication_group: ['replication_group_id', 'at_rest_encryption_enabled', 'kms_key_id'],
  aws_opensearch_domain: ['domain_name'],
  aws_secretsmanager_secret: ['name', 'name_prefix'],
  aws_ecr_repository: ['name'],
  google_sql_database_instance: ['name', 'region'],
  google_storage_bucket: ['name', 'location', 'project'],
  google_compute_disk: ['name', 'zone', 'project'],
  google_bigquery_dataset: ['dataset_id', 'location', 'project'],
  google_pubsub_topic: ['name', 'project'],
  google_spanner_instance: ['name', 'project'],
  azurerm_storage_account: ['name', 'location', 'resource_group_name'],
  azurerm_storage_container: ['name'],
  azurerm_postgresql_flexible_server: ['name', 'location', 'resource_group_name'],
  azurerm_mssql_database: ['name', 'server_id'],
  azurerm_cosmosdb_account: ['name', 'resource_group_name'],
  azurerm_managed_disk: ['name', 'location', 'resource_group_name'],
  azurerm_resource_group: ['name', 'location'],
};
