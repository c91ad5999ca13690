import assert from 'node:assert/strict';
import { jobsOf } from '../../../../support/generated-jobs';

const RAILS = {
  Gemfile: 'gem "rails"\ngem "pg"\ngem "rubocop"\n',
  'Gemfile.lock': 'GEM\n',
  '.ruby-version': '3.4.1\n',
  'config/application.rb': '',
  'config/database.yml': 'test:\n  adapter: postgresql\n',
  'test/models/berth_test.rb': '',
};

describe('setup of Ruby in generated pipelines', () => {
  it('takes the pinned Ruby and the locked gems, and starts the database for tests only', async () => {
    const { jobs, text } = await jobsOf(RAILS);
    assert.deepEqual(jobs['quality']?.slice(1), ['ruby/setup-ruby', 'bundle exec rubocop']);
    assert.equal(jobs['unit']?.[1], 'ruby/setup-ruby');
    assert.match(jobs['unit'][2] ?? '', /^sudo systemctl start postgresql\.service\n/);
    assert.equal(jobs['unit'][3], 'RAILS_ENV="test" bin/rails db:test:prepare test');
    assert.match(text, /ruby-version: \.ruby-version\n\s+bundler-cache: true/);
    assert.match(text, /languages: ruby\n\s+build-mode: none/);
  });

  it('installs without a cache where the gem that ships is built, and says what it had to take', async () => {
    const { jobs, text, notes } = await jobsOf({
      'pier.gemspec':
        'Gem::Specification.new do |spec|\n  spec.name = "pier"\n  spec.required_ruby_version = ">= 3.1"\nend\n',
      Gemfile: 'gemspec\n',
      'Gemfile.lock': 'GEM\n',
    });
    assert.deepEqual(jobs['build']?.slice(1, 4), [
      'ruby/setup-ruby',
      'bundle install',
      'gem build pier.gemspec',
    ]);
    assert.match(text, /BUNDLE_FROZEN: true/);
    assert.ok(!text.includes('bundler-cache'));
    assert.match(text, /ruby-version: ruby\n/);
    assert.ok(notes.includes('pier.gemspec asks for Ruby >= 3.1; the pipeline takes the newest stable one.'));
  });
});
