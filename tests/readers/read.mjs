// Prints as JSON what log4brains and Backstage read in a folder of records: `node read.mjs FOLDER`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import backstage from "@backstage/plugin-adr-common";
import log4brains from "@log4brains/core";

const folder = process.argv[2];
const brains = await log4brains.Log4brains.create(folder);
const found = await brains.searchAdrs();
const names = readdirSync(folder).filter(backstage.madrFilePathFilter);
console.log(
  JSON.stringify({
    log4brains: Object.fromEntries(
      found.map((adr) => [
        adr.slug,
        {
          title: adr.title,
          status: adr.status,
          date: adr.publicationDate,
          deciders: adr.deciders,
          supersededBy: adr.supersededBy,
        },
      ]),
    ),
    backstage: Object.fromEntries(
      names.map((name) => [
        name.replace(/\.md$/, ""),
        backstage.parseMadrWithFrontmatter(readFileSync(join(folder, name), "utf8")),
      ]),
    ),
  }),
);
