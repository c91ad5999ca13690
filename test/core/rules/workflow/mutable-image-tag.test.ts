import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeFixtures, findingsIn } from '../rule-fixtures';

describeFixtures('mutable-image-tag');

describe('mutable-image-tag: how an image is named', () => {
  /** What the rule quotes of a production job with this step. */
  const images = async (step: string, on = 'push: { branches: [main] }'): Promise<readonly string[]> => {
    const text = `on:\n  ${on}\njobs:\n  ship:\n    environment: production\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;
    const found = await findingsIn('mutable-image-tag', text);
    return found.map(({ message }) => /"ship" deploys (?:the tag )?"([^"]*)"/.exec(message)?.[1] ?? message);
  };
  const cases: readonly (readonly [step: string, expected: readonly string[]])[] = [
    ['run: gcloud run deploy shop --image=gcr.io/acme/shop', ['gcr.io/acme/shop']],
    [
      'run: gcloud run deploy shop --image gcr.io/${{ github.repository }}',
      ['gcr.io/${{ github.repository }}'],
    ],
    ['run: gcloud run deploy shop --image gcr.io/$IMAGE', []],
    ['run: flyctl deploy --image registry.fly.io/shop:main', ['registry.fly.io/shop:main']],
    ['run: flyctl deploy --image registry.fly.io/shop:5f3c2a1', []],
    [
      'run: aws lambda update-function-code --function-name f --image-uri 1.dkr.ecr.eu-west-1.amazonaws.com/f:latest',
      ['1.dkr.ecr.eu-west-1.amazonaws.com/f:latest'],
    ],
    ['run: kubectl -n shop set image deploy/shop a=acme/a:1.4.2 b=acme/b:latest', ['acme/b:latest']],
    [
      'run: kubectl apply -f k8s && kustomize edit set image acme/shop=acme/shop:nightly',
      ['acme/shop:nightly'],
    ],
    ['run: kubectl set image deploy/shop shop=acme/shop:${GITHUB_REF##*/}', ['acme/shop:${GITHUB_REF##*/}']],
    ['run: kubectl set image deploy/shop shop=acme/shop:${{ github.ref_name }}-${{ github.run_number }}', []],
    [
      'run: docker -H ssh://deploy@host run -d --name x acme/shop:latest && kubectl apply -f x',
      ['acme/shop:latest'],
    ],
    ['run: helm upgrade shop ./chart --set-string image.tag=latest', ['latest']],
    ['run: helm upgrade shop ./chart --set image.tag=1.2.3 --set image=acme/shop', ['acme/shop']],
    ['run: helm upgrade shop ./chart --set image.tag=$TAG', []],
  ];
  for (const [step, expected] of cases) {
    it(step, async () => assert.deepEqual(await images(step), expected));
  }

  it('a branch that the workflow names is one that moves', async () => {
    const step = 'run: kubectl set image deploy/shop shop=acme/shop:next';
    assert.deepEqual(await images(step), []);
    assert.deepEqual(await images(step, 'push: { branches: [next] }'), ['acme/shop:next']);
  });
});
