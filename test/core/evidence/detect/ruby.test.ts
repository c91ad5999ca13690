import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold, stackIn, told } from '../../../support/told-profile';

const GEMFILE = (...gems: string[]): string =>
  ['source "https://rubygems.org"', '', ...gems.map((gem) => `gem "${gem}"`)].join('\n');

describe('profile of a Ruby repository', () => {
  it('reads a Rails application with specs, a browser, its database and its scanners', async () => {
    const profile = await profileOf({
      Gemfile: `${GEMFILE('rails', 'pg', 'rspec-rails', 'brakeman', 'bundler-audit')}\n`,
      'Gemfile.lock': 'GEM\n  specs:\n    rails (8.0.1)\n    rubocop (1.69.2)\n',
      '.ruby-version': 'ruby-3.4.1\n',
      '.rubocop.yml': 'AllCops:\n',
      'config/application.rb': 'module Quay\n  class Application < Rails::Application\n  end\nend\n',
      'config/database.yml': 'default: &default\n  adapter: postgresql\n',
      'spec/models/berth_spec.rb': '',
      'spec/system/booking_spec.rb': '',
      'spec/integration/tides_spec.rb': '',
      Dockerfile: 'FROM ruby:3.4\n',
    });
    const [stack] = profile.stacks;
    const prepare = 'RAILS_ENV="test" bin/rails db:test:prepare &&';
    assert.deepEqual(commandsTold(stack), {
      lint: ['bundle exec rubocop @ .rubocop.yml'],
      unit: [
        `${prepare} bundle exec rspec --exclude-pattern 'spec/{system,integration}/**/*_spec.rb' @ spec/models/berth_spec.rb`,
      ],
      integration: [`${prepare} bundle exec rspec spec/integration @ spec/integration/tides_spec.rb`],
      'end-to-end': [`${prepare} bundle exec rspec spec/system @ spec/system/booking_spec.rb`],
      scan: [
        'bundle exec brakeman --no-pager @ Gemfile:6',
        'bundle exec bundle-audit check --update @ Gemfile:7',
      ],
    });
    assert.equal(told(stack?.languageVersion), '3.4.1 @ .ruby-version:1');
    assert.deepEqual(stack?.services?.map(told), ['postgresql @ config/database.yml:2']);
    assert.equal(stack?.isPublished, false);
  });

  it('reads a Rails application with its own tests', async () => {
    const profile = await profileOf({
      Gemfile: `${GEMFILE('rails', 'sqlite3')}\nruby "~> 3.3.0"\n`,
      'config/application.rb': 'require "rails/all"\n',
      'config/database.yml': 'test:\n  adapter: sqlite3\n',
      'test/models/berth_test.rb': '',
      'test/system/bookings_test.rb': '',
      'bin/importmap': '#!/usr/bin/env ruby\n',
      'config/importmap.rb': 'pin "application"\n',
    });
    const [stack] = profile.stacks;
    assert.deepEqual(commandsTold(stack), {
      unit: ['RAILS_ENV="test" bin/rails db:test:prepare test @ test/models/berth_test.rb'],
      'end-to-end': ['RAILS_ENV="test" bin/rails db:test:prepare test:system @ test/system/bookings_test.rb'],
      scan: ['bin/importmap audit @ config/importmap.rb'],
    });
    assert.equal(told(stack?.languageVersion), '~> 3.3.0 @ Gemfile:5');
    assert.equal(stack?.services, undefined, 'a file is no server');
  });

  it('reads a gem with its version, its registry and its types', async () => {
    const profile = await profileOf({
      Gemfile: 'source "https://rubygems.org"\ngemspec\n',
      'pier-tools.gemspec': [
        'require_relative "lib/pier/tools/version"',
        'Gem::Specification.new do |spec|',
        '  spec.name = "pier-tools"',
        '  spec.version = Pier::Tools::VERSION',
        '  spec.required_ruby_version = ">= 3.1"',
        '  spec.metadata["allowed_push_host"] = "https://gems.larkmoor.test"',
        '  spec.add_development_dependency "minitest", "~> 5"',
        '  spec.add_development_dependency "steep"',
        'end',
      ].join('\n'),
      Rakefile: 'require "rake/testtask"\n\nRake::TestTask.new(:spec) do |t|\nend\n',
      Steepfile: 'target :lib do\nend\n',
      'lib/pier/tools/version.rb': 'module Pier\n  module Tools\n    VERSION = "0.9.1"\n  end\nend\n',
      'test/tools_test.rb': '',
    });
    const [stack] = profile.stacks;
    assert.equal(told(stack?.name), 'pier-tools @ pier-tools.gemspec:3');
    assert.equal(told(stack?.version), '0.9.1 @ lib/pier/tools/version.rb:3');
    assert.equal(told(stack?.registry), 'https://gems.larkmoor.test @ pier-tools.gemspec:6');
    assert.equal(told(stack?.languageVersion), '>= 3.1 @ pier-tools.gemspec:5');
    assert.deepEqual(commandsTold(stack), {
      'type-check': ['bundle exec steep check @ Steepfile'],
      unit: ['bundle exec rake spec @ Rakefile:3'],
      build: ['gem build pier-tools.gemspec @ pier-tools.gemspec'],
    });
    assert.deepEqual(stack?.outputs?.map(told), ['*.gem @ pier-tools.gemspec']);
    assert.equal(stack?.isPublished, true);
  });

  it('says that a lock file knows no Linux', async () => {
    const problems = async (platform: string): Promise<readonly string[] | undefined> => {
      const profile = await profileOf({
        Gemfile: GEMFILE('rack'),
        'Gemfile.lock': `GEM\n\nPLATFORMS\n  ${platform}\n\nDEPENDENCIES\n`,
      });
      return profile.problems?.map(({ path }) => path);
    };
    assert.deepEqual(await problems('arm64-darwin-24'), ['Gemfile.lock']);
    assert.deepEqual(await problems('arm64-darwin-24\n  x86_64-linux-gnu'), []);
    assert.deepEqual(await problems('ruby'), []);
  });

  it('passes over Gemfiles that build no product of the repository', async () => {
    const profile = await profileOf({
      'docs/Gemfile': GEMFILE('jekyll'),
      'ios/Gemfile': GEMFILE('fastlane', 'cocoapods'),
      'gemfiles/rails_7.gemfile': GEMFILE('rails'),
      'api/Gemfile': GEMFILE('sinatra', 'rspec', 'standard'),
      'api/spec/app_spec.rb': '',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => stack.folder),
      ['api'],
    );
    assert.deepEqual(commandsTold(stackIn(profile, 'api')), {
      lint: ['bundle exec standardrb @ api/Gemfile:5'],
      unit: ['bundle exec rspec @ api/spec/app_spec.rb'],
    });
  });
});
