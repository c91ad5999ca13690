/**
 * Small repositories in the likeness of public ones, one for each platform that a service is deployed on: what deploys it,
 * and nothing that the engine would need only to pass.
 */
export const platformRepositories: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kubernetes: {
    'k8s/production/deployment.yaml': deployment(
      'shop',
      'checkout',
      'web',
      'ghcr.io/larkmoor/checkout:1.4.0',
    ),
    '.github/workflows/deploy.yml': workflow('push: { branches: [main] }', 'production', [
      'run: kubectl apply -f k8s/production/',
      'run: kubectl rollout status deployment/checkout -n shop --timeout=5m',
    ]),
  },
  helm: {
    'charts/orders/Chart.yaml': 'apiVersion: v2\nname: orders\nversion: 0.3.0\n',
    'charts/orders/values.yaml': 'image:\n  repository: ghcr.io/larkmoor/orders\n  tag: latest\n',
    '.github/workflows/release.yml': workflow(
      'workflow_dispatch:\n    inputs:\n      version: { type: string, required: true }\n      environment: { type: environment, required: true }',
      '${{ inputs.environment }}',
      [
        'run: helm upgrade --install orders charts/orders --namespace orders-prod --set image.tag=${{ inputs.version }} --wait',
      ],
    ),
  },
  'argo-cd': {
    'deploy/application.yaml': [
      'apiVersion: argoproj.io/v1alpha1',
      'kind: Application',
      'metadata: { name: billing, namespace: argocd }',
      'spec:',
      '  syncPolicy: { automated: { prune: true } }',
      '  source: { repoURL: https://github.com/larkmoor/billing, path: deploy/base }',
      '',
    ].join('\n'),
    'deploy/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'deploy/base/deployment.yaml': deployment('billing', 'billing', 'api', 'ghcr.io/larkmoor/billing:2.0.1'),
  },
  ecs: {
    'ecs/task-definition.json': JSON.stringify({
      family: 'payments',
      containerDefinitions: [{ name: 'api', image: 'payments:latest' }],
    }),
    '.github/workflows/ecs.yml': workflow('push: { tags: ["v*"] }', 'production', [
      'uses: aws-actions/configure-aws-credentials@v4\n        with: { role-to-assume: "${{ vars.ROLE }}", aws-region: eu-west-1 }',
      'uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n        with:\n          task-definition: ecs/task-definition.json\n          service: payments-api\n          cluster: ${{ vars.ECS_CLUSTER }}\n          wait-for-service-stability: true',
    ]),
    'alembic.ini': '[alembic]\nscript_location = migrations\n',
    'migrations/env.py': 'from alembic import context\n',
    'migrations/versions/1a2b_add_refunds.py': 'def upgrade(): pass\ndef downgrade(): pass\n',
  },
  lambda: {
    'template.yaml':
      'Transform: AWS::Serverless-2016-10-31\nResources:\n  Thumbs:\n    Type: AWS::Serverless::Function\n    Properties: { Handler: app.handler, AutoPublishAlias: live }\n',
    '.github/workflows/deploy.yaml': workflow('push: { branches: [main] }', 'production', [
      'run: aws lambda update-function-code --function-name thumbs-prod --zip-file fileb://dist.zip --publish --region eu-central-1',
      'run: aws lambda update-alias --function-name thumbs-prod --name live --function-version 12 --region eu-central-1',
    ]),
  },
  'cloud-run': {
    Dockerfile: 'FROM node:22-slim\nEXPOSE 8080\n',
    '.github/workflows/cloud-run.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: google-github-actions/deploy-cloudrun@v2\n        with: { service: reports, region: europe-west1, image: "europe-docker.pkg.dev/larkmoor/reports:${{ github.sha }}" }',
    ]),
  },
  'app-service with slots': {
    '.github/workflows/azure.yml': workflow('workflow_dispatch:', 'production', [
      'uses: azure/webapps-deploy@v3\n        with: { app-name: intranet, slot-name: staging, package: ./dist }',
      'run: az webapp deployment slot swap --resource-group rg-intranet --name intranet --slot staging --target-slot production',
    ]),
  },
  'app-service with a container': {
    '.github/workflows/azure.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: azure/webapps-deploy@v3\n        with: { app-name: portal, images: "larkmoor.azurecr.io/portal:${{ github.sha }}" }',
    ]),
  },
  fly: {
    'fly.toml': 'app = "ledger"\nprimary_region = "ams"\n\n[http_service]\n  internal_port = 8080\n',
    'package.json': '{"name":"ledger","version":"3.1.0","dependencies":{"knex":"3.1.0"}}',
    'knexfile.js': 'module.exports = {};\n',
    'migrations/20260101_first.js': 'exports.up = () => {};\nexports.down = () => {};\n',
    '.github/workflows/fly.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: superfly/flyctl-actions/setup-flyctl@master',
      'run: flyctl deploy --remote-only --app ledger',
    ]),
  },
  heroku: {
    Procfile: 'web: bin/rails server\nrelease: bin/rails db:migrate\n',
    Gemfile: 'gem "rails"\n',
    'db/migrate/20260203101112_add_plan.rb': 'class AddPlan < ActiveRecord::Migration[7.1]\nend\n',
    '.github/workflows/heroku.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: akhileshns/heroku-deploy@v3.13.15\n        with: { heroku_api_key: "${{ secrets.HEROKU_API_KEY }}", heroku_app_name: larkmoor-www, heroku_email: ops@larkmoor.example }',
    ]),
  },
  vercel: {
    'vercel.json': '{"framework":"nextjs"}',
    'package.json': '{"name":"storefront","version":"1.0.0","dependencies":{"@prisma/client":"6.0.0"}}',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20260101000000_init/migration.sql': 'CREATE TABLE carts (id int);\n',
    '.github/workflows/vercel.yml': workflow('push: { branches: [main] }', 'production', [
      'run: vercel deploy --prod --token=${{ secrets.VERCEL_TOKEN }}',
    ]),
  },
  netlify: {
    'netlify.toml': '[build]\n  publish = "dist"\n',
    'package.json': '{"name":"docs-site","version":"1.0.0"}',
    '.github/workflows/netlify.yml': workflow('push: { branches: [main] }', 'production', [
      'run: netlify deploy --prod --dir dist --site ${{ secrets.NETLIFY_SITE_ID }}',
    ]),
  },
  'cloudflare-workers': {
    'wrangler.toml': 'name = "edge-router"\nmain = "src/index.ts"\ncompatibility_date = "2026-01-01"\n',
    '.github/workflows/worker.yml': workflow('push: { branches: [main] }', 'production', [
      'run: npx wrangler deploy',
    ]),
  },
  compose: {
    'compose.yaml':
      'services:\n  web:\n    image: ghcr.io/larkmoor/wiki:${VERSION}\n    ports: ["8080:8080"]\n',
    '.github/workflows/ship.yml': workflow('push: { tags: ["v*"] }', 'production', [
      'uses: appleboy/ssh-action@v1\n        with:\n          host: ${{ vars.DEPLOY_HOST }}\n          script: |\n            cd /srv/wiki\n            docker compose pull\n            docker compose up -d',
    ]),
  },
  'azure-functions with slots': {
    'host.json':
      '{ "version": "2.0", "extensionBundle": { "id": "Microsoft.Azure.Functions.ExtensionBundle" } }\n',
    'package.json': '{"name":"intake","version":"1.0.0"}',
    '.github/workflows/functions.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: azure/functions-action@v1\n        with: { app-name: intake-prod, slot-name: staging, package: . }',
      'run: az functionapp deployment slot swap --resource-group intake --name intake-prod --slot staging',
    ]),
  },
  'azure-functions': {
    'host.json': '{ "version": "2.0" }\n',
    'requirements.txt': 'azure-functions\n',
    '.github/workflows/functions.yml': workflow('push: { branches: [main] }', 'production', [
      'run: func azure functionapp publish intake-prod --python',
    ]),
  },
  'cloudflare-pages': {
    'wrangler.toml': 'name = "handbook"\npages_build_output_dir = "dist"\n',
    '.github/workflows/pages.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: cloudflare/wrangler-action@v3\n        with: { command: pages deploy dist --project-name=handbook }',
    ]),
  },
  ssh: {
    'package.json': '{"name":"board","version":"1.0.0","scripts":{"build":"vite build"}}',
    '.github/workflows/host.yml': workflow('push: { branches: [main] }', 'production', [
      'uses: appleboy/ssh-action@v1\n        with:\n          host: ${{ vars.BOARD_HOST }}\n          username: deploy\n          script: cd /srv/board && git pull && systemctl restart board',
    ]),
  },
  terraform: {
    'infra/main.tf': 'resource "aws_ecs_cluster" "main" {\n  name = "main"\n}\n',
    '.github/workflows/infra.yml': workflow('push: { branches: [main] }', 'production', [
      'run: terraform -chdir=infra apply -input=false -auto-approve',
    ]),
  },
  'a script with --rollback': {
    'scripts/deploy.sh': [
      '#!/usr/bin/env bash',
      'set -euo pipefail',
      'ENVIRONMENT="${1:?environment}"',
      'case "${2:-}" in',
      '  --rollback) docker service rollback "site-$ENVIRONMENT" ;;',
      '  *) docker service update --image "ghcr.io/larkmoor/site:$2" "site-$ENVIRONMENT" ;;',
      'esac',
      '',
    ].join('\n'),
    '.github/workflows/deploy.yml': workflow('push: { branches: [main] }', 'production', [
      'run: ./scripts/deploy.sh production "$GITHUB_SHA"',
    ]),
  },
  'a rollback workflow': {
    'k8s/deployment.yaml': deployment('mail', 'mailer', 'worker', 'ghcr.io/larkmoor/mailer:0.9.0'),
    '.github/workflows/deploy.yml': workflow('push: { branches: [main] }', 'production', [
      'run: kubectl set image deployment/mailer worker=ghcr.io/larkmoor/mailer:${{ github.sha }} -n mail',
    ]),
    '.github/workflows/rollback.yml': workflow(
      'workflow_dispatch:\n    inputs:\n      version: { type: string, required: true, description: earlier version }',
      'production',
      [
        'run: kubectl set image deployment/mailer worker=ghcr.io/larkmoor/mailer:${{ inputs.version }} -n mail',
      ],
    ),
  },
  'nothing that is known': { 'README.md': '# A service\n' },
};

function deployment(namespace: string, name: string, container: string, image: string): string {
  return [
    'apiVersion: apps/v1',
    'kind: Deployment',
    `metadata: { name: ${name}, namespace: ${namespace} }`,
    'spec:',
    `  selector: { matchLabels: { app: ${name} } }`,
    '  template:',
    `    metadata: { labels: { app: ${name} } }`,
    '    spec:',
    '      containers:',
    `        - name: ${container}`,
    `          image: ${image}`,
    '          readinessProbe: { httpGet: { path: /healthz, port: 8080 } }',
    '',
  ].join('\n');
}

function workflow(on: string, environment: string, steps: readonly string[]): string {
  return [
    'name: Deploy',
    'on:',
    `  ${on}`,
    'permissions: { contents: read }',
    'jobs:',
    '  deploy:',
    '    runs-on: ubuntu-24.04',
    `    environment: ${environment}`,
    '    steps:',
    '      - uses: actions/checkout@v4',
    ...steps.map((step) => `      - ${step}`),
    '',
  ].join('\n');
}
