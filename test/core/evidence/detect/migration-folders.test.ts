import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { told } from '../../../support/told-profile';

async function folders(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await profileOf(files)).migrationFolders.map(told);
}

describe('migration folders', () => {
  it('are those with files that a tool runs, by their order or by what they hold', async () => {
    assert.deepEqual(
      await folders({
        'migrations/001_parcels.sql': 'create table parcels (id int);\n',
        'app/migrations/0001_initial.py': 'class Migration(migrations.Migration):\n',
        'php/migrations/Version20250109120000.php': '<?php\n',
        'src/migrations/AddSeats.ts': 'export class AddSeats implements MigrationInterface {\n',
        'alembic/env.py': 'from alembic import context\n',
        'alembic/versions/ae10_orders.py': 'def upgrade() -> None:\n',
        'data/Migrations/AddSeats.cs': 'public partial class AddSeats : Migration\n',
        'db/changelog/orders.yaml': 'databaseChangeLog:\n  - changeSet:\n',
      }),
      [
        'alembic/versions @ alembic/versions/ae10_orders.py',
        'app/migrations @ app/migrations/0001_initial.py',
        'data/Migrations @ data/Migrations/AddSeats.cs',
        'db/changelog @ db/changelog/orders.yaml',
        'migrations @ migrations/001_parcels.sql',
        'php/migrations @ php/migrations/Version20250109120000.php',
        'src/migrations @ src/migrations/AddSeats.ts',
      ],
    );
  });

  it('are not the sources of a program that reads migrations', async () => {
    assert.deepEqual(
      await folders({
        'src/migrations/index.ts':
          "export const READERS = [/implements MigrationInterface/, 'def upgrade'];\n",
        'src/migrations/rails.ts': 'export const rails = { file: /db.migrate/ };\n',
        'lib/migrations/config.yaml': 'readers: [rails]\n',
        'docs/versions/1_first.py': '',
      }),
      [],
    );
  });
});
