package dev.headstream.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headstream.pipeline.JobProgress;
import dev.headstream.pipeline.Outcome;
import dev.headstream.worker.artifact.DirectoryArtifactStore;
import dev.headstream.worker.browser.BrowserConfig;
import dev.headstream.worker.browser.BrowserEvents;
import dev.headstream.worker.browser.ContextSpec;
import dev.headstream.worker.browser.LanePool;
import dev.headstream.worker.flow.Flow;
import dev.headstream.worker.flow.FlowFiles;
import dev.headstream.worker.secret.SecretReferences;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pictures of pages show, and what they do not. */
final class PictureIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COVER = 0x1f2937;
    private static final int RED = 0xe11d48;
    private static final int AMBER = 0xd97706;

    /** White, with a field at (100,100) and a text at (100,200), both 300 x 40. */
    private static final String PAGE =
            """
            document.body.innerHTML = `<style>* {margin: 0; border: 0}</style>
              <input id=pin style="position:absolute;left:100px;top:100px;width:300px;height:40px;background:#fff">
              <p id=shown style="position:absolute;left:100px;top:200px;width:300px;height:40px">%s</p>
              <button id=buy-it style="position:absolute;left:100px;top:300px;width:300px;height:40px;background:#fff" %s>
              </button>`""";

    static Path folder;
    static LanePool pool;

    private final List<BufferedImage> pictures = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        pool = LanePool.start(
                BrowserConfig.defaults().withWorkDirectory(directory.resolve("b")), 1, BrowserEvents.NONE);
    }

    @AfterAll
    static void stop() {
        pool.close();
    }

    @Test
    void pictures_givenASecretInAFieldAndInAText_expectsBothCovered() {
        run("the pin is 4711", "", "fill: {selector: '#pin', value: '${secret:pin}'}");

        BufferedImage after = pictures.get(pictures.size() - 1);
        assertThat(colour(after, 250, 120)).as("the field").isEqualTo(COVER);
        assertThat(colour(after, 250, 220)).as("the text").isEqualTo(COVER);
        assertThat(colour(after, 250, 320)).as("the rest").isEqualTo(0xffffff);
    }

    @Test
    void pictures_givenNoSecret_expectsNothingCovered() {
        run("the pin is 4712", "", "fill: {selector: '#pin', value: 'abc'}");

        BufferedImage after = pictures.get(pictures.size() - 1);
        assertThat(colour(after, 250, 120)).isEqualTo(0xffffff);
        assertThat(colour(after, 380, 230)).isEqualTo(0xffffff);
    }

    @Test
    void failure_givenAnElementThatCannotBeClicked_expectsItOutlined() throws Exception {
        BufferedImage picture =
                failure(run("", "disabled", "fill: {selector: '#pin', value: '${secret:pin}'}", "click: '#buy-it'"));

        assertThat(colour(picture, 250, 296)).as("above the button").isEqualTo(RED);
        assertThat(colour(picture, 250, 120)).as("the field with the secret").isEqualTo(COVER);
    }

    @Test
    void failure_givenASelectorThatFindsNothing_expectsWhatIsClosestOutlinedWithDashes() throws Exception {
        BufferedImage picture = failure(run("", "", "click: '#buy-at'"));

        long amber = 0;
        long white = 0;
        for (int x = 100; x < 400; x++) {
            int colour = colour(picture, x, 296);
            amber += isClose(colour, AMBER) ? 1 : 0;
            white += isClose(colour, 0xffffff) ? 1 : 0;
        }
        assertThat(amber).isGreaterThan(50);
        assertThat(white).as("between the dashes").isGreaterThan(20);
    }

    private static boolean isClose(int colour, int other) {
        return Math.abs((colour >> 16 & 255) - (other >> 16 & 255)) < 12
                && Math.abs((colour >> 8 & 255) - (other >> 8 & 255)) < 12
                && Math.abs((colour & 255) - (other & 255)) < 12;
    }

    /** The colour, as the nearest of the ones that are looked for: a JPEG is not exact. */
    private static int colour(BufferedImage picture, int x, int y) {
        int colour = picture.getRGB(x, y) & 0xffffff;
        for (int known : new int[] {COVER, RED, AMBER, 0xffffff}) {
            if (isClose(colour, known)) {
                return known;
            }
        }
        return colour;
    }

    private static BufferedImage failure(Outcome outcome) throws IOException {
        String uri = outcome.trace().artifacts().get(0).getUri();
        return ImageIO.read(URI.create(uri).toURL());
    }

    private Outcome run(String shown, String button, String... actions) {
        StringBuilder steps = new StringBuilder();
        for (String action : actions) {
            steps.append("      - ").append(action).append("\n        timeout: 500ms\n");
        }
        Flow flow = FlowFiles.parse(
                "page.yaml",
                """
                flow: page
                version: 1
                allowedHosts: [127.0.0.1]
                steps:
                  - name: s
                    effect: read
                    do:
                      - evaluate: {script: "%s"}
                %s"""
                        .formatted(
                                PAGE.formatted(shown, button).replace("\n", " ").replace("\"", "'"), steps));
        FlowRunner runner = FlowRunner.builder(
                        new SecretReferences(Map.of("HEADSTREAM_SECRET_PIN", "4711"), null),
                        new DirectoryArtifactStore(folder.resolve("art"), 1_000_000))
                .screenshotOnFailure(true)
                .pictures(true)
                .observer(new RunObserver() {
                    @Override
                    public void pictured(String step, String number, byte[] jpeg) {
                        pictures.add(read(jpeg));
                    }
                })
                .build();
        var job = Jobs.of("page", Map.of(), JobProgress.inMemory());
        return Objects.requireNonNull(pool.run(LIMIT, ContextSpec.DEFAULT, session -> runner.run(flow, job, session))
                .block(LIMIT));
    }

    private static BufferedImage read(byte[] jpeg) {
        try {
            return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(jpeg)));
        } catch (IOException e) {
            throw new AssertionError("a picture that cannot be read", e);
        }
    }
}
