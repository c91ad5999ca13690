import type { SecretsRotationPlan } from '../../documents/secrets-rotation-plan/secrets-rotation-plan';
import { secretsRotationPlanKind } from '../../documents/secrets-rotation-plan/secrets-rotation-plan-kind';
import { markdownText } from '../../documents/markdown/write';
import { textOf } from '../../evidence/fact';
import { secretsInFiles } from '../../evidence/secrets/file-secrets';
import { readSecretFiles, secretInventory } from '../../evidence/secrets/secret-inventory';
import { counted } from '../../text/words';
import { workflowSecrets } from '../../workflow/workflow-secrets';
import { assembleRotationPlan } from '../rotation/assemble-rotation-plan';
import { understoodWorkflows } from '../understood-workflows';
import type { DocumentSubject } from './document-task';

/** How each secret that files of the repository name is rotated. */
export const secretsRotationPlan: DocumentSubject<SecretsRotationPlan> = {
  id: 'secrets-rotation-plan',
  kind: secretsRotationPlanKind,
  title: 'Write the rotation plan of the secrets',
  reading: 'Reading which secrets workflows, manifests, Terraform and settings name',
  inputs: [
    { name: 'owner', question: 'Who may rotate secrets?', isAsked: true },
    { name: 'notified', question: 'Who is told when a secret is rotated or compromised?', isAsked: true },
    {
      name: 'cadence',
      question: 'How often are secrets rotated, in days by risk? (such as: high 90, medium 180, low 365)',
      isAsked: true,
    },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, told, claims }) {
    const { paths, set, leftAlone } = await understoodWorkflows(world, run.signal);
    const { texts, isComplete } = await readSecretFiles(world.files, paths, run.signal);
    const secrets = secretInventory(workflowSecrets(set), secretsInFiles(texts));
    const sources = secrets.flatMap(({ uses, storages }) =>
      [...uses, ...storages].map(({ source }) => source),
    );
    run.report(`Found ${counted(secrets.length, 'secret')} by name`, sources);
    const inherited = set.jobs.filter(({ job }) => job.secrets?.isInherited === true);
    const cloudKeys = secrets.filter(({ name }) => /^AWS_(?:SECRET_)?ACCESS_KEY(?:_ID)?$/i.test(name));
    return {
      path: `${world.configuration.operationsFolder}/SECRETS_ROTATION_PLAN.md`,
      sources,
      summary: `Rotation plan of ${markdownText(textOf(profile.service))}: ${counted(secrets.length, 'secret')}.`,
      notes: [
        ...leftAlone,
        ...(isComplete
          ? []
          : ['There are more manifests and settings than are read, so the plan may miss secrets.']),
        ...inherited.map(
          ({ workflow, job }) =>
            `The job ${job.id.value} of ${workflow.path} hands every secret on (\`secrets: inherit\`): only those that the called workflow names are listed.`,
        ),
        ...(cloudKeys.length > 0
          ? ['A login by OIDC needs no long-lived cloud key, so that there is nothing left to rotate.']
          : []),
      ],
      next: [
        ...(cloudKeys.length > 0
          ? [{ task: 'secure-cloud-auth-with-oidc' as const, label: 'Log in to the cloud by OIDC' }]
          : []),
        { task: 'check', label: 'Check the repository' },
      ],
      data: assembleRotationPlan({ profile, secrets, told, claims }),
    };
  },
};
