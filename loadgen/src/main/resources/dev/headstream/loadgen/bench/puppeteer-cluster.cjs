// The job of `headstream bench browser` by puppeteer-cluster: one browser, a context for every job.
// Arguments: browser, site, query, jobs, lanes, report. Ends with its standard input.
const { writeFileSync } = require('node:fs');
const { Cluster } = require('puppeteer-cluster');
const puppeteer = require('puppeteer-core');

const [chromium, site, query, jobs, lanes, report] = process.argv.slice(2);

process.stdin.on('end', () => process.exit(1)).resume();

const read = (items) => items.map((item) => ({
  title: item.querySelector('.title').textContent,
  price: item.querySelector('.price').textContent,
  url: item.querySelector('a').getAttribute('href'),
}));

const quantile = (sorted, share) => (sorted.length ? sorted[Math.ceil(share * sorted.length) - 1] : 0);

(async () => {
  const cluster = await Cluster.launch({
    concurrency: Cluster.CONCURRENCY_CONTEXT,
    maxConcurrency: Number(lanes),
    puppeteer,
    puppeteerOptions: {
      executablePath: chromium,
      headless: 'shell',
      // Chromium refuses to start as root with its sandbox
      args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    },
    timeout: 30_000,
  });
  const jobMillis = [];
  let failed = 0;
  await cluster.task(async ({ page }) => {
    const started = process.hrtime.bigint();
    let done = false;
    try {
      await page.goto(`${site}/search`);
      await page.type('#q', query);
      await page.click('#go');
      await page.waitForSelector('#results li');
      done = (await page.$$eval('#results li', read)).some((item) => typeof item.url === 'string');
    } catch (problem) {
      console.error(`a job failed: ${problem}`);
    }
    jobMillis.push(Number((process.hrtime.bigint() - started) / 1_000_000n));
    failed += done ? 0 : 1;
  });
  await fetch(`${site}/healthz`); // what follows is work and no longer warming up
  const started = process.hrtime.bigint();
  for (let job = 0; job < Number(jobs); job++) {
    cluster.queue();
  }
  await cluster.idle();
  const wallMillis = Number((process.hrtime.bigint() - started) / 1_000_000n);
  await cluster.close();
  const sorted = [...jobMillis].sort((a, b) => a - b);
  writeFileSync(report, JSON.stringify({
    jobs: jobMillis.length,
    failed,
    wallMillis,
    p50Millis: quantile(sorted, 0.5),
    p95Millis: quantile(sorted, 0.95),
    jobMillis,
  }));
  process.exit(0);
})().catch((problem) => {
  console.error(String(problem));
  process.exit(1);
});
