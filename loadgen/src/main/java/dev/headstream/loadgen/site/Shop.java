package dev.headstream.loadgen.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headstream.loadgen.site.Accounts.Session;
import dev.headstream.loadgen.site.Catalogue.Product;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Signing in, searching, buying: the pages that the shipped flows drive. */
final class Shop implements Pages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PAST_STATES = List.of("Delivered", "In transit", "Invoiced", "Returned");

    private final Catalogue catalogue;
    private final Accounts accounts;
    private final Faults faults;
    private final Counters counters;

    Shop(Catalogue catalogue, Accounts accounts, Faults faults, Counters counters) {
        this.catalogue = catalogue;
        this.accounts = accounts;
        this.faults = faults;
        this.counters = counters;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/", this::home);
        routes.get("/login", request -> loginPage(request, ""));
        routes.post("/login", this::logIn);
        routes.post("/logout", this::logOut);
        routes.get("/account", this::account);
        routes.get("/search", this::searchPage);
        routes.get("/api/search", this::search);
        routes.get("/item/*", this::item);
        routes.get("/cart", this::cart);
        routes.post("/cart/add", this::addToCart);
        routes.post("/cart/order", this::placeOrder);
        routes.get("/orders", this::orders);
    }

    private Reply home(Request request) {
        return page(request, "Home", Template.of("home.html").render());
    }

    private Reply loginPage(Request request, String problem) {
        String next = request.parameter("next", request.form().getOrDefault("next", "/account"));
        String form = Template.of("login.html")
                .with("next", next)
                .with("account", request.form().getOrDefault("account", ""))
                .with("problem", problem)
                .render();
        return Reply.html(problem.isEmpty() ? 200 : 401, Layout.page("Sign in", form))
                .after(problem.isEmpty() ? Duration.ZERO : faults.loginLatency());
    }

    private Reply logIn(Request request) {
        Optional<Session> session = accounts.logIn(
                request.form().getOrDefault("account", ""), request.form().getOrDefault("password", ""));
        if (session.isEmpty()) {
            counters.failedLogins.increment();
            return loginPage(request, "Wrong account or password.");
        }
        String next = request.form().getOrDefault("next", "/account");
        Reply answer = faults.mayFail(Reply.redirect(303, ownPath(next))
                .with("Set-Cookie", "session=" + session.get().token() + "; Path=/; HttpOnly; SameSite=Lax")
                .after(faults.loginLatency()));
        if (answer instanceof Reply.Full full && full.status() == 303) {
            counters.logins.increment();
        }
        return answer;
    }

    private Reply logOut(Request request) {
        accounts.logOut(request);
        return Reply.redirect(303, "/").with("Set-Cookie", "session=; Path=/; Max-Age=0");
    }

    private Reply account(Request request) {
        return accounts.session(request)
                .<Reply>map(session -> page(
                        request,
                        "Your account",
                        Template.of("account.html")
                                .with("account", session.account())
                                .render()))
                .orElseGet(() -> Reply.redirect(303, "/login?next=/account"));
    }

    private Reply searchPage(Request request) {
        String popular = catalogue.range(24, Catalogue.IMAGES).stream()
                .map(product -> Template.of("card.html")
                        .with("number", product.number())
                        .with("image", product.image())
                        .with("title", product.title())
                        .with("price", product.price())
                        .render())
                .collect(Collectors.joining());
        return page(
                request,
                "Search",
                Template.of("search.html")
                        .with("query", request.parameter("q", ""))
                        .with("popular", popular)
                        .render());
    }

    private Reply search(Request request) {
        counters.searches.increment();
        List<Map<String, Object>> hits = new ArrayList<>();
        for (Product product : catalogue.search(request.parameter("q", ""))) {
            Map<String, Object> hit = new LinkedHashMap<>();
            hit.put("number", product.number());
            hit.put("title", product.title());
            hit.put("price", product.price());
            hit.put("image", product.image());
            hits.add(hit);
        }
        return faults.mayFail(
                Reply.json(json(Map.of("hits", hits))).after(faults.searchLatency(request.parameter("q", ""))));
    }

    private Reply item(Request request) {
        String number = request.path().substring(request.path().lastIndexOf('/') + 1);
        return catalogue
                .find(number)
                .map(product -> faults.mayFail(page(
                        request,
                        product.title(),
                        Template.of("item.html")
                                .with("number", product.number())
                                .with("image", product.image())
                                .with("title", product.title())
                                .with("price", product.price())
                                .with("sku", product.sku())
                                .with("material", product.material())
                                .with("weight", product.grams() + " g")
                                .with(
                                        "stock",
                                        product.stock() == 0 ? "Back in two weeks" : product.stock() + " in stock")
                                .render())))
                .orElseGet(() -> Reply.html(
                        404, Layout.message("Not found", "There is no product " + Template.escape(number) + ".")));
    }

    private Reply cart(Request request) {
        return accounts.session(request)
                .map(session -> faults.mayFail(page(request, "Cart", cartOf(session))))
                .orElseGet(() -> Reply.redirect(303, "/login?next=/cart"));
    }

    private Reply addToCart(Request request) {
        String number = request.form().getOrDefault("item", "");
        Optional<Session> session = accounts.session(request);
        if (session.isEmpty()) {
            return Reply.redirect(303, "/login?next=/item/" + (number.matches("\\d{4}") ? number : ""));
        }
        return catalogue
                .find(number)
                .<Reply>map(product -> {
                    session.get().add(product, 1);
                    return Reply.redirect(303, "/cart");
                })
                .orElseGet(() -> Reply.html(
                        404, Layout.message("Not found", "There is no product " + Template.escape(number) + ".")));
    }

    private Reply placeOrder(Request request) {
        Optional<Session> session = accounts.session(request);
        if (session.isEmpty()) {
            return Reply.redirect(303, "/login?next=/cart");
        }
        String reference = request.form().getOrDefault("reference", "").strip();
        long cents = total(session.get().cart());
        if (reference.isEmpty() || reference.length() > 200 || cents == 0) {
            return Reply.html(
                    400, Layout.message("No order", "An order needs a reference and at least one thing in the cart."));
        }
        Accounts.Order order = accounts.place(session.get(), reference, cents);
        counters.orders.increment();
        if (order.placed() > 1) {
            counters.duplicateOrders.increment();
        }
        session.get().emptyCart();
        return page(
                request,
                "Order placed",
                Template.of("placed.html")
                        .with("number", order.number())
                        .with("reference", order.reference())
                        .with("total", Catalogue.price(order.cents()))
                        .render());
    }

    private Reply orders(Request request) {
        StringBuilder rows = new StringBuilder();
        accounts.session(request)
                .map(session -> accounts.orders(session.account()))
                .orElse(List.of())
                .forEach(order ->
                        rows.append(orderRow(order.number(), "today", order.reference(), "Accepted", order.cents())));
        List<Product> bought = catalogue.range(400, 12);
        for (int i = 0; i < bought.size(); i++) {
            rows.append(orderRow(
                    61_240 - 17 * i,
                    String.format(Locale.ROOT, "2025-%02d-%02d", 12 - i, 3 + 2 * i),
                    bought.get(i).title(),
                    PAST_STATES.get(i % PAST_STATES.size()),
                    bought.get(i).cents() * (1 + i % 4)));
        }
        return page(
                request, "Orders", Template.of("orders.html").with("rows", rows).render());
    }

    private static String orderRow(int number, String date, String what, String state, long cents) {
        return Template.of("order-row.html")
                .with("number", number)
                .with("date", date)
                .with("what", what)
                .with("state", state)
                .with("total", Catalogue.price(cents))
                .render();
    }

    private static String cartOf(Session session) {
        Map<Product, Integer> cart = session.cart();
        StringBuilder rows = new StringBuilder();
        cart.forEach((product, pieces) -> rows.append(Template.of("cart-row.html")
                .with("number", product.number())
                .with("image", product.image())
                .with("title", product.title())
                .with("pieces", pieces)
                .with("price", product.price())
                .with("sum", Catalogue.price(product.cents() * pieces))
                .render()));
        return Template.of(cart.isEmpty() ? "cart-empty.html" : "cart.html")
                .with("rows", rows)
                .with(
                        "pieces",
                        cart.values().stream().mapToInt(Integer::intValue).sum())
                .with("total", Catalogue.price(total(cart)))
                .render();
    }

    private static long total(Map<Product, Integer> cart) {
        return cart.entrySet().stream()
                .mapToLong(entry -> entry.getKey().cents() * entry.getValue())
                .sum();
    }

    private Reply.Full page(Request request, String title, String content) {
        return Reply.html(Layout.page(title, accounts.session(request).map(Session::account), content));
    }

    /** Only a path of this site: a login form must not send people to somebody else's. */
    private static String ownPath(String next) {
        return next.startsWith("/") && !next.startsWith("//") && next.matches("[\\w/?=&.~%+-]*") ? next : "/account";
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
