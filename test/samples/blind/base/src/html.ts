const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (ch) => ENTITIES[ch] ?? ch);
}

/** Only web and mail addresses may stand in an href. */
export function safeHref(raw: string): string {
  try {
    const { protocol } = new URL(raw);
    return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? raw : "#";
  } catch {
    return "#";
  }
}

/** Tagged template whose holes are always escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return strings.reduce((out, part, i) => out + part + (i < values.length ? escapeHtml(String(values[i])) : ""), "");
}

export function page(title: string, body: string): string {
  return `<!doctype html><html><head><title>${escapeHtml(title)}</title></head><body>${body}</body></html>`;
}
