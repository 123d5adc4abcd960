// Compress a file by brotli, nearly as small as it can: node brotli.mjs FROM TO

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const [from, to] = process.argv.slice(2);
const data = readFileSync(from);
const params = {
  [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  [constants.BROTLI_PARAM_LGWIN]: 24,
  // The last step, 11, takes two to three times as long for 3 percent.
  [constants.BROTLI_PARAM_QUALITY]: 10,
};
writeFileSync(to, brotliCompressSync(data, { params }));
