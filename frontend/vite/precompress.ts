import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:js|css|svg|json)$/;

/** Writes a .gz and a .br beside every text file, so that the server never compresses. */
export function precompress(): Plugin {
  return {
    name: "takings-precompress",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const names = await readdir(dir, { recursive: true });
      await Promise.all(
        names
          .filter((name) => TEXT.test(name))
          .map(async (name) => {
            const bytes = await readFile(join(dir, name));
            await writeFile(join(dir, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
            await writeFile(join(dir, `${name}.br`), await promisify(brotliCompress)(bytes));
          }),
      );
    },
  };
}
