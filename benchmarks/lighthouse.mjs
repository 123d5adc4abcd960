// Lighthouse over pages, in one browser: reads {"url", "form"} a line, writes the scores a line.
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const chrome = await launch({
  chromePath: process.env.CHROMIUM,
  chromeFlags: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});
const flags = {
  port: chrome.port,
  logLevel: "error",
  output: "json",
  onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
  disableFullPageScreenshot: true,
};
for await (const line of createInterface({ input: process.stdin })) {
  const { url, form } = JSON.parse(line);
  const config = form === "desktop" ? desktopConfig : undefined;
  const { lhr } = await lighthouse(url, flags, config);
  const scores = Object.fromEntries(
    Object.entries(lhr.categories).map(([name, each]) => [name, Math.round(100 * each.score)]),
  );
  const failed = Object.values(lhr.audits)
    .filter((each) => each.score === 0 && each.scoreDisplayMode === "binary")
    .map((each) => each.id);
  console.log(JSON.stringify({ ...scores, failed, lighthouse: lhr.lighthouseVersion }));
}
await chrome.kill();
