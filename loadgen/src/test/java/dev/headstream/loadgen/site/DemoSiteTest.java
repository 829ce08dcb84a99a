package dev.headstream.loadgen.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoSiteTest {
    private final List<DemoSite> sites = new ArrayList<>();

    @AfterEach
    void closeSites() {
        sites.forEach(DemoSite::close);
    }

    @Test
    void search_givenSameSeedAndQuery_expectsSameHits() throws Exception {
        String first = new Visitor(site(DemoSite.Options.instant()))
                .get("/api/search?q=lamp")
                .body();
        String second = new Visitor(site(DemoSite.Options.instant()))
                .get("/api/search?q=lamp")
                .body();
        String otherSeed = new Visitor(site(DemoSite.Options.instant().withSeed(2)))
                .get("/api/search?q=lamp")
                .body();

        assertThat(second).isEqualTo(first);
        assertThat(otherSeed).isNotEqualTo(first);
        JsonNode hits = new ObjectMapper().readTree(first).get("hits");
        assertThat(hits.size()).isBetween(3, 8);
        assertThat(hits.get(0).get("title").asText()).containsIgnoringCase("lamp");
        assertThat(hits.get(0).get("price").asText()).matches("€ [\\d,]+\\.\\d\\d");
    }

    @Test
    void search_givenWordThatNothingIsCalled_expectsHitsButNoneForZzz() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));

        assertThat(visitor.get("/api/search?q=order-4711").body()).contains("\"number\"");
        assertThat(visitor.get("/api/search?q=zzz").body()).isEqualTo("{\"hits\":[]}");
        assertThat(visitor.get("/api/search?q=").body()).isEqualTo("{\"hits\":[]}");
    }

    @Test
    void search_givenLatency_expectsAnswersInRangeAndManyAtOnce() throws Exception {
        DemoSite site = site(DemoSite.Options.instant().withSearchLatency(LatencyRange.ofMillis(300, 600)));
        Visitor visitor = new Visitor(site);

        long before = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            answers.add(visitor.http()
                    .sendAsync(visitor.request("/api/search?q=" + i).build(), BodyHandlers.ofString()));
        }
        answers.forEach(CompletableFuture::join);
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        // 160 answers of 450 ms would take 4.5 s at best if each held one of the 16 threads
        assertThat(took).isBetween(Duration.ofMillis(580), Duration.ofSeconds(4));
        assertThat(site.stats().searches()).isEqualTo(160);
    }

    @Test
    void login_givenWrongPassword_expectsMessageAndNoSession() throws Exception {
        DemoSite site = site(DemoSite.Options.instant());
        Visitor visitor = new Visitor(site);

        HttpResponse<String> answer = visitor.post("/login", Map.of("account", "ada", "password", "guess"));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("Wrong account or password.").contains("value=\"ada\"");
        assertThat(visitor.get("/cart").uri().getPath()).isEqualTo("/login");
        assertThat(site.stats().failedLogins()).isEqualTo(1);
        assertThat(site.stats().logins()).isZero();
    }

    @Test
    void login_givenForeignTarget_expectsOwnAccountPage() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));

        HttpResponse<String> answer =
                visitor.post("/login", Map.of("account", "ada", "password", "demo", "next", "//elsewhere.invalid/"));

        assertThat(answer.uri().getPath()).isEqualTo("/account");
        assertThat(answer.body()).contains("<span id=\"account-name\">ada</span>");
    }

    @Test
    void cart_givenTwoProducts_expectsTheirSumAndNothingInAnotherVisitorsCart() throws Exception {
        DemoSite site = site(DemoSite.Options.instant());
        Visitor visitor = new Visitor(site);
        var unused = visitor.signIn();

        long first = cents(visitor.get("/item/1000").body(), "class=\"price\">");
        long second = cents(visitor.get("/item/1001").body(), "class=\"price\">");
        var added = visitor.post("/cart/add", Map.of("item", "1000"));
        HttpResponse<String> cart = visitor.post("/cart/add", Map.of("item", "1001"));

        assertThat(added.uri().getPath()).isEqualTo("/cart");
        assertThat(cents(cart.body(), "id=\"total\">")).isEqualTo(first + second);
        Visitor other = new Visitor(site);
        var unusedToo = other.signIn();
        assertThat(other.get("/cart").body()).contains("Your cart is empty.");
    }

    @Test
    void order_givenSameReferenceTwice_expectsDuplicateCounted() throws Exception {
        DemoSite site = site(DemoSite.Options.instant());
        Visitor visitor = new Visitor(site);
        var unused = visitor.signIn();

        for (String reference : List.of("job-1", "job-2", "job-1")) {
            var added = visitor.post("/cart/add", Map.of("item", "1000"));
            assertThat(added.statusCode()).isEqualTo(200);
            assertThat(visitor.post("/cart/order", Map.of("reference", reference))
                            .body())
                    .contains("<strong id=\"order-reference\">" + reference);
        }

        assertThat(site.stats().orders()).isEqualTo(3);
        assertThat(site.stats().duplicateOrders()).isEqualTo(1);
        assertThat(visitor.get("/orders").body()).contains("job-1", "job-2");
    }

    @Test
    void pages_givenMarkupInInput_expectsItEscaped() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));

        assertThat(visitor.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
                        .body())
                .doesNotContain("<script>alert")
                .contains("&quot;&gt;&lt;script&gt;");
        assertThat(visitor.get("/item/%3Cb%3E").body()).doesNotContain("<b>");
    }

    @Test
    void assets_givenValidator_expectsNotModified() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));

        HttpResponse<String> script = visitor.get("/assets/vendor.js");
        String etag = script.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = visitor.get("/assets/vendor.js", "If-None-Match", etag);

        int scripts =
                script.body().length() + visitor.get("/assets/app.js").body().length();
        assertThat(scripts).isBetween(88_000, 96_000);
        assertThat(script.headers().firstValue("Cache-Control")).hasValue("public, max-age=3600");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        String page = visitor.get("/search").body();
        assertThat(Pattern.compile("product-\\d+\\.svg")
                        .matcher(page)
                        .results()
                        .map(r -> r.group())
                        .distinct())
                .hasSize(12);
    }

    @Test
    void faults_givenErrorRate_expectsThatShareOfErrorsOnBackendsOnly() throws Exception {
        DemoSite site = site(DemoSite.Options.instant().withErrorRate(0.25));
        Visitor visitor = new Visitor(site);

        int errors = 0;
        for (int i = 0; i < 200; i++) {
            errors += visitor.get("/api/search?q=" + i).statusCode() == 500 ? 1 : 0;
            assertThat(visitor.get("/search").statusCode()).isEqualTo(200);
        }

        assertThat(errors).isBetween(30, 70);
        assertThat(site.stats().injectedErrors()).isEqualTo(errors);
    }

    @Test
    void faults_givenHangRateOfOne_expectsNoAnswer() throws Exception {
        DemoSite site = site(DemoSite.Options.instant().withHangRate(1));
        Visitor visitor = new Visitor(site);

        assertThatThrownBy(() -> visitor.http()
                        .send(
                                visitor.request("/api/search?q=a")
                                        .timeout(Duration.ofMillis(300))
                                        .build(),
                                BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(site.stats().injectedHangs()).isEqualTo(1);
        assertThat(site.stats().openExchanges()).isEqualTo(1);
    }

    @Test
    void upload_givenFile_expectsNameAndSize() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));
        String body = String.join(
                "\r\n",
                "--xyz",
                "Content-Disposition: form-data; name=\"file\"; filename=\"prices.csv\"",
                "Content-Type: text/csv",
                "",
                "a;b",
                "1;2",
                "",
                "--xyz--",
                "");

        HttpResponse<String> answer = visitor.post("/files/upload", "multipart/form-data; boundary=xyz", body);

        assertThat(answer.body()).contains("Received prices.csv (10 bytes).");
        assertThat(visitor.get("/files/report.csv").headers().firstValue("Content-Disposition"))
                .hasValue("attachment; filename=\"report.csv\"");
    }

    @Test
    void list_givenPages_expectsDifferentItemsAndAnEnd() throws Exception {
        Visitor visitor = new Visitor(site(DemoSite.Options.instant()));

        String first = visitor.get("/list").body();
        String last = visitor.get("/list?page=9").body();

        assertThat(first).contains("Page 1 of 9", "id=\"next\"").doesNotContain("id=\"previous\"");
        assertThat(last).contains("Page 9 of 9", "id=\"previous\"").doesNotContain("id=\"next\"");
        assertThat(visitor.get("/api/feed?from=200").body()).isEmpty();
        assertThat(visitor.get("/api/feed?from=180").body().split("<li>", -1)).hasSize(21);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hostile/endless-body", "/hostile/endless-download"})
    void hostile_givenEndlessAnswer_expectsBytesUntilTheVisitorLeaves(String path) throws Exception {
        DemoSite site = site(DemoSite.Options.instant());
        Visitor visitor = new Visitor(site);

        HttpResponse<InputStream> answer =
                visitor.http().send(visitor.request(path).build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            assertThat(body.readNBytes(60)).hasSize(60);
            assertThat(site.stats().openExchanges()).isEqualTo(1);
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> site.stats().openExchanges() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/login",
                "/search",
                "/orders",
                "/files",
                "/list",
                "/feed",
                "/frames",
                "/frames/inner",
                "/dialogs",
                "/hostile",
                "/hostile/endless-script",
                "/hostile/allocate",
                "/hostile/crash",
                "/hostile/dialogs",
                "/hostile/beforeunload",
                "/hostile/popups",
                "/hostile/canary-set",
                "/hostile/canary-read",
                "/hostile/canary-worker.js",
                "/hostile/slow?millis=1",
                "/hostile/meta-refresh"
            })
    void page_givenItsPath_expectsItServed(String path) throws Exception {
        assertThat(new Visitor(site(DemoSite.Options.instant())).get(path).statusCode())
                .isEqualTo(200);
    }

    @Test
    void stats_givenRequests_expectsThemByPath() throws Exception {
        DemoSite site = site(DemoSite.Options.instant());
        Visitor visitor = new Visitor(site);
        for (String path : List.of("/item/1000", "/item/1001", "/nowhere")) {
            assertThat(visitor.get(path).statusCode()).isIn(200, 404);
        }

        JsonNode stats = new ObjectMapper().readTree(visitor.get("/stats").body());

        assertThat(stats.get("byPath").get("/item/*").asInt()).isEqualTo(2);
        assertThat(stats.get("byPath").get("other").asInt()).isEqualTo(1);
        assertThat(site.stats().requests("/item/*")).isEqualTo(2);
    }

    @Test
    void start_givenPortInUse_expectsMessageThatNamesIt() throws Exception {
        DemoSite first = site(DemoSite.Options.instant());

        assertThatThrownBy(() -> DemoSite.start(DemoSite.Options.instant().withPort(first.port())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + first.port() + " on 127.0.0.1 is not free");
    }

    private DemoSite site(DemoSite.Options options) throws IOException {
        DemoSite site = DemoSite.start(options);
        sites.add(site);
        return site;
    }

    private static long cents(String html, String before) {
        Matcher matcher = Pattern.compile(Pattern.quote(before) + "€ ([\\d,]+)\\.(\\d\\d)")
                .matcher(html);
        assertThat(matcher.find()).as("a price after " + before).isTrue();
        return Long.parseLong(matcher.group(1).replace(",", "")) * 100 + Long.parseLong(matcher.group(2));
    }
}
