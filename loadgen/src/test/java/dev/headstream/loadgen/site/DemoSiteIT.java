package dev.headstream.loadgen.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FilePayload;
import dev.headstream.loadgen.bench.Workplace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The pages as a browser shows them: what their scripts do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
final class DemoSiteIT {
    private DemoSite site;
    private Playwright playwright;
    private Browser browser;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    void start() throws Exception {
        site = DemoSite.start(DemoSite.Options.instant());
        Workplace workplace = Workplace.find(System.getenv());
        playwright = Playwright.create(new CreateOptions()
                .setEnv(Map.of(
                        "PLAYWRIGHT_NODEJS_PATH",
                        workplace.node().toString(),
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1")));
        browser = playwright.chromium().launch(new LaunchOptions().setExecutablePath(workplace.chromium()));
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    }

    @AfterAll
    void stop() {
        playwright.close();
        site.close();
    }

    @BeforeEach
    void open() {
        context = browser.newContext(new Browser.NewContextOptions().setBaseURL(site.url()));
        page = context.newPage();
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void shop_givenVisitorWhoBuysTheFirstHit_expectsItsPriceAsTotal() {
        page.navigate("/login");
        page.fill("#account", "ada");
        page.fill("#password", "demo");
        page.click("#sign-in");
        PlaywrightAssertions.assertThat(page.locator("#account-name")).hasText("ada");

        page.navigate("/search");
        page.fill("#q", "lamp");
        page.click("#go");
        String price = page.locator("#results li:first-child .price").textContent();
        page.click("#results li:first-child a");
        page.click("#add-to-cart");

        PlaywrightAssertions.assertThat(page.locator("#total")).hasText(price);
    }

    @Test
    void feed_givenScrolling_expectsItToGrowUntilItsEnd() {
        page.navigate("/feed");
        page.locator("#feed li").nth(19).waitFor();

        while (!page.locator("#feed-state").textContent().startsWith("That was all")) {
            page.locator("#feed-state").scrollIntoViewIfNeeded();
            page.evaluate("() => new Promise(resolve => requestAnimationFrame(resolve))");
        }

        PlaywrightAssertions.assertThat(page.locator("#feed li")).hasCount(200);
    }

    @Test
    void dialogs_givenAnswers_expectsThemShown() {
        List<String> kinds = new ArrayList<>();
        page.onDialog(dialog -> answer(dialog, kinds));
        page.navigate("/dialogs");

        page.click("#open-modal");
        page.click("#keep");
        PlaywrightAssertions.assertThat(page.locator("#answer")).hasText("Modal: keep");
        page.click("#ask-prompt");
        PlaywrightAssertions.assertThat(page.locator("#answer")).hasText("Prompt: ada");
        page.navigate("/hostile/dialogs?on=load&kind=confirm");
        PlaywrightAssertions.assertThat(page.locator("#answered")).hasText("confirm true");

        assertThat(kinds).containsExactly("prompt", "confirm");
    }

    @Test
    void framesAndFiles_givenUse_expectsAnswers() {
        page.navigate("/frames");
        page.frameLocator("#inner").locator("#name").fill("ada");
        page.frameLocator("#inner").locator("#send").click();
        PlaywrightAssertions.assertThat(page.frameLocator("#inner").locator("#sent"))
                .hasText("Thank you, ada.");

        page.navigate("/files");
        Download download = page.waitForDownload(() -> page.click("#download"));
        assertThat(download.suggestedFilename()).isEqualTo("report.csv");
        page.setInputFiles("#file", new FilePayload("a.txt", "text/plain", "abc".getBytes(StandardCharsets.UTF_8)));
        page.click("#upload");
        PlaywrightAssertions.assertThat(page.locator("#received")).hasText("Received a.txt (3 bytes).");
    }

    @Test
    void canary_givenSameAndFreshContext_expectsFoundAndNotFound() {
        page.navigate("/hostile/canary-set?value=tweet");
        page.locator("#done[data-state=done]").waitFor();
        assertThat(page.locator("#done").textContent()).doesNotContain("failed");
        page.navigate("/hostile/canary-read");
        page.locator("#found[data-state=done]").waitFor();
        String same = page.locator("#found").textContent();

        String fresh;
        try (BrowserContext other = browser.newContext()) {
            Page reader = other.newPage();
            reader.navigate(site.url() + "/hostile/canary-read");
            reader.locator("#found[data-state=done]").waitFor();
            fresh = reader.locator("#found").textContent();
        }

        assertThat(same)
                .contains("\"cookie\":\"tweet\"", "\"httpOnlyCookie\":\"tweet\"", "\"localStorage\":\"tweet\"")
                .contains("\"indexedDB\":\"tweet\"", "\"cacheStorage\":\"tweet\"", "\"serviceWorker\":\"registered\"");
        assertThat(fresh).doesNotContain("tweet", "registered", "failed");
        assertThat(copy(fresh)).isNotEqualTo(copy(same));
    }

    @Test
    void popups_givenClick_expectsWindowsInTheContext() {
        page.navigate("/hostile/popups?count=3");
        page.click("#start");

        PlaywrightAssertions.assertThat(page.locator("#opened")).hasText("3");
        assertThat(context.pages()).hasSizeGreaterThanOrEqualTo(2);
    }

    private static void answer(Dialog dialog, List<String> kinds) {
        kinds.add(dialog.type());
        dialog.accept(dialog.type().equals("prompt") ? "ada" : "");
    }

    private static String copy(String report) {
        return report.replaceAll(".*\"httpCache\":\"(copy \\d+)\".*", "$1");
    }
}
