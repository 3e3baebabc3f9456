//! Which addresses may be called.
//!
//! Those that are reachable from everywhere, by IANA's registries of special-purpose addresses (RFC 6890), and those of
//! the networks that the operator allows. What carries another address in itself (IPv4-mapped, 6to4, Teredo, NAT64) is
//! judged as that address or refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// This network, private, shared, loopback, link-local (with the metadata services of clouds), protocol assignments,
/// documentation, 6to4 relays, benchmarks, multicast, reserved and broadcast.
const SPECIAL_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];

/// The only unicast addresses of IPv6 that are global.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Within them: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: [Ipv6Net; 4] = [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// Whether an address may be called.
pub(super) fn is_allowed(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address)) || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, networks: &[&str]) -> bool {
        let networks: Vec<IpNet> = networks.iter().map(|text| text.parse().unwrap()).collect();
        is_allowed(text.parse().unwrap(), &networks)
    }

    #[test]
    fn what_is_not_reachable_from_everywhere_is_not_called() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!allowed(text, &[]), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_called() {
        for text in
            ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.128.0.1", "172.32.0.1", "2606:4700::1", "::ffff:1.1.1.1"]
        {
            assert!(allowed(text, &[]), "{text}");
        }
    }

    #[test]
    fn an_allowed_network_is_allowed_and_nothing_beside_it() {
        let networks = ["10.1.0.0/16", "fd00:1::/32"];
        assert!(
            allowed("10.1.2.3", &networks) && allowed("::ffff:10.1.2.3", &networks) && allowed("fd00:1::2", &networks)
        );
        assert!(!allowed("10.2.0.1", &networks) && !allowed("fd00:2::1", &networks));
    }
}
