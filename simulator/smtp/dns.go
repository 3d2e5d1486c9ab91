package smtpsim

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Zone is what a name server answers for one name. The zero value exists and
// has no records.
type Zone struct {
	// MX are host names, the most preferred first; "." alone is a null MX.
	MX []string
	// A are IPv4 addresses.
	A []string
	// Fail answers SERVFAIL.
	Fail bool
	// Silent does not answer at all.
	Silent bool
}

// DNS is a name server over UDP for tests of direct mail. Names that it does
// not know do not exist.
type DNS struct {
	conn net.PacketConn
	done chan struct{}

	mu    sync.Mutex
	zones map[string]Zone
	asked map[string]int
}

// NewDNS starts a name server on a free port of 127.0.0.1. Names have no final
// dot. Close ends it.
func NewDNS(zones map[string]Zone) (*DNS, error) {
	conn, err := new(net.ListenConfig).ListenPacket(context.Background(), "udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for DNS: %w", err)
	}
	d := &DNS{conn: conn, done: make(chan struct{}), asked: make(map[string]int)}
	d.Set(zones)
	go d.serve()
	return d, nil
}

// Addr is where the name server listens, as "host:port".
func (d *DNS) Addr() string { return d.conn.LocalAddr().String() }

// Set replaces all names.
func (d *DNS) Set(zones map[string]Zone) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.zones = zones
}

// Asked tells how many questions came for a name.
func (d *DNS) Asked(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[name]
}

// Close ends the name server.
func (d *DNS) Close() error {
	err := d.conn.Close()
	<-d.done
	return err
}

func (d *DNS) serve() {
	defer close(d.done)
	packet := make([]byte, 1500)
	for {
		n, from, err := d.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if reply := d.answer(packet[:n]); reply != nil {
			_, _ = d.conn.WriteTo(reply, from) // lost datagrams are the asker's business
		}
	}
}

// answer returns the reply to a query; nil: none.
func (d *DNS) answer(packet []byte) []byte {
	var query dnsmessage.Message
	if query.Unpack(packet) != nil || len(query.Questions) != 1 {
		return nil
	}
	question := query.Questions[0]
	name := strings.ToLower(strings.TrimSuffix(question.Name.String(), "."))

	d.mu.Lock()
	d.asked[name]++
	zone, known := d.zones[name]
	d.mu.Unlock()
	if zone.Silent {
		return nil
	}
	reply := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: query.ID, Response: true, Authoritative: true,
			RecursionDesired: query.RecursionDesired, RecursionAvailable: true,
		},
		Questions: query.Questions,
	}
	switch {
	case zone.Fail:
		reply.RCode = dnsmessage.RCodeServerFailure
	case !known:
		reply.RCode = dnsmessage.RCodeNameError
	default:
		reply.Answers = zone.records(question)
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func (z Zone) records(q dnsmessage.Question) []dnsmessage.Resource {
	var records []dnsmessage.Resource
	add := func(body dnsmessage.ResourceBody) {
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}
		records = append(records, dnsmessage.Resource{Header: header, Body: body})
	}
	switch q.Type {
	case dnsmessage.TypeMX:
		for i, host := range z.MX {
			host = strings.TrimSuffix(host, ".") + "."
			add(&dnsmessage.MXResource{Pref: uint16(10 * i), MX: dnsmessage.MustNewName(host)})
		}
	case dnsmessage.TypeA:
		for _, address := range z.A {
			var body dnsmessage.AResource
			copy(body.A[:], net.ParseIP(address).To4())
			add(&body)
		}
	}
	return records
}
