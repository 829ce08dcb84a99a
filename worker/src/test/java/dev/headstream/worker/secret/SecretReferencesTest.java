package dev.headstream.worker.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretReferencesTest {

    @Test
    void find_givenFileAndVariable_expectsTheFileWithoutItsLastNewline(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("portal-password"), "from file\n");
        SecretReferences secrets = new SecretReferences(
                Map.of("HEADSTREAM_SECRET_PORTAL_PASSWORD", "from env", "HEADSTREAM_SECRET_API_KEY", "k"), folder);

        assertThat(secrets.find("portal-password")).contains("from file");
        assertThat(secrets.find("api.key")).contains("k");
        assertThat(secrets.find("other")).isEmpty();
        assertThat(secrets.whereToPut("other")).contains(folder.toString(), "HEADSTREAM_SECRET_OTHER");
    }

    @Test
    void find_givenANameThatLeavesTheDirectory_expectsNothing(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("outside"), "x");
        Path inner = Files.createDirectory(folder.resolve("in"));

        assertThat(new SecretReferences(Map.of(), inner).find("../outside")).isEmpty();
    }

    @Test
    void mask_givenTheFormsOfASecret_expectsNoneLeft() {
        Masking masking = new Masking();
        masking.learn("p w\"ö&");
        masking.learn("p");
        masking.learn("");

        String masked = masking.mask("a p w\"ö& b p+w%22%C3%B6%26 c p%20w%22%C3%B6%26 d p w\\\"ö&");

        assertThat(masked).isEqualTo("a *** b *** c *** d ***");
    }
}
