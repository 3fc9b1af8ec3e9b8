import assert from 'node:assert/strict';
import type { TreeNode } from '../../src/views/trees/node.ts';
import { flat } from './boards.ts';

/** Words of the engine, and what no text of ours says (UX.md, vocabulary). */
const FORBIDDEN =
  /breaker|saga|compensat|dead.?letter|\bDLQ\b|projection|\blease\b|idempoten|orchestrat|!|\bplease\b|successful|\bundefined\b|\bnull\b|NaN/i;

/** Every text is one that a person may read. */
export function peopleWords(texts: readonly string[]): void {
  for (const text of texts) assert.doesNotMatch(text, FORBIDDEN);
}

/** So is everything in a tree; a tooltip's last line is for those who look for the engine's own words. */
export const treeOfPeopleWords = (nodes: readonly TreeNode[]): void =>
  peopleWords(
    flat(nodes).flatMap(({ label, description, aria, tooltip }) => [label, description, aria, ...tooltip.slice(0, -1)]),
  );
