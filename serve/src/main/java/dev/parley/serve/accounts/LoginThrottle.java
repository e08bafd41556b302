package dev.parley.serve.accounts;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often a password may be tried: for each name and from each address some tries at once, then one every so often. Right ones
 * do not count. It remembers the {@value #MOST_REMEMBERED} names and addresses of late, no more.
 */
public final class LoginThrottle {

    static final int MOST_REMEMBERED = 10_000;

    private static final int TRIES_OF_NAME = 10;
    private static final double NAME_PER_MINUTE = 2;
    private static final int TRIES_OF_ADDRESS = 30;
    private static final double ADDRESS_PER_MINUTE = 6;

    private final InstantSource clock;
    private final Map<String, TokenBucket> names = remembered();
    private final Map<String, TokenBucket> addresses = remembered();

    /** A throttle by the system's clock. */
    public LoginThrottle() {
        this(InstantSource.system());
    }

    LoginThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Counts a try, before the password is looked at.
     *
     * @return how long to wait, where it is one too many
     */
    public synchronized Optional<Duration> tryNow(String name, String address) {
        var ofAddress = ofAddress(address);
        if (!ofAddress.tryTake()) return Optional.of(Duration.ofMillis(ofAddress.millisUntil(1)));
        var ofName = ofName(name);
        if (!ofName.tryTake()) return Optional.of(Duration.ofMillis(ofName.millisUntil(1)));
        return Optional.empty();
    }

    /** The password was right: the try does not count. */
    public synchronized void succeeded(String name, String address) {
        ofAddress(address).giveBack(1);
        ofName(name).giveBack(1);
    }

    /** How many names or addresses are remembered. */
    synchronized int remembered(boolean ofNames) {
        return (ofNames ? names : addresses).size();
    }

    private TokenBucket ofName(String name) {
        return names.computeIfAbsent(User.normalised(name), n -> new TokenBucket(TRIES_OF_NAME, NAME_PER_MINUTE, clock));
    }

    private TokenBucket ofAddress(String address) {
        return addresses.computeIfAbsent(Addresses.network(address), n -> new TokenBucket(TRIES_OF_ADDRESS, ADDRESS_PER_MINUTE, clock));
    }

    private static Map<String, TokenBucket> remembered() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
                return size() > MOST_REMEMBERED;
            }
        };
    }
}
