/** Code that is no JavaScript or TypeScript, by its ending: agents say which of it they do not look into. */
const LANGUAGES: Readonly<Record<string, string>> = {
  vue: 'Vue',
  svelte: 'Svelte',
  astro: 'Astro',
  py: 'Python',
  pyi: 'Python',
  go: 'Go',
  rs: 'Rust',
  java: 'Java',
  kt: 'Kotlin',
  rb: 'Ruby',
  php: 'PHP',
  c: 'C',
  h: 'C',
  cc: 'C++',
  cpp: 'C++',
  hpp: 'C++',
  cs: 'C#',
  swift: 'Swift',
  scala: 'Scala',
  dart: 'Dart',
  ex: 'Elixir',
  exs: 'Elixir',
};

/** How many of the files are written in which other language, in the order met. */
export function otherLanguagesIn(files: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) {
    const ending = file.slice(file.lastIndexOf('.') + 1);
    const language = Object.hasOwn(LANGUAGES, ending) ? LANGUAGES[ending] : undefined;
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return counts;
}
