package dev.headstream.loadgen.bench;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The usual ways with Playwright for Java, with its default flags. Playwright is confined to a thread, so every lane has
 * one of its own, with a Node process behind it.
 */
final class PlaywrightLanes implements Lanes {
    private static final String READ_RESULTS =
            """
            items => items.map(item => ({
              title: item.querySelector('.title').textContent,
              price: item.querySelector('.price').textContent,
              url: item.querySelector('a').getAttribute('href'),
            }))""";

    private final Path chromium;
    private final boolean browserPerJob;

    PlaywrightLanes(Path chromium, boolean browserPerJob) {
        this.chromium = chromium;
        this.browserPerJob = browserPerJob;
    }

    @Override
    public Lane open() {
        Playwright playwright = Playwright.create();
        return browserPerJob ? new BrowserPerJob(playwright) : new WarmBrowser(playwright, launch(playwright));
    }

    @Override
    public void close() {
        // the lanes share nothing
    }

    private Browser launch(Playwright playwright) {
        return playwright.chromium().launch(new LaunchOptions().setExecutablePath(chromium));
    }

    private static int search(Browser browser, String url, String query) {
        try (BrowserContext context = browser.newContext()) {
            Page page = context.newPage();
            page.navigate(url);
            page.fill("#q", query);
            page.click("#go");
            page.waitForSelector("#results li");
            Object records = page.locator("#results li").evaluateAll(READ_RESULTS);
            return complete(records);
        }
    }

    private static int complete(Object records) {
        int complete = 0;
        for (Object record : records instanceof List<?> list ? list : List.of()) {
            if (record instanceof Map<?, ?> fields && fields.get("url") instanceof String) {
                complete++;
            }
        }
        return complete;
    }

    private final class BrowserPerJob implements Lane {
        private final Playwright playwright;

        BrowserPerJob(Playwright playwright) {
            this.playwright = playwright;
        }

        @Override
        public int search(String url, String query) {
            try (Browser browser = launch(playwright)) {
                return PlaywrightLanes.search(browser, url, query);
            }
        }

        @Override
        public void close() {
            playwright.close();
        }
    }

    private static final class WarmBrowser implements Lane {
        private final Playwright playwright;
        private final Browser browser;

        WarmBrowser(Playwright playwright, Browser browser) {
            this.playwright = playwright;
            this.browser = browser;
        }

        @Override
        public int search(String url, String query) {
            return PlaywrightLanes.search(browser, url, query);
        }

        @Override
        public void close() {
            browser.close();
            playwright.close();
        }
    }
}
