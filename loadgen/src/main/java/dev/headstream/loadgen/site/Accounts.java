package dev.headstream.loadgen.site;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is signed in, what is in their carts and what they ordered. Thread-safe. Old sessions and orders are forgotten so
 * that a long run does not fill the memory.
 */
final class Accounts {
    /** Every account has this password: the portal demonstrates, it protects nothing. */
    static final String PASSWORD = "demo";

    private static final int MOST_SESSIONS = 20_000;
    private static final int MOST_ORDERS = 100_000;

    private final SecureRandom random = new SecureRandom();

    @GuardedBy("this")
    private final Map<String, Session> sessions = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MOST_SESSIONS;
        }
    };

    @GuardedBy("this")
    private final Map<String, Order> ordersByReference = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Order> eldest) {
            return size() > MOST_ORDERS;
        }
    };

    @GuardedBy("this")
    private int lastOrder = 70_000;

    /** One signed-in visitor. Thread-safe: one browser may post from two pages. */
    static final class Session {
        private final String token;
        private final String account;

        @GuardedBy("this")
        private final Map<Catalogue.Product, Integer> cart = new LinkedHashMap<>();

        Session(String token, String account) {
            this.token = token;
            this.account = account;
        }

        String token() {
            return token;
        }

        String account() {
            return account;
        }

        synchronized void add(Catalogue.Product product, int pieces) {
            cart.merge(product, pieces, Integer::sum);
        }

        synchronized Map<Catalogue.Product, Integer> cart() {
            return new LinkedHashMap<>(cart);
        }

        synchronized void emptyCart() {
            cart.clear();
        }
    }

    /**
     * One order.
     *
     * @param placed how often it was placed under its reference: more than once means that somebody paid twice
     */
    record Order(int number, String account, String reference, long cents, int placed) {}

    /** A new session, or empty for a wrong password or no account name. */
    Optional<Session> logIn(String account, String password) {
        if (account.isBlank() || account.length() > 200 || !password.equals(PASSWORD)) {
            return Optional.empty();
        }
        byte[] token = new byte[16];
        random.nextBytes(token);
        Session session = new Session(HexFormat.of().formatHex(token), account.strip());
        synchronized (this) {
            sessions.put(session.token(), session);
        }
        return Optional.of(session);
    }

    synchronized Optional<Session> session(Request request) {
        return Optional.ofNullable(sessions.get(request.cookies().getOrDefault("session", "")));
    }

    synchronized void logOut(Request request) {
        sessions.remove(request.cookies().getOrDefault("session", ""));
    }

    /** Places an order; the same reference again raises its count and is told by {@link Order#placed()}. */
    synchronized Order place(Session session, String reference, long cents) {
        Order before = ordersByReference.get(reference);
        Order order = before == null
                ? new Order(++lastOrder, session.account(), reference, cents, 1)
                : new Order(before.number(), before.account(), reference, cents, before.placed() + 1);
        ordersByReference.put(reference, order);
        return order;
    }

    synchronized List<Order> orders(String account) {
        List<Order> own = new ArrayList<>();
        for (Order order : ordersByReference.values()) {
            if (order.account().equals(account)) {
                own.add(order);
            }
        }
        return own;
    }
}
