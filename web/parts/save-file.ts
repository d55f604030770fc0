/** Hands a text to the browser as a file to be saved. It is in memory until then, and let go of after. */
export function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun by then; taken back at once, some would save nothing.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
