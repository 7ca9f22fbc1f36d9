// For drivers that cannot run anything in a page before it begins: what they would run is in the fragment of its address.

const scripts = location.hash ? JSON.parse(decodeURIComponent(location.hash.slice(1))) : [];
for (const script of scripts) globalThis.eval(`(${script})()`);
globalThis.initScripts = scripts.length;
