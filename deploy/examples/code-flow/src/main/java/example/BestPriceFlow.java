package example;

import dev.headstream.worker.flow.code.CodeFlow;
import dev.headstream.worker.flow.code.FlowDeclaration;
import dev.headstream.worker.flow.code.StepPage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Searches the demo portal and reads the page of the cheapest hit. What a flow file cannot say is which hit that is; all
 * else is declared as there.
 */
public final class BestPriceFlow implements CodeFlow {

    @Override
    public void declare(FlowDeclaration flow) {
        flow.name("best-price")
                .version(1)
                .description("Search the catalogue and read the page of the cheapest hit.")
                .site("${inputs.site}")
                .allowedHosts("127.0.0.1", "localhost")
                .input("site", Map.of("type", "string", "required", true, "pattern", "https?://[^/]+"))
                .input("query", Map.of("type", "string", "required", true, "maxLength", 200))
                .input("account", "string")
                .output("title", "string")
                .output("price", "decimal")
                .output("compared", "integer")
                .variable("cheapest", "string")
                .session(Map.of(
                        "key", "${inputs.account}", "login", "login", "loggedOut", Map.of("url", "**/login*")))
                .step(
                        "login",
                        step -> step.isIdempotent()
                                .budget(Duration.ofSeconds(4))
                                .opens("${site}/login")
                                .uses("inputs.account", "secret:portal-password"),
                        BestPriceFlow::logIn)
                .step(
                        "search",
                        step -> step.reads()
                                .budget(Duration.ofSeconds(8))
                                .opens("${site}/search")
                                .uses("inputs.query")
                                .sets("cheapest", "price", "compared")
                                .cache("${inputs.query}", Duration.ofMinutes(10)),
                        BestPriceFlow::search)
                .step(
                        "detail",
                        step -> step.reads()
                                .budget(Duration.ofSeconds(4))
                                .opens("${cheapest}")
                                .sets("title"),
                        page -> page.set("title", page.text("h1.title")));
    }

    private static void logIn(StepPage page) {
        page.fill("#account", page.input("account"));
        page.fillSecret("#password", "portal-password");
        page.click("#sign-in");
        page.waitFor("#account-name");
    }

    private static void search(StepPage page) {
        page.fill("#q", page.input("query"));
        page.click("#go");
        page.waitFor("#results li");
        List<String> prices = page.texts("#results li .price");
        int best = 0;
        for (int hit = 1; hit < prices.size(); hit++) {
            if (amount(prices.get(hit)).compareTo(amount(prices.get(best))) < 0) {
                best = hit;
            }
        }
        page.set("compared", prices.size());
        page.set("price", amount(prices.get(best)));
        page.set(
                "cheapest",
                page.attribute("#results li:nth-child(" + (best + 1) + ") a", "href").orElseThrow());
    }

    private static BigDecimal amount(String price) {
        return new BigDecimal(price.replaceAll("[^0-9.]", ""));
    }
}
