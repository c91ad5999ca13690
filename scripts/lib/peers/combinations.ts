import { sampleRepository } from '../../../test/support/sample-repository';

/** The files of a repository, made when they are asked for. */
type Files = () => Readonly<Record<string, string>>;

/** Files of a sample: those that match, and none that says where it is deployed unless the pattern means it. */
function of(sample: string, pattern: RegExp): Files {
  return () =>
    Object.fromEntries(Object.entries(sampleRepository(sample)).filter(([path]) => pattern.test(path)));
}

/** What builds, per language and package manager, without anything that deploys. */
export const STACKS: readonly (readonly [name: string, files: Files])[] = [
  ['npm', of('thumbnailer', /^(?!template|samconfig)/)],
  ['pnpm-workspace', of('formwork', /^/)],
  ['yarn', of('orchard-site', /^(?!vercel)/)],
  ['bun', of('geo-edge', /^(?!wrangler)/)],
  ['npm-workspaces', of('dispatch-fleet', /^(?!.*(task-definition|Dockerfile)|infra)/)],
  ['uv', of('feedwatch', /^(?!service\.yaml|infra|Dockerfile)/)],
  ['poetry', of('pricing-api', /^(?!deploy)/)],
  ['pip', of('invoice-mailer', /^(?!serverless)/)],
  ['go', of('wallet-api', /^(?!deploy|Dockerfile)/)],
  ['maven', of('invoice-engine', /^(?!k8s|Dockerfile|\.github)/)],
  ['gradle', of('notify-hub', /^(?!helm|infra|Dockerfile)/)],
  ['cargo', of('parcel-tracker', /^(?!fly|Dockerfile)/)],
  ['cargo-workspace', of('interval-set', /^/)],
  ['dotnet', of('seat-booking', /^(?!infra)/)],
  ['bundler', of('gazette', /^(?!app\.json|Procfile)/)],
  ['composer', of('clinic-letters', /^(?!bin)/)],
];

const image = (): Readonly<Record<string, string>> => ({
  Dockerfile: 'FROM scratch\nCOPY . /app\nEXPOSE 8080\nCMD ["/app/run"]\n',
});

const withImage =
  (files: Files): Files =>
  () => ({ ...image(), ...files() });

/** Where it is deployed, as files of a repository say it. */
export const TARGETS: readonly (readonly [name: string, files: Files])[] = [
  ['nothing', () => ({})],
  ['image-only', image],
  ['kubernetes', withImage(of('orders-service', /^(k8s|infra)/))],
  ['kustomize-gke', withImage(() => ({ ...of('invoice-engine', /^k8s/)(), ...of('ledger', /^infra/)() }))],
  ['helm-gke', withImage(of('ledger', /^(charts|infra)/))],
  ['helm-aks', withImage(of('notify-hub', /^(helm|infra)/))],
  ['argo-cd', withImage(of('wallet-api', /^deploy/))],
  ['ecs', withImage(of('dispatch-fleet', /^(services\/couriers\/task-definition|infra)/))],
  ['ecs-fleet', withImage(of('dispatch-fleet', /task-definition|^infra|Dockerfile/))],
  ['lambda-sam', of('thumbnailer', /^(template|samconfig)/)],
  ['lambda-serverless', of('invoice-mailer', /^serverless/)],
  ['cloud-run', withImage(of('feedwatch', /^(service\.yaml|infra)/))],
  ['app-service', of('seat-booking', /^infra/)],
  ['cloudflare-workers', of('geo-edge', /^wrangler/)],
  ['vercel', of('orchard-site', /^vercel/)],
  ['netlify', of('harbour-docs', /^netlify/)],
  ['fly', withImage(of('parcel-tracker', /^fly/))],
  ['heroku', of('gazette', /^(app\.json|Procfile)/)],
  ['script', of('pricing-api', /^deploy/)],
  ['script-over-ssh', of('clinic-letters', /^bin/)],
  ['compose', withImage(of('stock-keeper', /^compose/))],
  ['terraform', of('landing-zone', /^/)],
];
