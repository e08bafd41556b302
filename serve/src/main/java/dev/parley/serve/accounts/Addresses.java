package dev.parley.serve.accounts;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Addresses of clients and servers, which can be written in many ways, in one. */
public final class Addresses {

    private static final int NETWORK = 8; // bytes of an IPv6 address
    private static final int LONGEST = 60;

    private Addresses() {}

    /**
     * The one form of an address; what is none stays as it is. An IPv4 address that stands in an IPv6 one (RFC 4291, section 2.5.5.2) is
     * itself.
     */
    public static String canonical(String address) {
        return literal(address).map(InetAddress::getHostAddress).orElse(address);
    }

    /** Whom an address counts for: itself, and of IPv6 its network of 2^64, which one client has alone. */
    static String network(String address) {
        return literal(address)
                .map(a -> a instanceof Inet4Address ? a.getHostAddress()
                        : HexFormat.of().formatHex(Arrays.copyOf(a.getAddress(), NETWORK)) + "::/64")
                .orElseGet(() -> address.substring(0, Math.min(address.length(), LONGEST)));
    }

    private static Optional<InetAddress> literal(String address) {
        var bare = withoutPort(address.strip());
        var zone = bare.indexOf('%');
        try {
            return bare.length() > LONGEST ? Optional.empty()
                    : Optional.of(InetAddress.ofLiteral(zone < 0 ? bare : bare.substring(0, zone)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Some proxies tell the client's port too: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    private static String withoutPort(String address) {
        if (address.startsWith("[")) return address.substring(1, address.indexOf(']') < 0 ? address.length() : address.indexOf(']'));
        var colon = address.indexOf(':');
        return colon > 0 && colon == address.lastIndexOf(':') && address.indexOf('.') >= 0 ? address.substring(0, colon) : address;
    }
}
