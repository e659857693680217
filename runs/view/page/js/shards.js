// Data on demand. A page from a file may load scripts from beside it but not read other files, so each shard is a
// script that hands over its content: JSON, compressed, in base64. That is small, quick to parse, and whatever the
// content is, it cannot end the string it stands in.
"use strict";
(() => {
  const waiting = new Map();
  const kept = new Map();
  const KEPT = 8;

  rpsdg.take = (name, packed) => {
    waiting.get(name)?.(packed);
    waiting.delete(name);
  };

  const bytesOf = (packed) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(packed);
    const text = atob(packed);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  };

  const unpack = (packed) => {
    const plain = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(plain).json();
  };

  // Load one script and return what it hands over.
  const fetchPacked = (name, fresh) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      waiting.set(name, resolve);
      script.src = `data/${name}.js${fresh ? `?${Date.now()}` : ""}`;
      script.onload = () => script.remove();
      script.onerror = () => {
        waiting.delete(name);
        script.remove();
        reject(new Error(`data/${name}.js cannot be loaded`));
      };
      document.head.append(script);
    });

  rpsdg.load = async (name, fresh = false) => unpack(await fetchPacked(name, fresh));

  // The same for shards that are likely to be asked for again: the last few are kept.
  rpsdg.loadKept = (name) => {
    const found = kept.get(name) ?? rpsdg.load(name);
    kept.delete(name);
    kept.set(name, found);
    found.catch(() => kept.delete(name));
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return found;
  };
})();
