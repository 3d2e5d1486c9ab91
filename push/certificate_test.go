package push_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/push"
)

func tlsPair(certPEM, keyPEM []byte) (tls.Certificate, error) {
	return tls.X509KeyPair(certPEM, keyPEM)
}

// issue makes a self-signed certificate; an empty topic leaves the UID out.
func issue(t *testing.T, topic string, from, until time.Duration) (certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	subject := pkix.Name{CommonName: "Push"}
	if topic != "" {
		uid := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
		subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: uid, Value: topic}}
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, NotBefore: now.Add(from), NotAfter: now.Add(until)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	keyDER, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	return encode("CERTIFICATE", der), encode("EC PRIVATE KEY", keyDER)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestParseCertificate(t *testing.T) {
	certPEM, keyPEM := issue(t, mdmTopic, -time.Hour, 40*24*time.Hour)
	got, err := push.ParseCertificate(certPEM, keyPEM, people.PushMDM)
	require.NoError(t, err)
	require.Equal(t, mdmTopic, got.Topic)
	require.WithinDuration(t, time.Now().Add(40*24*time.Hour), got.NotAfter, time.Minute)

	both := append(append([]byte{}, keyPEM...), certPEM...)
	_, err = push.ParseCertificate(both, both, people.PushMDM)
	require.NoError(t, err, "certificate and key in one file, in either order")
}

func TestParseCertificateSaysWhatIsWrong(t *testing.T) {
	const year = 365 * 24 * time.Hour
	cert, key := issue(t, alertTopic, -time.Hour, year)
	mdmCert, mdmKey := issue(t, mdmTopic, -time.Hour, year)
	noTopic, noTopicKey := issue(t, "", -time.Hour, year)
	oddTopic, oddTopicKey := issue(t, "a b", -time.Hour, year)
	old, oldKey := issue(t, alertTopic, -year, -time.Hour)
	early, earlyKey := issue(t, alertTopic, 24*time.Hour, year)
	locked := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte("x")})
	const c, k = "/certificate_pem", "/private_key_pem"
	cases := map[string]struct {
		cert, key []byte
		kind      people.PushKind
		pointers  []string
		words     string
	}{
		"nothing":             {nil, nil, people.PushAlert, []string{c, k}, "Give the"},
		"not PEM":             {[]byte("hello"), []byte("hello"), people.PushAlert, []string{c, k}, "in PEM"},
		"not a certificate":   {encode("CERTIFICATE", []byte("x")), key, people.PushAlert, []string{c}, "complete"},
		"not a key":           {cert, encode("PRIVATE KEY", []byte("x")), people.PushAlert, []string{k}, "complete"},
		"certificate as key":  {cert, cert, people.PushAlert, []string{k}, "not a private key"},
		"encrypted key":       {cert, locked, people.PushAlert, []string{k}, "encrypted"},
		"encrypted PKCS 8":    {cert, encode("ENCRYPTED PRIVATE KEY", []byte("x")), people.PushAlert, []string{k}, "encrypted"},
		"another key":         {cert, mdmKey, people.PushAlert, []string{k}, "does not belong"},
		"app's for MDM":       {cert, key, people.PushMDM, []string{c}, "com.apple.mgmt."},
		"MDM's for alerts":    {mdmCert, mdmKey, people.PushAlert, []string{c}, "your app"},
		"no topic":            {noTopic, noTopicKey, people.PushAlert, []string{c}, "no user id"},
		"topic with a blank":  {oddTopic, oddTopicKey, people.PushAlert, []string{c}, "no user id"},
		"expired":             {old, oldKey, people.PushAlert, []string{c}, "expired on"},
		"not yet valid":       {early, earlyKey, people.PushAlert, []string{c}, "not valid before"},
		"one part is missing": {cert, nil, people.PushAlert, []string{k}, "Give the private key"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := push.ParseCertificate(c.cert, c.key, c.kind)
			f, ok := errors.AsType[*fault.Error](err)
			require.True(t, ok)
			require.Equal(t, fault.InvalidRequest, f.Code)
			var pointers []string
			for _, field := range f.Fields {
				pointers = append(pointers, field.Pointer)
				require.Contains(t, field.Message, c.words)
			}
			require.Equal(t, c.pointers, pointers)
		})
	}
}

func TestExpiry(t *testing.T) {
	c := push.Certificate{Topic: alertTopic, NotAfter: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	cases := map[time.Duration]struct {
		days int
		warn string
	}{
		-100 * 24 * time.Hour: {100, ""},
		-30 * 24 * time.Hour:  {30, ""},
		-29 * 24 * time.Hour:  {29, "in 29 days"},
		-time.Hour:            {0, "1 June 2026"},
		time.Hour:             {-1, "expired on 1 June 2026"},
		49 * time.Hour:        {-2, "expired on 1 June 2026"},
	}
	for from, want := range cases {
		days, warning := c.Expiry(c.NotAfter.Add(from))
		require.Equal(t, want.days, days)
		require.Equal(t, want.warn == "", warning == "")
		require.Contains(t, warning, want.warn)
	}
}
