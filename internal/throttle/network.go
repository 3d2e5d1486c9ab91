package throttle

import "net/netip"

// Network is what counts as one stranger: an IPv4 address, or the /64 that
// one IPv6 customer has at least. What is no address counts as itself.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
