package dev.headstream.loadgen.site;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Products that need no database: everything about one follows from its number and the seed, and the hits of a search
 * from its query. Immutable.
 */
final class Catalogue {
    static final int IMAGES = 12;
    private static final int PRODUCTS = 9_000;
    private static final int FIRST_NUMBER = 1_000;
    private static final int MOST_HITS = 8;
    private static final List<String> MATERIALS =
            List.of("Brass", "Oak", "Steel", "Copper", "Ceramic", "Walnut", "Linen", "Cast iron", "Bamboo", "Granite");
    private static final List<String> STYLES =
            List.of("compact", "deep", "folding", "stackable", "classic", "slim", "heavy-duty", "quiet");
    private static final List<String> THINGS = List.of(
            "lamp",
            "shelf",
            "kettle",
            "workbench",
            "clock",
            "drawer",
            "stool",
            "planter",
            "toolbox",
            "mirror",
            "cabinet",
            "hook");

    private final long seed;
    private final List<Product> products;

    Catalogue(long seed) {
        this.seed = seed;
        this.products = IntStream.range(FIRST_NUMBER, FIRST_NUMBER + PRODUCTS)
                .mapToObj(this::product)
                .toList();
    }

    /**
     * One product.
     *
     * @param number what its page is found by
     * @param cents price in cents
     * @param stock pieces in stock, 0 is sold out
     */
    record Product(int number, String title, String sku, long cents, int stock, String material, int grams) {
        String price() {
            return Catalogue.price(cents);
        }

        /** Which of the pictures shows it. */
        int image() {
            return number % IMAGES;
        }
    }

    /**
     * What a query finds, the same at any time: products that are called so, or else any, because every query of a load
     * test is to find something. Nothing for an empty query and for one that holds {@code zzz}.
     */
    List<Product> search(String query) {
        String wanted = query.strip().toLowerCase(Locale.ROOT);
        if (wanted.isEmpty() || wanted.contains("zzz")) {
            return List.of();
        }
        List<Product> called = products.stream()
                .filter(product -> product.title().toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
        List<Product> candidates = called.isEmpty() ? products : called;
        SplittableRandom random = new SplittableRandom(seed * 31 + wanted.hashCode());
        int hits = Math.min(candidates.size(), 3 + random.nextInt(MOST_HITS - 2));
        return random.ints(0, candidates.size())
                .distinct()
                .limit(hits)
                .mapToObj(candidates::get)
                .toList();
    }

    Optional<Product> find(String number) {
        if (!number.matches("\\d{4}")) {
            return Optional.empty();
        }
        int index = Integer.parseInt(number) - FIRST_NUMBER;
        return index < 0 || index >= products.size() ? Optional.empty() : Optional.of(products.get(index));
    }

    /** A stretch of the catalogue in its own order; the pages repeat after the last product. */
    List<Product> range(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(index -> products.get(index % products.size()))
                .toList();
    }

    static String price(long cents) {
        return String.format(Locale.ROOT, "€ %,d.%02d", cents / 100, cents % 100);
    }

    private Product product(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        String material = pick(MATERIALS, random);
        String title = material + " " + pick(THINGS, random) + ", " + pick(STYLES, random);
        return new Product(
                number,
                title,
                String.format(Locale.ROOT, "HS-%04d-%c", number, 'A' + random.nextInt(26)),
                495 + 100L * random.nextInt(240),
                random.nextInt(60),
                material,
                120 + 10 * random.nextInt(400));
    }

    private static String pick(List<String> words, SplittableRandom random) {
        return words.get(random.nextInt(words.size()));
    }
}
