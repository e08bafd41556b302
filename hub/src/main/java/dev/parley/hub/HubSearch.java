package dev.parley.hub;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A search by the hub's API, page by page, the most downloaded models first. */
final class HubSearch {

    private static final int PAGE = 100;
    private static final int MOST_PAGES = 5;
    private static final List<String> ASKED = List.of("config", "safetensors", "gguf", "cardData", "gated", "downloads", "likes", "tags");

    private final HubClient client;
    private final Retries retries;
    private final URI endpoint;

    HubSearch(HubClient client, Retries retries, URI endpoint) {
        this.client = client;
        this.retries = retries;
        this.endpoint = endpoint;
    }

    List<ModelListing> of(String words, int most, Predicate<ModelListing> wanted) {
        var found = new ArrayList<ModelListing>();
        var seen = new HashSet<String>();
        var query = Optional.of(query(words));
        for (int page = 0; page < MOST_PAGES && found.size() < most && query.isPresent(); page++) {
            var asked = query.get();
            var came = retries.of("The hub at " + endpoint + " cannot be asked", () -> client.search(asked));
            for (var card : came.models()) {
                if (found.size() < most && HubModel.find(card.id()).isPresent() && seen.add(card.id()) && wanted.test(card))
                    found.add(card);
            }
            query = came.next();
        }
        return found;
    }

    private static String query(String words) {
        var query = new StringBuilder("search=").append(URLEncoder.encode(words, StandardCharsets.UTF_8)).append("&sort=downloads&limit=")
                .append(PAGE);
        for (var property : ASKED) query.append("&expand=").append(property);
        return query.toString();
    }
}
