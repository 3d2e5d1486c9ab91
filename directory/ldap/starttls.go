package ldap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
	ldap "github.com/go-ldap/ldap/v3"
)

const (
	// startTLSName asks for encryption (RFC 4511, 4.14.1).
	startTLSName = "1.3.6.1.4.1.1466.20037"
	// longestConsent bounds what a server may say before it is known, in bytes.
	longestConsent = 64 << 10
)

// startTLS asks the server to encrypt the connection. It is done here since
// the library's own way does not end with the context, and hides why a
// handshake failed; this one reads not a byte beyond the consent, so that what
// somebody slips in behind it breaks the handshake.
func startTLS(ctx context.Context, raw net.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() }) // neither reading nor writing knows the context
	defer stop()
	if _, err := raw.Write(startTLSRequest().Bytes()); err != nil {
		return fmt.Errorf("asking for encryption: %w", err)
	}
	answer, err := ber.ReadPacket(io.LimitReader(raw, longestConsent))
	if err != nil {
		return fmt.Errorf("waiting for encryption: %w", errors.Join(err, context.Cause(ctx)))
	}
	return ldap.GetLDAPError(answer)
}

func startTLSRequest() *ber.Packet {
	message := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "message")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, "message id"))
	request := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "extended request")
	request.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSName, "name"))
	message.AppendChild(request)
	return message
}
