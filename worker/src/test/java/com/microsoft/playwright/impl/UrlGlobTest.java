package com.microsoft.playwright.impl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.PlaywrightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UrlGlobTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "**/api/** https://a.example/x/api/y true",
                "**/api/** https://a.example/apis/y false",
                "**/*.{png,jpg} https://a.example/x/y.png true",
                "**/*.{png,jpg} https://a.example/x/y.gif false",
                "https://a.example https://a.example/ true",
                "HTTPS://A.Example/Path https://a.example/Path true",
                "https://a.example/*/b https://a.example/x/b true",
                "https://a.example/*/b https://a.example/x/y/b false",
                "https://a.example/a?b=c https://a.example/a?b=c true",
                "https://a.example/a?b=c https://a.example/aXb=c false",
                "about:blank about:blank true",
            })
    void compile_givenGlob_expectsMatch(String glob, String url, boolean matches) {
        assertThat(UrlGlob.compile(glob, null, false).matcher(url).find()).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/items/* https://a.example/shop/ https://a.example/items/7",
                "items https://a.example/shop/ https://a.example/shop/items",
                "./items https://a.example/shop/x https://a.example/shop/items",
            })
    void compile_givenRelativeGlob_expectsItResolvedAgainstTheBase(String glob, String base, String url) {
        assertThat(UrlGlob.compile(glob, base, false).matcher(url).find()).isTrue();
    }

    @Test
    void compile_givenWebSocket_expectsTheBasesScheme() {
        assertThat(UrlGlob.compile("/feed", "https://a.example/", true)
                        .matcher("wss://a.example/feed")
                        .find())
                .isTrue();
    }

    @Test
    void compile_givenUnclosedGroup_expectsItNamed() {
        assertThatThrownBy(() -> UrlGlob.compile("**/{a,b", null, false))
                .isInstanceOf(PlaywrightException.class)
                .hasMessageContaining("**/{a,b");
    }
}
