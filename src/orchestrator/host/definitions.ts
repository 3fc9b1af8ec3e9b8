import { BUILT_IN_AGENTS } from '../agents/facts.ts';
import { checkDefinitions, type CheckedDefinitions, type DefinitionFiles } from '../commands/check-definitions.ts';

/**
 * A bundle of its own, for where no worker may be started (a folder that is not trusted, or on no disk): the editor loads it when a
 * person asks for Check Workflow Files. It gets at nothing but what `files` reads to it (test/host/definitions.test.ts).
 */
export const check = (files: DefinitionFiles): Promise<CheckedDefinitions> => checkDefinitions(files, BUILT_IN_AGENTS);
