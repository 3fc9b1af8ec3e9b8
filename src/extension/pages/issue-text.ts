/** What a report of an issue is made from. */
export interface IssueFacts {
  readonly versions: readonly string[];
  /** A page each: the doctor's, or why there is none. */
  readonly doctor: readonly string[];
  /** Last lines of the output channel. */
  readonly log: readonly string[];
  /** Paths that say who or where somebody is → what stands for them; longest first wins. */
  readonly places: readonly (readonly [path: string, name: string])[];
}

/** Lines of the log that are taken. */
export const LOG_LINES = 80;

/** The text of an issue, for a person to complete. Everything in it was masked; nothing was sent. */
export function issueText({ versions, doctor, log, places }: IssueFacts): string {
  const masked = (text: string): string => maskPlaces(maskSecrets(text), places);
  const block = (lines: readonly string[]): string =>
    ['```text', ...lines.map(masked), '```'].join('\n').replaceAll('\n\n```', '\n```');
  return [
    '<!-- Nothing was sent. Read it, complete it, and paste it where you report it. Secrets and paths were taken out as far as they could be recognised. -->',
    '',
    '**What happened, and what should have happened?**',
    '',
    '',
    '**How can it be repeated?**',
    '',
    '1. ',
    '',
    '**Versions**',
    '',
    ...versions.map((line) => `- ${masked(line)}`),
    '',
    '**Doctor**',
    '',
    ...doctor.map((page) => block(page.trimEnd().split('\n'))),
    '',
    `**Last lines of the output**`,
    '',
    block(log.length === 0 ? ['Nothing was written.'] : log.slice(-LOG_LINES)),
    '',
  ].join('\n');
}

/** Words before a value that nobody should see. */
const NAMED =
  /\b((?:[\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key|private[_-]?key|authorization|credential)s?)["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?)[^\s"',;]{4,}/gi;
/** Keys by their well-known beginnings. */
const KNOWN =
  /\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g;
const IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]+:[^\s/@]+@/gi;
const MAIL = /\b[\w.+-]+@[\w-]+\.[\w.-]*\w\b/g;
/** Long runs of letters and digits that are no words: kept only where they are plain hexadecimal ids of our own (runs, content). */
const RANDOM = /\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+=-]{24,}\b/g;

export function maskSecrets(text: string): string {
  return text
    .replace(KNOWN, '••••')
    .replace(IN_URL, '$1••••@')
    .replace(NAMED, '$1••••')
    .replace(MAIL, '••••')
    .replace(RANDOM, '••••');
}

function maskPlaces(text: string, places: IssueFacts['places']): string {
  return places
    .filter(([path]) => path.length > 1)
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((left, [path, name]) => left.replaceAll(path, name), text);
}
