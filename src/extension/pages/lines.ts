/** Breaks a text at blanks into lines of at most so many characters; longer words stay whole. */
export function lines(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const done: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        done.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...done, line];
  });
}
