package mdm_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/mdm"
	"heraut/mdm/plists"
)

func profiles(t *testing.T, change func(*mdm.ProfileOptions)) *mdm.Profiles {
	t.Helper()
	o := mdm.ProfileOptions{Authority: authority(t), URL: "https://heraut.example.org/", Key: key}
	if change != nil {
		change(&o)
	}
	p, err := mdm.NewProfiles(o)
	require.NoError(t, err)
	return p
}

// profile is a profile as a device reads it.
type profile struct {
	PayloadType, PayloadIdentifier, PayloadUUID, PayloadDisplayName, PayloadOrganization, PayloadScope string

	PayloadContent []map[string]any
}

// part is the payload of a type.
func (p profile) part(t *testing.T, kind string) map[string]any {
	t.Helper()
	i := slices.IndexFunc(p.PayloadContent, func(one map[string]any) bool { return one["PayloadType"] == kind })
	require.GreaterOrEqual(t, i, 0, "no payload of type %s", kind)
	return p.PayloadContent[i]
}

// opened is a profile after a look at its signature.
func opened(t *testing.T, p *mdm.Profiles, e mdm.Enrollment) (content profile, signer *x509.Certificate) {
	t.Helper()
	raw, err := p.Make(e)
	require.NoError(t, err)
	message, err := pkcs7.Parse(raw)
	require.NoError(t, err)
	require.NoError(t, message.Verify())
	require.NoError(t, plists.Decode(message.Content, &content))
	return content, message.GetOnlySigner()
}

var noor = mdm.Enrollment{UserID: "user-1", Topic: topic, Challenge: "ch<all>enge", Organization: `De "Esdoorn" & Zn <b>`, Language: "nl"}

func TestProfile(t *testing.T) {
	got, signer := opened(t, profiles(t, nil), noor)
	require.Equal(t, caCertificate(t), signer)
	require.Equal(t, "Configuration", got.PayloadType)
	require.Equal(t, "System", got.PayloadScope, "a Mac wants its MDM payload so")
	require.Equal(t, noor.Organization, got.PayloadOrganization)
	require.Len(t, got.PayloadContent, 2)

	management := got.part(t, "com.apple.mdm")
	require.Equal(t, "https://heraut.example.org/mdm/checkin", management["CheckInURL"])
	require.Equal(t, "https://heraut.example.org/mdm/connect", management["ServerURL"])
	require.Equal(t, topic, management["Topic"])
	require.Equal(t, true, management["SignMessage"])
	require.Equal(t, true, management["CheckOutWhenRemoved"])
	require.Equal(t, []any{"com.apple.mdm.per-user-connections"}, management["ServerCapabilities"])
	require.Equal(t, uint64(4096|16), management["AccessRights"], "it can neither lock nor erase")

	identity := got.part(t, "com.apple.security.scep")
	require.Equal(t, identity["PayloadUUID"], management["IdentityCertificateUUID"])
	request, ok := identity["PayloadContent"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, "https://heraut.example.org/mdm/scep", request["URL"])
	require.Equal(t, string(noor.Challenge), request["Challenge"])
	require.Equal(t, uint64(2048), request["Keysize"])
	require.Equal(t, "RSA", request["Key Type"])
}

func TestProfileKeepsItsNames(t *testing.T) {
	p := profiles(t, nil)
	first, _ := opened(t, p, noor)
	again := noor
	again.Challenge, again.Language = "another", "en"
	second, _ := opened(t, p, again)
	require.Equal(t, first.PayloadUUID, second.PayloadUUID)
	require.NotEqual(t, first.PayloadDisplayName, second.PayloadDisplayName)
	other := noor
	other.UserID = "user-2"
	third, _ := opened(t, p, other)
	require.NotEqual(t, first.PayloadUUID, third.PayloadUUID)
	require.Equal(t, first.PayloadIdentifier, third.PayloadIdentifier)
	require.NotContains(t, first.PayloadUUID, "user-1")
}

func TestProfileSignedAndTrustedOtherwise(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	c := selfSigned(t, k, k.Public())
	p := profiles(t, func(o *mdm.ProfileOptions) {
		o.Signer = &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k}
		o.TrustPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	})
	got, signer := opened(t, p, noor)
	require.Equal(t, c, signer)
	require.Equal(t, c.Raw, got.part(t, "com.apple.security.root")["PayloadContent"])
}

func TestNoProfileWithoutTopic(t *testing.T) {
	e := noor
	e.Topic = ""
	_, err := profiles(t, nil).Make(e)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
}

func TestProfileOptions(t *testing.T) {
	for name, o := range map[string]mdm.ProfileOptions{
		"no address":    {Authority: authority(t), Key: key},
		"with a path":   {Authority: authority(t), Key: key, URL: "https://a.example/b"},
		"no authority":  {Key: key, URL: "https://a.example"},
		"no key":        {Authority: authority(t), URL: "https://a.example"},
		"no PEM":        {Authority: authority(t), Key: key, URL: "https://a.example", TrustPEM: []byte("trust me")},
		"odd authority": {Authority: authority(t), Key: key, URL: "https://a.example", TrustPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})},
	} {
		_, err := mdm.NewProfiles(o)
		require.Error(t, err, name)
	}
	_, err := mdm.NewServer(mdm.Options{})
	require.Error(t, err)
}
