/**
 * Builds dist/ from src/main.ts: one ESM bundle, split at dynamic imports so that the first frame waits for
 * nothing it does not need.
 *
 *     node scripts/build.ts [--entry FILE] [--outdir DIR] [--sourcemap]
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ink asks for it only under DEV=true; the name must resolve nevertheless. */
const devtoolsStub: Plugin = {
  name: 'react-devtools-stub',
  setup: (hooks) => {
    hooks.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({
      path,
      namespace: 'stub',
    }));
    hooks.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
      contents: 'export default { initialize() {}, connectToDevTools() {} };',
      loader: 'js',
    }));
  },
};

/**
 * Yoga carries its WebAssembly as base64 and fetch()es that as a data: URL where there is a fetch, which loads all of
 * Node's web stack before the first frame: 50 ms. Without fetch it decodes the text itself.
 */
const yogaWithoutFetch: Plugin = {
  name: 'yoga-without-fetch',
  setup: (hooks) => {
    hooks.onLoad({ filter: /yoga-layout.*wasm-base64-esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replaceAll(
        /typeof (?:fetch|WebAssembly\.instantiateStreaming)\b/g,
        '"undefined"',
      );
      if (contents === text)
        throw new Error(`${path} does not ask for fetch any more: drop this plugin`);
      return { contents, loader: 'js' };
    });
  },
};

/**
 * An import of node:http reads every export of it, and one of them loads Node's own fetch: 4 MB of memory that nothing
 * here asks for. What `require` gives is read name by name.
 */
const httpWithoutFetch: Plugin = {
  name: 'http-without-fetch',
  setup: (hooks) => {
    hooks.onResolve({ filter: /^(?:node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'required' } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      loader: 'js',
    }));
  },
};

/** undici without its fetch, WebSocket, cache and mocks: index.js loads them all, 700 kB of source. */
const undiciCore: Plugin = {
  name: 'undici-core',
  setup: (hooks) => {
    hooks.onLoad({ filter: /[\\/]node_modules[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: `
        const Dispatcher = require('./lib/dispatcher/dispatcher');
        Object.assign(Dispatcher.prototype, require('./lib/api'));
        exports.Agent = require('./lib/dispatcher/agent');
        exports.ProxyAgent = require('./lib/dispatcher/proxy-agent');`,
      loader: 'js',
    }));
  },
};

/** conf checks what it keeps by a schema, if it is given one; nothing here gives one. */
const confWithoutSchemas: Plugin = {
  name: 'conf-without-schemas',
  setup: (hooks) => {
    hooks.onResolve({ filter: /^ajv(?:-formats|\/)/ }, ({ path, importer }) =>
      /[\\/]conf[\\/]/.test(importer) ? { path, namespace: 'no-schema' } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'no-schema' }, () => ({
      contents: `export class Ajv2020 { constructor() { throw new Error('built without schemas'); } }
        export default { default: () => {} };`,
      loader: 'js',
    }));
  },
};

/**
 * client-node does not say that its modules only declare things. They do; so the generated classes of every API that
 * nobody imports are left out.
 */
const clientNodeShaking: Plugin = {
  name: 'client-node-shaking',
  setup: (hooks) => {
    hooks.onResolve({ filter: /./ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === 'resolved') return undefined;
      const isClient =
        path === '@kubernetes/client-node' ||
        (path.startsWith('.') && rest.importer.includes('@kubernetes/client-node'));
      if (!isClient) return undefined;
      const resolved = await hooks.resolve(path, { ...rest, pluginData: 'resolved' });
      return resolved.errors.length > 0 ? resolved : { ...resolved, sideEffects: false };
    });
  },
};

/**
 * CommonJS packages reach Node's own modules, and what stays external, through `require`; ssh2 asks for its folder.
 * Every output file gets these names, so they must be ones that no source declares.
 */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __bundleFile = import.meta.filename, __bundleDir = import.meta.dirname;',
].join('\n');

const options = (entry: string, outdir: string, sourcemap: boolean): BuildOptions => ({
  // Paths in the output are relative to it, never the builder's own.
  absWorkingDir: ROOT,
  entryPoints: [{ in: entry, out: 'main' }],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  chunkNames: 'chunks/[name]-[hash]',
  // Names stay, for stack traces that a user can send.
  minifyWhitespace: true,
  minifySyntax: true,
  // Node prints the line that threw: it must be one that a person can look at.
  lineLimit: 120,
  legalComments: 'linked',
  sourcemap: sourcemap ? 'linked' : false,
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    // undici then leaves its second, experimental parser of HTTP/1 out, as it does in Node itself.
    esbuildDetection: 'true',
    // Only asked whether this is a browser; to say so, Node would load Web Crypto.
    navigator: 'undefined',
    'globalThis.navigator': 'undefined',
    __filename: '__bundleFile',
    __dirname: '__bundleDir',
  },
  banner: { js: BANNER },
  plugins: [
    devtoolsStub,
    yogaWithoutFetch,
    httpWithoutFetch,
    undiciCore,
    confWithoutSchemas,
    clientNodeShaking,
  ],
  // Optional native parts: ssh2 tries to require them and does without.
  external: ['cpu-features', '*.node'],
  metafile: true,
  logLevel: 'warning',
});

/** What is loaded before the first dynamic import, and what comes later. */
function report(metafile: Metafile, outdir: string): string {
  const outputs = Object.entries(metafile.outputs).filter(([file]) => extname(file) === '.js');
  const main = outputs.find(([file]) => basename(file) === 'main.js')?.[0];
  const atStart = new Set<string>();
  const visit = (file: string): void => {
    if (atStart.has(file)) return;
    atStart.add(file);
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && metafile.outputs[path]) visit(path);
    }
  };
  if (main !== undefined) visit(main);
  const size = (files: typeof outputs): string =>
    `${Math.round(files.reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1000)} kB`;
  const first = outputs.filter(([file]) => atStart.has(file));
  const later = outputs.filter(([file]) => !atStart.has(file));
  return (
    `${relative(process.cwd(), outdir) || '.'}: ${outputs.length} files; ` +
    `at the start ${size(first)}, on demand ${size(later)}`
  );
}

const { values } = parseArgs({
  options: {
    entry: { type: 'string', default: join(ROOT, 'src', 'main.ts') },
    outdir: { type: 'string', default: join(ROOT, 'dist') },
    sourcemap: { type: 'boolean', default: false },
  },
});
const outdir = resolve(values.outdir);
// Chunks carry a hash in their names; those of the last build would stay for ever.
rmSync(join(outdir, 'chunks'), { recursive: true, force: true });
try {
  const { metafile } = await build(options(resolve(values.entry), outdir, values.sourcemap));
  if (metafile !== undefined) console.log(report(metafile, outdir));
} catch {
  // esbuild has printed every error with its place.
  process.exitCode = 1;
}
