package console_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

// pushCertificate makes a certificate for a topic, with its key.
func pushCertificate(t *testing.T, topic string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	userID := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Date(2030, 11, 8, 0, 0, 0, 0, time.UTC),
		Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: userID, Value: topic}}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

const topicOne, topicTwo = "com.apple.mgmt.External.one", "com.apple.mgmt.External.two"

func TestPushCertificateIsInstalledAndKeepsItsTopic(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	cert, key := pushCertificate(t, topicOne)
	require.Equal(t, "/settings/push?said=certificate_installed", h.sendFiles("/settings/push/mdm", "@certificate_file", cert, "@private_key_file", key).location)
	page := h.get("/settings/push")
	require.Contains(t, page.words(), topicOne)
	require.Contains(t, page.words(), "8 nov. 2030")
	require.Contains(t, h.get("/settings").words(), "MDM tot 8 nov. 2030")

	other, otherKey := pushCertificate(t, topicTwo)
	refused := h.sendFiles("/settings/push/mdm", "certificate_pem", other, "private_key_pem", otherKey)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Wissel toch")
	require.Contains(t, refused.words(), topicTwo)
	require.NotContains(t, refused.text, "PRIVATE KEY", "a page never holds a key")
	require.Equal(t, key, h.secret(settings.NamePush(people.PushMDM)), "the old one stays")
	require.Equal(t, http.StatusSeeOther, h.sendFiles("/settings/push/mdm", "certificate_pem", other, "private_key_pem", otherKey, "change_topic", "on").status)
	h.nowhere("PRIVATE KEY", "/settings", "/settings/push", "/settings/push/mdm/delete", "/activity")
}

func TestPushCertificateRefused(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	cert, key := pushCertificate(t, "nl.school.app")
	require.Contains(t, h.sendFiles("/settings/push/alert", "@certificate_file", cert).words(), "Dit is geen privésleutel in PEM")
	require.Contains(t, h.sendFiles("/settings/push/alert", "@certificate_file", "<b>x", "@private_key_file", key).words(), "Dit is geen certificaat in PEM")
	require.Contains(t, h.sendFiles("/settings/push/mdm", "@certificate_file", cert, "@private_key_file", key).words(), "Dit is geen pushcertificaat voor MDM")
	require.Equal(t, http.StatusNotFound, h.sendFiles("/settings/push/fax", "@certificate_file", cert).status)
	require.Equal(t, http.StatusNotFound, h.get("/settings/push/alert/delete").status, "there is none")
	require.Equal(t, http.StatusRequestEntityTooLarge, h.sendFiles("/settings/push/alert", "@certificate_file", string(make([]byte, 1<<19))).status)
}

func TestPushCertificateFromOneFile(t *testing.T) {
	h := newHouse(t)
	cert, key := pushCertificate(t, "nl.school.app")
	require.Equal(t, http.StatusSeeOther, h.sendFiles("/settings/push/alert", "@certificate_file", cert+key).status)
	var kept settings.PushCertificate
	_, err := h.store.Setting(t.Context(), settings.NamePush(people.PushAlert), &kept)
	require.NoError(t, err)
	require.NotContains(t, kept.PEM, "PRIVATE KEY", "the document is not sealed")
	require.Contains(t, h.secret(settings.NamePush(people.PushAlert)), "PRIVATE KEY")
	require.Contains(t, h.get("/settings/push/alert/delete").words(), "nl.school.app")
	require.Equal(t, "/settings/push?said=certificate_deleted", h.post("/settings/push/alert/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.post("/settings/push/alert/delete", url.Values{}).status, "twice")
}
