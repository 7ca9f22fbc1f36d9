// For what can say a file in JSON only.

export async function toBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export const fromBase64 = (text) =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
