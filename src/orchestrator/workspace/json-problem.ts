/** Why a text is no JSON object, and where if the parser says so: "it is no valid JSON (line 1, column 2)". Null when it is one. */
export function jsonProblem(text: string): string | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'it is no JSON object';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(error.message) ?? [];
    return `it is no valid JSON${line === undefined || column === undefined ? '' : ` (line ${line}, column ${column})`}`;
  }
}
