import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENT_TYPES } from '../../src/contract/events.ts';

const source = path.join(import.meta.dirname, '..', '..', 'src');

/** Read here, and written by nobody yet: they come from tools and measurements outside. */
const FROM_OUTSIDE = new Set(['tool.used', 'performance.metric']);

describe('the list of event types', () => {
  it('names exactly the types that something writes', () => {
    const written = new Set<string>();
    for (const file of globSync('orchestrator/{workflow,journal,bus,activity}/**/*.ts', { cwd: source })) {
      const text = readFileSync(path.join(source, file), 'utf8');
      for (const [, type] of text.matchAll(
        /'((?:workflow|agent|test|tool|security|performance|file|activity|git|system)\.[a-z.-]+|feature-development|bug-fix)'/g,
      )) {
        if (type !== undefined && !FROM_OUTSIDE.has(type)) written.add(type);
      }
    }
    assert.deepEqual([...written].sort(), [...EVENT_TYPES].sort());
  });
});
