package dev.headstream.loadgen.site;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A page that is heavy in what a flow rarely needs: twelve photographs, two fonts, a film, and what it asks of another host.
 * Fonts and film are bytes of the usual amount and no more: a browser fetches and refuses them.
 */
final class Gallery implements Pages {
    private static final int PHOTOS = 12;
    private static final int WIDTH = 480;
    private static final int HEIGHT = 320;
    private static final int FONT_BYTES = 48 << 10;
    private static final int FILM_BYTES = 512 << 10;
    private static final String PAGE = Template.read("gallery.html");

    /** Made when the first of them is asked for: most sites are started for other pages. */
    private static final class Bodies {
        static final Body PHOTO = photo();
        static final Body FONT = noise(FONT_BYTES);
        static final Body FILM = noise(FILM_BYTES);
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/gallery", request -> Reply.html(Layout.page("Gallery", page())));
        for (int number = 0; number < PHOTOS; number++) {
            routes.get("/gallery/photo-" + number + ".png", request -> Reply.of(200, "image/png", Bodies.PHOTO));
        }
        routes.get("/gallery/text.woff2", request -> Reply.of(200, "font/woff2", Bodies.FONT));
        routes.get("/gallery/head.woff2", request -> Reply.of(200, "font/woff2", Bodies.FONT));
        routes.get("/gallery/film.mp4", request -> Reply.of(200, "video/mp4", Bodies.FILM));
    }

    private static String page() {
        String photos = IntStream.range(0, PHOTOS)
                .mapToObj(number -> "<li><img src=\"/gallery/photo-" + number + ".png\" alt=\"Photograph " + number
                        + "\"><span class=\"title\">Photograph " + number + "</span></li>")
                .collect(Collectors.joining());
        return PAGE.replace("{{{photos}}}", photos);
    }

    private static Body noise(int bytes) {
        byte[] noise = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(noise);
        return Body.of(noise);
    }

    /** As hard to pack as a photograph, about. */
    private static Body photo() {
        SplittableRandom random = new SplittableRandom(1);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int grain = random.nextInt(16);
                image.setRGB(x, y, shade(x * 255 / WIDTH, grain) << 16 | shade(y * 255 / HEIGHT, grain) << 8);
            }
        }
        ImageIO.setUseCache(false); // else it goes by way of a file
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Body.of(png.toByteArray());
    }

    private static int shade(int smooth, int grain) {
        return (smooth & 0xf0) | grain;
    }
}
