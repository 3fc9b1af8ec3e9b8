import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { helpPage, ruleHelp } from '../../../src/extension/problems/rule-help.ts';
import { proves } from '../../requirements.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const AGENTS = ['security-auditor', 'bug-hunter', 'performance-analyzer'];

describe(proves('F7', 'the help of a rule'), () => {
  it('is the page of its own tool, where the tool names one', () => {
    const help = 'https://eslint.org/docs/latest/rules/no-eval';
    assert.equal(ruleHelp({ agent: 'bug-hunter', help }), help);
  });

  it('is an address that VS Code can read, whatever an agent says', () => {
    assert.equal(ruleHelp({ agent: 'house-rules', help: 'https:////rules.example' }), 'https://rules.example/');
    for (const help of ['https://[', 'https://', 'http://rules.example', 'javascript:alert(1)', 'see https://x'])
      assert.equal(ruleHelp({ agent: 'house-rules', help }), null, help);
  });

  for (const agent of AGENTS)
    it(`is the packaged page of ${agent} otherwise`, () => {
      const link = ruleHelp({ agent, help: 'Instead: execFile(program, [name])' }) ?? '';
      const [, command, argument = ''] = /^command:([\w.]+)\?(.*)$/.exec(link) ?? [];
      assert.equal(command, 'savepoint.openRuleHelp');
      const page = helpPage(...(JSON.parse(decodeURIComponent(argument)) as [string])) ?? '';
      assert.ok(existsSync(path.join(ROOT, page)), page);
    });

  it('is none for agents of the user’s own, and never a file that a repository names', () => {
    assert.equal(ruleHelp({ agent: 'house-rules', help: 'command:workbench.action.terminal.new' }), null);
    for (const argument of ['../../README', 'house-rules', undefined, { agent: 'bug-hunter' }])
      assert.equal(helpPage(argument), null);
  });
});
