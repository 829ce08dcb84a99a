package dev.headstream.worker.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OneTimeCodeTest {
    private static final String DIGITS = "1234567890";

    /** RFC 6238, appendix B; the keys have the length of the hash. */
    @ParameterizedTest
    @CsvSource({
        "59,          94287082, 46119246, 90693936",
        "1111111109,  07081804, 68084774, 25091201",
        "1111111111,  14050471, 67062674, 99943326",
        "1234567890,  89005924, 91819424, 93441116",
        "2000000000,  69279037, 90698825, 38618901",
        "20000000000, 65353130, 77737706, 47863826",
    })
    void at_givenTheVectorsOfTheRfc_expectsTheirCodes(long time, String sha1, String sha256, String sha512) {
        assertThat(code("SHA1", 20).at(Instant.ofEpochSecond(time))).isEqualTo(sha1);
        assertThat(code("SHA256", 32).at(Instant.ofEpochSecond(time))).isEqualTo(sha256);
        assertThat(code("SHA512", 64).at(Instant.ofEpochSecond(time))).isEqualTo(sha512);
    }

    private static OneTimeCode code(String algorithm, int length) {
        byte[] key = DIGITS.repeat(7).substring(0, length).getBytes(StandardCharsets.US_ASCII);
        return new OneTimeCode(key, algorithm, 8, 30);
    }

    @ParameterizedTest
    @CsvSource({
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ, 287082",
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq, 287082",
        "otpauth://totp/Portal:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Portal&digits=8, 94287082",
        "otpauth://totp/x?algorithm=SHA256&digits=8&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA, 46119246",
        "otpauth://totp/x?period=60&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ, 755224",
    })
    void of_givenAKeyOrAnAddress_expectsTheCodeThatAppsShow(String secret, String code) {
        assertThat(OneTimeCode.of(secret).at(Instant.ofEpochSecond(59))).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                               it is empty",
        "0189,                                             is not base32",
        "otpauth://hotp/x?secret=GEZDGNBV,                 otpauth://totp/",
        "otpauth://totp/x?secret=GEZDGNBV&algorithm=MD5,   SHA512",
        "otpauth://totp/x?secret=GEZDGNBV&digits=20,       6 to 8",
    })
    void of_givenWhatIsNoKey_expectsTheReasonWithoutTheKey(String secret, String reason) {
        assertThatThrownBy(() -> OneTimeCode.of(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("GEZDGNBV");
    }

    @Test
    void toString_expectsNoKey() {
        assertThat(OneTimeCode.of("GEZDGNBV").toString()).doesNotContain("GEZD").contains("6 digits");
    }
}
