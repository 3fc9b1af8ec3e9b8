import type { WorkflowDefinition } from '../../contract/definitions.ts';
import type { Range } from '../../contract/findings.ts';
import type { Problem } from '../definitions/problem.ts';
import type { ParsedWorkflow } from './definitions.ts';

/** What a workspace's own workflow files come to, one by one and together. Pure; the parser is its users' to load. */

export interface KnownWorkflow {
  readonly definition: WorkflowDefinition;
  /** Relative to the workspace; null for a built-in one. */
  readonly file: string | null;
}

export interface OwnWorkflow extends KnownWorkflow {
  readonly file: string;
}

export interface FoundWorkflow extends OwnWorkflow {
  readonly idRange: Range;
}

/** A file with problems. */
export interface Broken {
  readonly problems: readonly Problem[];
  /** Ids that it probably was meant to have: they must not run something else in its place. */
  readonly looksLike: readonly string[];
}

/** `content`: what `parsed` was made of. */
export function ownWorkflow(
  { file, content }: { readonly file: string; readonly content: Uint8Array },
  parsed: ParsedWorkflow,
): FoundWorkflow | Broken {
  if (parsed.ok) return { definition: parsed.definition, file, idRange: parsed.idRange };
  return { problems: parsed.problems, looksLike: namesOf(file, content) };
}

export function unreadable(file: string, message: string): Broken {
  return { problems: [{ file, range: FILE_START, message }], looksLike: namesOf(file, null) };
}

/** By file name: of two with one id the first is the one that runs. A broken file never stops the others. */
export function sortOut(own: readonly (FoundWorkflow | Broken)[]): {
  readonly workflows: readonly OwnWorkflow[];
  readonly broken: readonly Broken[];
} {
  const workflows: OwnWorkflow[] = [];
  const broken: Broken[] = [];
  for (const one of own) {
    const twin = 'definition' in one ? workflows.find(({ definition }) => definition.id === one.definition.id) : null;
    if (!('definition' in one)) broken.push(one);
    else if (twin) broken.push(duplicate(one, twin));
    else workflows.push(one);
  }
  return { workflows, broken };
}

const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function duplicate(one: FoundWorkflow, twin: OwnWorkflow): Broken {
  const message = `${twin.file} has the id ${one.definition.id} too, and is the one that runs. Give this one another id.`;
  return { problems: [{ file: one.file, range: one.idRange, message }], looksLike: [] };
}

function namesOf(file: string, content: Uint8Array | null): readonly string[] {
  const written = content && /^id:[ \t]*["']?([\w.-]+)/m.exec(new TextDecoder().decode(content));
  return [file.slice(file.lastIndexOf('/') + 1).replace(/\.ya?ml$/, ''), ...(written?.[1] ? [written[1]] : [])];
}
