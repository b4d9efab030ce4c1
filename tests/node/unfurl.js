// What two unfurlers read of each page whose address is given: one JSON array on standard output.

import scrape from "open-graph-scraper";
import unfurler from "unfurl.js";

async function attempt(read) {
  try {
    return await read();
  } catch (error) {
    return { failed: error.result?.error ?? error.message ?? String(error) };
  }
}

const customMetaTags = [
  { multiple: false, property: "theme-color", fieldName: "themeColor" },
];

async function both(url) {
  const [ogs, unfurl] = await Promise.all([
    attempt(async () => (await scrape({ url, customMetaTags, onlyGetOpenGraphInfo: true })).result),
    attempt(() => unfurler.unfurl(url)),
  ]);
  return { ogs, unfurl };
}

const found = await Promise.all(process.argv.slice(2).map(both));
process.stdout.write(JSON.stringify(found));
