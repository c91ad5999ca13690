import assert from 'node:assert/strict';
import { jobsOf } from '../../../support/generated-jobs';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold } from '../../../support/told-profile';

async function commands(files: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  return commandsTold((await profileOf(files)).stacks[0]);
}

const PACKAGE =
  '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "tides"\nversion = "1.0.0"\n';

describe('profile of a Python repository', () => {
  it('installs the extras and groups that its commands need, and runs what looks at sources alone by itself', async () => {
    const files = {
      'pyproject.toml': `${PACKAGE}[project.optional-dependencies]\ntest = ["pytest>=8"]\ndocs = ["sphinx"]\n[dependency-groups]\ntypes = ["mypy"]\n[tool.ruff]\n[tool.mypy]\n[tool.pytest.ini_options]\n`,
    };
    assert.deepEqual(await commands(files), {
      lint: ['pipx run ruff check . @ pyproject.toml:11'],
      'type-check': ['mypy . @ pyproject.toml:12'],
      unit: ['pytest @ pyproject.toml:13'],
      build: ['pipx run build @ pyproject.toml:1'],
    });
    const { jobs } = await jobsOf(files);
    assert.ok(
      jobs['unit']?.includes("python -m pip install -e '.[test]' --group types"),
      jobs['unit']?.join('\n'),
    );
    const uv = await jobsOf({ ...files, 'uv.lock': '' });
    assert.ok(uv.jobs['unit']?.includes('uv sync --locked --extra test --group types'));
    assert.ok(uv.jobs['quality']?.includes('uvx ruff check .'));
  });

  it('reads PDM', async () => {
    const files = {
      'pyproject.toml': `${PACKAGE}[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n[tool.pytest.ini_options]\n`,
      'pdm.lock': '',
    };
    assert.deepEqual(await commands(files), {
      unit: ['pdm run pytest @ pyproject.toml:8'],
      build: ['pdm build @ pyproject.toml:1'],
    });
    const { jobs } = await jobsOf(files);
    assert.deepEqual(jobs['unit']?.slice(1), [
      'pipx install pdm',
      'actions/setup-python',
      'pdm sync',
      'pdm run pytest',
    ]);
  });

  it('tests by tox or nox where these hold the tests, not by a pytest that nothing installs', async () => {
    const project = `${PACKAGE}dependencies = ["httpx"]\n[tool.pytest.ini_options]\n[tool.mypy]\n`;
    const build = ['pipx run build @ pyproject.toml:1'];
    assert.deepEqual(
      await commands({
        'pyproject.toml': project,
        'tox.ini': '[tox]\nenvlist = py\n\n[testenv]\ndeps = pytest\ncommands = pytest {posargs}\n',
      }),
      { unit: ['pipx run tox -e py @ tox.ini:4'], build },
    );
    assert.deepEqual(
      await commands({
        'pyproject.toml': project,
        'noxfile.py': 'import nox\n\n@nox.session\ndef tests(session):\n    session.run("pytest")\n',
      }),
      { unit: ['pipx run nox --session tests @ noxfile.py:4'], build },
    );
  });

  it('takes tests of Django and of the language itself', async () => {
    assert.deepEqual(
      await commands({ 'requirements.txt': 'django==5.1\n', 'manage.py': '', 'shop/tests/test_cart.py': '' }),
      { unit: ['python manage.py test @ shop/tests/test_cart.py'] },
    );
    assert.deepEqual(
      await commands({
        'requirements.txt': 'httpx\n',
        'tests/__init__.py': '',
        'tests/test_a.py': 'import unittest\n',
      }),
      { unit: ['python -m unittest discover -s tests -t . @ tests/test_a.py:1'] },
    );
    assert.deepEqual(
      await commands({ 'requirements.txt': 'httpx\n', 'tests/test_a.py': 'def test(): pass\n' }),
      {},
    );
  });

  it('takes the hooks of pre-commit where nothing else says the rules, and none that need one machine', async () => {
    const hooks =
      'repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    hooks:\n      - id: no-commit-to-branch\n';
    assert.deepEqual(await commands({ 'requirements.txt': '', '.pre-commit-config.yaml': hooks }), {
      lint: ['SKIP="no-commit-to-branch" pipx run pre-commit run --all-files @ .pre-commit-config.yaml:2'],
    });
    const local = `${hooks}  - repo: local\n    hooks:\n      - id: x\n        language: system\n`;
    assert.deepEqual(await commands({ 'requirements.txt': '', '.pre-commit-config.yaml': local }), {});
    assert.deepEqual(await commands({ 'requirements.txt': 'black\n', '.pre-commit-config.yaml': hooks }), {
      format: ['black --check . @ requirements.txt:1'],
    });
  });
});
