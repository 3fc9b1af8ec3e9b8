/** What VS Code takes for an icon in the words of a quick pick. */
const ICON = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/gi;

/**
 * Words of files, commands and tools for a quick pick: `$(name)` in them stays text. A command that is shown for approval must not
 * lose a part of itself to an icon.
 */
export const withoutIcons = (text: string): string => text.replaceAll(ICON, String.raw`\$&`);
