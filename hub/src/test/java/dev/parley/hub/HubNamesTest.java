package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of models, and what the environment says. */
class HubNamesTest {

    @Test
    void namesAreTakenApart() {
        assertEquals(new HubModel("Qwen/Qwen2.5-0.5B-Instruct", "main"), HubModel.parse("Qwen/Qwen2.5-0.5B-Instruct"));
        assertEquals(new HubModel("org/name", "refs/pr/1"), HubModel.parse("org/name@refs/pr/1"));
        assertEquals("models--Qwen--Qwen2.5-0.5B-Instruct", HubModel.parse("Qwen/Qwen2.5-0.5B-Instruct").cacheFolder());
        assertEquals("models--gpt2", HubModel.parse("gpt2").cacheFolder());
        assertEquals("org/name", HubModel.ofCacheFolder("models--org--name").orElseThrow().id());
        assertEquals("gpt2@v1", HubModel.parse("gpt2@v1").toString());
    }

    @Test
    void whatCannotBeANameIsRefused() {
        for (var text : List.of("", "/", "a/b/c", "../x", "./x", "a/..", "a//b", "a--b/c", "-a/b", "a/b-", "a b/c", "a/b.git", "~/x",
                "C:\\x", "a\0", "a/b@", "@main", "a/b@../x",
                "a/b@x/../y", "a/b@/x", "a/b@x/", "a/b@-x", "a/b@x y", "a/b@x@y", "a/b@" + "x".repeat(300), "x".repeat(200), "a/b\n",
                "ä/b")) {
            assertTrue(HubModel.find(text).isEmpty(), text);
            assertEquals(Reason.NO_NAME, assertThrows(HubException.class, () -> HubModel.parse(text), text).reason());
        }
        var neither = assertThrows(HubException.class, () -> Hub.of(Map.of()).folder("no/such/folder", HubListener.SILENT));
        assertTrue(neither.getMessage().startsWith("There is no folder no/such/folder"), neither.getMessage());
        assertThrows(HubException.class, () -> Hub.of(Map.of()).folder("a\0b", HubListener.SILENT));
    }

    @Test
    void theCacheLiesWherePythonsDoes() {
        assertEquals(Path.of("/c").toAbsolutePath(), cache(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h")));
        assertEquals(Path.of("/old").toAbsolutePath(), cache(Map.of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/h")));
        assertEquals(Path.of("/h/hub").toAbsolutePath(), cache(Map.of("HF_HOME", "/h", "XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/x/huggingface/hub").toAbsolutePath(), cache(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "")));
        assertEquals(Path.of("/home/me/.cache/huggingface/hub").toAbsolutePath(), cache(Map.of("HOME", "/home/me")));
        assertEquals(Path.of("/home/me/hf/hub").toAbsolutePath(), cache(Map.of("HOME", "/home/me", "HF_HOME", "~/hf")));
    }

    private static Path cache(Map<String, String> environment) {
        return HubSettings.of(environment).cache();
    }

    @Test
    void tokensAreFoundAndNeverShown(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "hf_file\n");
        var home = folder.toString();
        assertEquals("hf_file", token(Map.of("HF_HOME", home)));
        assertEquals("hf_env", token(Map.of("HF_HOME", home, "HF_TOKEN", " hf_env ")));
        assertEquals("hf_file", token(Map.of("HF_HOME", "/nowhere", "HF_TOKEN_PATH", folder.resolve("token").toString())));
        assertTrue(HubSettings.of(Map.of("HF_HOME", home, "HF_TOKEN", "x", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).token().isEmpty());
        assertFalse(HubSettings.of(Map.of("HF_TOKEN", "hf_env")).toString().contains("hf_env"));
        var bad = assertThrows(HubException.class, () -> HubSettings.of(Map.of("HF_TOKEN", "hf\r\nX-Evil: 1")));
        assertTrue(bad.getMessage().contains("HF_TOKEN") && !bad.getMessage().contains("Evil"), bad.getMessage());
    }

    private static String token(Map<String, String> environment) {
        return HubSettings.of(environment).token().orElseThrow().secret();
    }

    @Test
    void settingsThatMakeNoSenseAreNamed() {
        for (var endpoint : List.of("ftp://x", "hub.example.org", "http://", "https://user:password@example.org", "https://exa mple.org",
                "file:///x")) {
            var bad = assertThrows(HubException.class, () -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint)), endpoint);
            assertTrue(bad.reason() == Reason.SETTING && bad.getMessage().contains("HF_ENDPOINT"), bad.getMessage());
        }
        assertEquals(URI.create("https://mirror.example.org/hf"),
                HubSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example.org/hf//")).endpoint());
        assertEquals(Reason.SETTING,
                assertThrows(HubException.class, () -> HubSettings.of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "soon"))).reason());
    }

    @Test
    void onlyTheSameSchemeHostAndPortAreTheHubsOwn() {
        var settings = HubSettings.of(Map.of("HF_ENDPOINT", "https://hub.example.org"));
        for (var own : List.of("https://hub.example.org/a", "HTTPS://HUB.example.org:443/b"))
            assertTrue(settings.isOwn(URI.create(own)), own);
        for (var other : List.of("http://hub.example.org/a", "https://hub.example.org:444/a", "https://cdn.hub.example.org/",
                "https://hub.example.org.evil.org/")) {
            assertFalse(settings.isOwn(URI.create(other)), other);
        }
    }

    @Test
    void proxiesOfTheEnvironmentAreHeeded() {
        var proxies = EnvironmentProxies.of(Map.of("HTTPS_PROXY", "http://proxy.example.org:3128", "NO_PROXY", "localhost, .example.com"));
        assertEquals("proxy.example.org:3128", address(proxies.select(URI.create("https://hub.example.org/x"))));
        assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create("https://localhost/x")));
        assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create("https://a.example.com/x")));
        assertEquals("p:80", address(EnvironmentProxies.of(Map.of("all_proxy", "p")).select(URI.create("http://hub.example.org/x"))));
        assertThrows(HubException.class,
                () -> EnvironmentProxies.of(Map.of("https_proxy", "socks5://p:1")).select(URI.create("https://hub.example.org/x")));
    }

    private static String address(List<Proxy> proxies) {
        var address = (InetSocketAddress) proxies.getFirst().address();
        return address.getHostString() + ":" + address.getPort();
    }
}
