// Compress a file as small as brotli can: node brotli.mjs FROM TO

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const [from, to] = process.argv.slice(2);
const data = readFileSync(from);
const { BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_LGWIN } = constants;
writeFileSync(to, brotliCompressSync(data, { params: { [BROTLI_PARAM_SIZE_HINT]: data.length, [BROTLI_PARAM_LGWIN]: 24 } }));
