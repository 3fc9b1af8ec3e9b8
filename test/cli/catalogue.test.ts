import assert from 'node:assert/strict';
import * as z from 'zod';
import { CATALOGUE } from '../../src/contract/commands/catalogue.ts';
import { handlerOf } from '../../src/orchestrator/commands/handlers.ts';

describe('the command catalogue', () => {
  for (const command of CATALOGUE) {
    it(`${command.id} has a handler, and schemas that other surfaces can use`, async () => {
      assert.equal(typeof (await handlerOf(command.id)), 'function');
      for (const schema of [command.input, command.output]) {
        const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
        assert.ok(json.type === 'object' || json.anyOf, JSON.stringify(json));
      }
    });
  }
});
